"""A fitted estimator is the affine functionals that it is folded to, and what is not affine is refused by name."""

from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
import torch
from sklearn import linear_model
from sklearn.calibration import CalibratedClassifierCV
from sklearn.decomposition import PCA, IncrementalPCA, TruncatedSVD
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.ensemble import RandomForestClassifier
from sklearn.kernel_approximation import RBFSampler
from sklearn.linear_model import (
    BayesianRidge,
    ElasticNet,
    ElasticNetCV,
    HuberRegressor,
    Lars,
    Lasso,
    LassoCV,
    LinearRegression,
    LogisticRegression,
    LogisticRegressionCV,
    MultiTaskLasso,
    Perceptron,
    PoissonRegressor,
    Ridge,
    RidgeClassifier,
    RidgeClassifierCV,
    RidgeCV,
    SGDClassifier,
    SGDRegressor,
)
from sklearn.model_selection import FixedThresholdClassifier, GridSearchCV
from sklearn.multiclass import OneVsRestClassifier
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import Pipeline, make_pipeline, make_union
from sklearn.preprocessing import (
    FunctionTransformer,
    MaxAbsScaler,
    MinMaxScaler,
    Normalizer,
    PolynomialFeatures,
    RobustScaler,
    StandardScaler,
)
from sklearn.svm import SVC, SVR, LinearSVC, LinearSVR, NuSVC
from sklearn.tree import DecisionTreeClassifier

from bridge.base.errors import BridgeWarning, InputError
from bridge.exact.residuals import exact_residuals
from bridge.probe.fold import affine_form, compare_fold


def latents(count=90, dim=4):
    return np.random.default_rng(0).normal(size=(count, dim)) * [1, 3, 0.1, 10] + [0, 5, 1, -20]


Z = latents()
SCORE = (Z - Z.mean(axis=0)) / Z.std(axis=0) @ [2.0, -1.0, 0.5, 1.0] + np.random.default_rng(1).normal(size=90)
BINARY = np.where(SCORE > 0, "up", "down")
SEVERAL = np.digitize(SCORE, [-1.5, 1.5]) * 10
SCORES = np.column_stack([SCORE, SCORE**2])

CLASSIFIERS = {
    "logistic": LogisticRegression(max_iter=10**4),
    "logistic without a bias": LogisticRegression(max_iter=10**4, fit_intercept=False),
    "logistic cv": LogisticRegressionCV(
        Cs=2, cv=2, max_iter=10**4, l1_ratios=(0,), use_legacy_attributes=False, scoring="accuracy"
    ),
    "ridge": RidgeClassifier(),
    "ridge cv": RidgeClassifierCV(),
    "svm": LinearSVC(max_iter=10**6),
    "lda": LinearDiscriminantAnalysis(),
    "lda lsqr": LinearDiscriminantAnalysis(solver="lsqr", shrinkage="auto"),
    "sgd": SGDClassifier(random_state=0),
    "perceptron": Perceptron(random_state=0),
}
REGRESSORS = {
    "ridge": Ridge(),
    "ridge cv": RidgeCV(),
    "linear": LinearRegression(),
    "linear without a bias": LinearRegression(fit_intercept=False),
    "lasso": Lasso(alpha=0.1),
    "elastic net": ElasticNet(alpha=0.1),
    "multi-task": MultiTaskLasso(alpha=0.1),
}
SINGLE_REGRESSORS = {
    "lasso cv": LassoCV(),
    "elastic net cv": ElasticNetCV(),
    "sgd": SGDRegressor(eta0=1e-6, random_state=0),
    "svr": LinearSVR(max_iter=10**6, random_state=0),
    "svr with a linear kernel": SVR(kernel="linear"),
    "huber": HuberRegressor(max_iter=10**4),
    "bayesian": BayesianRidge(),
    "lars": Lars(),
}
STEPS = {
    "standard": [StandardScaler()],
    "standard without a mean": [StandardScaler(with_mean=False)],
    "standard without a scale": [StandardScaler(with_std=False)],
    "min-max": [MinMaxScaler((-3, 2))],
    "max-abs": [MaxAbsScaler()],
    "robust": [RobustScaler(unit_variance=True)],
    "robust without a centre": [RobustScaler(with_centering=False)],
    "robust without a scale": [RobustScaler(with_scaling=False)],
    "pca": [PCA(3)],
    "whitened": [PCA(3, whiten=True)],
    "whitened, of lower rank": [FunctionTransformer(), PCA(4, whiten=True)],
    "incremental": [IncrementalPCA(2)],
    "singular": [TruncatedSVD(3)],
    "passthrough": ["passthrough", FunctionTransformer()],
    "many": [StandardScaler(), PCA(3, whiten=True), MinMaxScaler(), make_pipeline(RobustScaler(), MaxAbsScaler())],
}


def exact_difference(form, own):
    """The largest difference of own values from the exact affine ones, as scaled by the size of the values."""
    own = own.reshape(len(Z), -1)
    residuals = exact_residuals(Z, own, form.functionals)
    largest = max(residuals.sup_error(column).value for column in range(own.shape[1]))
    return float(largest) / np.abs(own).max()


# What is folded


@pytest.mark.parametrize("labels", [BINARY, SEVERAL], ids=["two classes", "three"])
@pytest.mark.parametrize("name", CLASSIFIERS)
@pytest.mark.filterwarnings("ignore::FutureWarning")
def test_a_classifier_decides_as_its_weights_do(name, labels):
    estimator = CLASSIFIERS[name].fit(Z, labels)
    form = affine_form(estimator)
    assert exact_difference(form, estimator.decision_function(Z)) < 1e-13
    assert (form.is_classifier, form.description) == (True, type(estimator).__name__)
    assert form.classes == tuple(estimator.classes_.tolist())
    assert form.class_weights().shape == (5, form.class_count) == (5, len(form.classes))
    assert compare_fold(form, Z, Z).decisions_that_differ == 0


def test_weights_of_an_estimator_without_steps_are_those_bit_for_bit():
    estimator = LogisticRegression(max_iter=10**4).fit(Z, SEVERAL)
    assert np.array_equal(affine_form(estimator).functionals, np.vstack([estimator.coef_.T, estimator.intercept_]))
    estimator.sparsify()
    assert np.array_equal(affine_form(estimator).functionals[:-1], estimator.coef_.toarray().T)


def test_the_class_0_of_a_binary_probe_is_the_threshold():
    form = affine_form(RidgeClassifier().fit(Z, BINARY))
    assert np.array_equal(form.class_weights(0.25)[:, 0], [0, 0, 0, 0, 0.25])
    assert np.array_equal(form.class_weights(0.25)[:, 1:], form.functionals)


@pytest.mark.filterwarnings("ignore:Class PassiveAggressive:FutureWarning")
def test_estimators_that_not_every_release_has_are_known_where_it_has_them():
    for name, labels in {"PassiveAggressiveClassifier": BINARY, "PassiveAggressiveRegressor": SCORE}.items():
        kind = getattr(linear_model, name, None)
        if kind is not None:
            estimator = kind(random_state=0, max_iter=5, tol=None).fit(Z, labels)
            assert np.array_equal(affine_form(estimator).functionals[:-1, 0], estimator.coef_.ravel())


@pytest.mark.parametrize("kind", [SVC(kernel="linear"), NuSVC(kernel="linear", nu=0.2)], ids=str)
def test_a_support_vector_machine_with_a_linear_kernel_is_affine_for_two_classes(kind):
    estimator = kind.fit(Z, BINARY)
    form = affine_form(estimator)
    assert exact_difference(form, estimator.decision_function(Z)) < 1e-10
    assert compare_fold(form, Z, Z).decisions_that_differ == 0
    with pytest.raises(InputError) as caught:
        affine_form(kind.fit(Z, SEVERAL))
    assert str(caught.value) == (
        f"{type(kind).__name__} tells 3 classes apart by votes, each of two classes, and not by the largest of 3 "
        "affine values; two classes are required of it; fit a LinearSVC"
    )


@pytest.mark.parametrize(("name", "scores"), [
    *((name, SCORES) for name in REGRESSORS), *((name, SCORE) for name in {**REGRESSORS, **SINGLE_REGRESSORS}
                                                if name != "multi-task")])  # fmt: skip
def test_a_regressor_predicts_as_its_weights_do(name, scores):
    estimator = {**REGRESSORS, **SINGLE_REGRESSORS}[name].fit(Z, scores)
    form = affine_form(estimator)
    assert (form.is_classifier, form.classes) == (False, None)
    assert exact_difference(form, estimator.predict(Z)) < 1e-12
    assert np.array_equal(form.own_values(Z).reshape(scores.shape), estimator.predict(Z))


@pytest.mark.parametrize("steps", STEPS.values(), ids=STEPS)
@pytest.mark.parametrize("labels", [BINARY, SEVERAL], ids=["two classes", "three"])
def test_affine_steps_are_folded_into_the_weights(steps, labels):
    pipeline = make_pipeline(*steps, LogisticRegression(max_iter=10**5)).fit(Z, labels)
    form = affine_form(pipeline)
    assert exact_difference(form, pipeline.decision_function(Z)) < 1e-12
    assert len(form.functionals) == 5
    assert compare_fold(form, Z, Z).decisions_that_differ == 0


def test_steps_before_a_regressor_are_folded_too():
    pipeline = make_pipeline(StandardScaler(), PCA(3), Ridge()).fit(Z, SCORES)
    assert exact_difference(affine_form(pipeline), pipeline.predict(Z)) < 1e-13
    assert affine_form(pipeline).description == "Pipeline(StandardScaler, PCA, Ridge)"


def test_variances_of_nearly_zero_are_folded_as_they_are_transformed_with():
    flat = np.column_stack([Z, Z[:, 0]])
    pipeline = make_pipeline(PCA(5, whiten=True, svd_solver="covariance_eigh"), Ridge(alpha=1e30)).fit(flat, SCORE)
    pipeline[0].explained_variance_[-1] = 0.0
    form = affine_form(pipeline)
    scale = 1 / np.finfo(np.float64).eps
    last = pipeline[0].components_[-1] * pipeline[1].coef_[-1]
    assert np.abs(form.functionals[:-1, 0]).max() == pytest.approx(np.abs(last).max() * scale, rel=1e-6)


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("dtype", [torch.float64, torch.float32, torch.bfloat16], ids=str)
@pytest.mark.parametrize("outputs", [1, 2, 3])
def test_a_layer_is_its_weights_in_the_type_that_they_have(outputs, dtype, bias):
    torch.manual_seed(0)
    layer = torch.nn.Linear(4, outputs, bias=bias, dtype=dtype)
    form = affine_form(layer)
    assert (form.is_classifier, form.classes, form.description) == (None, None, "Linear")
    assert np.array_equal(form.functionals[:-1].T, layer.weight.detach().double().numpy())
    assert np.array_equal(form.functionals[-1], layer.bias.detach().double().numpy() if bias else np.zeros(outputs))
    with torch.no_grad():
        expected = layer(torch.from_numpy(Z).to(dtype)).double().numpy()
    assert np.array_equal(form.own_values(Z), expected)
    decisions = expected.argmax(axis=1) if outputs > 1 else expected[:, 0] > 0
    assert np.array_equal(form.own_decisions(Z, expected), decisions)


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16, torch.float32], ids=str)
def test_the_rounding_of_a_layer_of_few_bits_is_explained(dtype):
    torch.manual_seed(0)
    fold = compare_fold(affine_form(torch.nn.Linear(4, 1, dtype=dtype)), Z[:20], Z[:20])
    assert Fraction(fold.largest_difference) > torch.finfo(dtype).eps / 4
    assert fold.decisions_that_differ == 0


# What is compared


def test_the_largest_difference_is_that_of_fractions():
    estimator = make_pipeline(StandardScaler(), PCA(3), LogisticRegression()).fit(Z, SEVERAL)
    form = affine_form(estimator)
    fold = compare_fold(form, Z, Z)
    weights = [[Fraction(entry) for entry in column] for column in form.functionals.T.tolist()]
    differences = [
        max(
            abs(Fraction(value) - sum((w * Fraction(z) for w, z in zip(column, row, strict=False)), column[-1]))
            for column, value in zip(weights, values, strict=True)
        )
        for row, values in zip(Z.tolist(), estimator.decision_function(Z).tolist(), strict=True)
    ]
    assert Fraction(fold.largest_difference) == max(differences) > 0
    assert fold.at_sample == differences.index(max(differences))
    assert fold.estimator == "Pipeline(StandardScaler, PCA, LogisticRegression)"
    assert (fold.decisions_that_differ, fold.first_that_differ) == (0, ())


def test_decisions_that_differ_are_counted_and_the_first_ten_named():
    # The square of 1 + 2^-30 is 1 + 2^-29 + 2^-60, of which floats lose the last term, so that a value above 0 is 0.
    estimator = LogisticRegression().fit([[0.0], [1.0]], [0, 1])
    estimator.coef_, estimator.intercept_ = np.array([[1 + 2.0**-30]]), np.array([-1 - 2.0**-29])
    near = np.r_[np.full(3, 5.0), np.full(12, 1 + 2.0**-30)][:, None]
    with pytest.warns(BridgeWarning) as warned:
        fold = compare_fold(affine_form(estimator), near, near)
    assert (fold.largest_difference, fold.at_sample) == (str(Fraction(1, 2**60)), 3)
    assert (fold.decisions_that_differ, fold.first_that_differ) == (12, tuple(range(3, 13)))
    assert [str(warning.message) for warning in warned] == [
        "LogisticRegression decides otherwise than the exported weights for 12 of 15 samples, 3, 4, 5, 6, 7, 8, 9, 10, "
        "11, 12 and others; the values are that close to a tie; what is exported decides without rounding"
    ]
    with pytest.warns(BridgeWarning, match="for 1 of 2 samples, 1; the values are"):
        assert compare_fold(affine_form(estimator), near[2:4], near[2:4]).first_that_differ == (1,)


def test_a_threshold_is_that_of_the_estimator_s_own_values():
    estimator = RidgeClassifier().fit(Z, BINARY)
    form = affine_form(estimator)
    fold = compare_fold(form, Z, Z, 0.25)
    assert fold.decisions_that_differ == 0
    values = form.own_values(Z)
    assert np.array_equal(form.own_decisions(Z, values, 0.25), estimator.decision_function(Z) > 0.25)
    assert np.array_equal(form.own_decisions(Z, values), estimator.predict(Z) == "up")
    assert (form.own_decisions(Z, values) != form.own_decisions(Z, values, 0.25)).any()
    with pytest.raises(InputError) as caught:
        affine_form(RidgeClassifier().fit(Z, SEVERAL)).class_weights(0.25)
    assert str(caught.value) == (
        "there is a threshold, 0.25, for 3 affine values, of which the largest decides; one value is required for a "
        "threshold; leave `threshold=…` out"
    )


def test_values_that_are_not_those_of_the_weights_are_warned_of():
    estimator = LinearDiscriminantAnalysis().fit(Z, SEVERAL)
    form = affine_form(estimator)
    own = estimator.decision_function(Z)
    estimator.decision_function = lambda X: own * 1.01
    with pytest.warns(
        BridgeWarning, match=r"^the values of LinearDiscriminantAnalysis differ from the exported affine "
    ):
        compare_fold(form, Z, Z)


def test_latents_of_few_bits_are_explained():
    estimator = LogisticRegression(max_iter=10**4).fit(Z.astype(np.float32), BINARY)
    half = Z.astype(np.float16)
    assert compare_fold(affine_form(estimator), half, half).decisions_that_differ == 0


def test_tables_are_taken_with_the_columns_of_the_fit_and_refused_with_others():
    table = pd.DataFrame(Z, columns=list("wxyz"))
    estimator = LogisticRegression(max_iter=10**4).fit(table, BINARY)
    form = affine_form(estimator)
    assert compare_fold(form, table, Z).decisions_that_differ == 0
    with pytest.raises(InputError, match=r"^LogisticRegression does not take the latents \(.*\); what its `predict` "):
        compare_fold(form, table[list("zyxw")], Z)


@pytest.mark.parametrize("shape", [(90, 3), (90,), (4,)])
def test_latents_with_other_columns_than_in_the_fit_are_refused(shape):
    form = affine_form(make_pipeline(StandardScaler(), LogisticRegression()).fit(Z, BINARY))
    form.require_dimensions(Z)
    with pytest.raises(InputError) as caught:
        form.require_dimensions(np.zeros(shape))
    assert str(caught.value) == (
        f"the latents have shape {shape}, and Pipeline(StandardScaler, LogisticRegression) takes 4 columns; (N, 4) is "
        "required; pass the latents that it was fitted on, or new ones with the same columns"
    )


# What is refused

FITTED = (
    "a fitted LogisticRegression, RidgeClassifier, LinearSVC, LinearDiscriminantAnalysis, SGDClassifier, Perceptron, "
    "Ridge, LinearRegression, Lasso, ElasticNet or the like, a Pipeline that ends in one, or a torch.nn.Linear is "
    "required; fit one of these"
)
STEP = (
    "StandardScaler, MinMaxScaler, MaxAbsScaler, RobustScaler, PCA, IncrementalPCA, TruncatedSVD, FunctionTransformer "
    "and 'passthrough' are required before the probe; transform the latents with the pipeline up to this step, and "
    "pass the rest of it with these"
)
UNFITTED = "is not fitted; a fitted estimator is required; call its `fit` first"
INNER = "holds other estimators; one that is affine itself is required; "


class Doubled(LogisticRegression):
    def decision_function(self, X):
        return 2 * super().decision_function(X) ** 3


class Squared(StandardScaler):
    def transform(self, X, copy=None):
        return super().transform(X) ** 2


def pipeline(step, end=None):
    return make_pipeline(step, LogisticRegression(max_iter=10**4) if end is None else end).fit(Z, BINARY)


REFUSED = {
    "unfitted": (LogisticRegression(), f"LogisticRegression {UNFITTED}"),
    "an unfitted pipeline": (
        make_pipeline(StandardScaler(), Ridge()),
        f"step 'ridge' of the pipeline, Ridge, {UNFITTED}",
    ),
    "an empty pipeline": (
        Pipeline([]),
        "Pipeline() has no steps; affine steps and a fitted probe at the end are required; pass the pipeline that was "
        "fitted",
    ),
    "an empty pipeline at the end of another": (
        Pipeline([("scale", StandardScaler()), ("inner", Pipeline([]))]),
        "Pipeline() has no steps; affine steps and a fitted probe at the end are required; pass the pipeline that was "
        "fitted",
    ),
    "an unfitted step": (
        Pipeline([("scale", StandardScaler()), ("ridge", Ridge().fit(Z, SCORE))]),
        f"step 'scale' of the pipeline, StandardScaler, {UNFITTED}",
    ),
    "a kernel": (
        SVC().fit(Z, BINARY),
        "SVC has the kernel 'rbf', which is not affine; kernel='linear' is required; fit it so, or a LinearSVC or "
        "LinearSVR",
    ),
    "a kernel regressor": (
        SVR().fit(Z, SCORE),
        "SVR has the kernel 'rbf', which is not affine; kernel='linear' is required; fit it so, or a LinearSVC or "
        "LinearSVR",
    ),
    **{
        type(estimator).__name__: (
            estimator,
            f"{type(estimator).__name__} is not affine in the latents, or not known to be; {FITTED}",
        )
        for estimator in (
            DecisionTreeClassifier(), RandomForestClassifier(2), MLPClassifier(), KNeighborsClassifier(), GaussianNB(),
            PoissonRegressor(), Doubled(), torch.nn.ReLU(), np.zeros((5, 2)),
        )
    },
    **{
        type(step).__name__: (
            pipeline(step),
            f"step {type(step).__name__.lower()!r} of the pipeline, {type(step).__name__}, is not affine, or not known "
            f"to be; {STEP}",
        )
        for step in (Normalizer(), PolynomialFeatures(), RBFSampler(), make_union(StandardScaler()), Squared())
    },
    "a step of an inner pipeline": (
        pipeline(make_pipeline(StandardScaler(), Normalizer())),
        "step 'pipeline__normalizer' of the pipeline, Normalizer, is not affine, or not known to be; " + STEP,
    ),
    "a function": (
        pipeline(FunctionTransformer(np.tanh)),
        "step 'functiontransformer' of the pipeline, FunctionTransformer, applies <ufunc 'tanh'>, which is not known "
        "to be affine; a FunctionTransformer without `func`, the identity, is required; transform the latents with the "
        "pipeline up to this step, and pass the rest of it with these",
    ),
    "a clipping scaler": (
        pipeline(MinMaxScaler(clip=True)),
        "step 'minmaxscaler' of the pipeline, MinMaxScaler, cuts off with clip=True, which is not affine; clip=False "
        "is required; fit it so",
    ),
    "a tree at the end of a pipeline": (
        pipeline(StandardScaler(), DecisionTreeClassifier()),
        "step 'decisiontreeclassifier' of the pipeline, DecisionTreeClassifier, is not affine in the latents, or not "
        f"known to be; {FITTED}",
    ),
    "a calibrated classifier": (
        CalibratedClassifierCV(LogisticRegression()),
        f"CalibratedClassifierCV {INNER}fit the classifier without calibration and pass it",
    ),
    "a threshold": (
        FixedThresholdClassifier(LogisticRegression()),
        f"FixedThresholdClassifier {INNER}pass its `estimator_`, and the threshold of its `decision_function` as "
        "threshold=…",
    ),
    "a search": (GridSearchCV(Ridge(), {}), f"GridSearchCV {INNER}pass its `best_estimator_`"),
    "one against the rest": (
        OneVsRestClassifier(LinearSVC()),
        f"OneVsRestClassifier {INNER}fit one estimator of these to all classes or concepts and pass it",
    ),
    "layers": (
        torch.nn.Sequential(torch.nn.Linear(4, 1)),
        f"Sequential {INNER}pass the layer itself, and what comes before it as latents",
    ),
    "two labels at once": (
        RidgeClassifier().fit(Z, np.column_stack([SCORE > 0, SCORE > 1])),
        "RidgeClassifier gives a sample several labels at once, with 2 outputs; one label for each sample is required; "
        "fit a classifier for each of them and export each",
    ),
    "three labels at once": (
        RidgeClassifier().fit(Z, np.column_stack([SCORE > 0, SCORE > 1, SCORE > -1])),
        "RidgeClassifier gives a sample several labels at once, with 3 outputs; one label for each sample is required; "
        "fit a classifier for each of them and export each",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("estimator", "message"), REFUSED.values(), ids=REFUSED)
def test_what_is_not_affine_is_refused_by_name(estimator, message):
    with pytest.raises(InputError) as caught:
        affine_form(estimator)
    assert str(caught.value) == message


def test_weights_beyond_the_range_of_floats_are_refused():
    tiny = make_pipeline(MaxAbsScaler(), Ridge(alpha=1e-9)).fit(Z, SCORE)
    tiny[0].scale_ = np.full(4, 1e-320)
    with pytest.raises(
        InputError, match=r"^`folded weights\[0, 0\]` is [+-]inf; only finite numbers convert exactly; "
    ):
        affine_form(tiny)
