"""What the commands do: files are read and written here, and it is said what is being done."""

import contextlib
import os
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from bridge.artifact.coverage import Coverage
from bridge.artifact.file import StoredArtifact, save_artifact, save_in_blocks, to_be_stored
from bridge.artifact.record import ProbeArtifact, ProbeRecord
from bridge.base.arrays import require_finite
from bridge.base.errors import BridgeError, BridgeWarning, InputError, MissingToolError, limit_met
from bridge.base.files import NewFile, make_folder, replace_together, require_folder_place, write_atomically
from bridge.base.guard import declare_data_set, declare_inputs, real_place, require_replaceable
from bridge.base.own_files import ARTIFACT_FILE, CHECKPOINT_FILE, FIGURE, PAGE
from bridge.base.places import CHECKPOINT, prepare_outputs, with_resume_file
from bridge.base.resources import lean_library_folder, templates_folder
from bridge.base.resume import ResumeFile
from bridge.base.words import counted, printable
from bridge.check import checker
from bridge.check.host_pool import HostPool, parallel_jobs
from bridge.check.readback import MismatchError, read_export
from bridge.check.verdict import CheckResult, Engine
from bridge.check.verify import Difference, Verification, compare, no_export
from bridge.check.watching import changed, settled, state_of, wait_for_change
from bridge.cli.console import Bars, complain, say
from bridge.exact.column_digits import ColumnDigits
from bridge.exact.text import decimal, rational
from bridge.export.write import Export, export_lean
from bridge.probe.predictions import compare_predictions, read_predictions, warn_of_unexplained
from bridge.report.comments import comment_differences
from bridge.report.summary import digit_doubts, measure_doubts, measure_lines, rounding_lines

_FOR_FIGURES = "the figures go there"

# It is said beforehand if Lean will take so many seconds or more.
LONG = 120.0

if TYPE_CHECKING:
    from bridge.probe.lam_choice import LamChoice, Strength
    from bridge.probe.ridge import FitBias
    from bridge.report.page import Report
    from bridge.report.pictures import NoPictures, Pictures
    from bridge.sources.concepts.choice import ConceptChoice
    from bridge.sources.precomputed import Given


def train(
    out: Path,
    *,
    data: str,
    limit: int | None,
    held_out: float,
    calibration: float | None,
    latent_dim: int,
    epochs: int,
    batch_size: int,
    learning_rate: float,
    beta: float,
    seed: int,
    device: str,
    restart: bool,
) -> float | None:
    """Train the VAE and write its checkpoint; return the mean loss for an image in the last epoch, if there was one."""
    from bridge.sources.checkpoint import record_metadata, save_checkpoint
    from bridge.sources.training import TrainingOptions, train_model
    from bridge.sources.vae import resolve_device

    options = TrainingOptions(latent_dim, epochs, batch_size, learning_rate, beta, seed)
    prepare_outputs(with_resume_file(out, CHECKPOINT_FILE))
    losses: list[float] = []
    with Bars("train") as bars, _resumable(out, "train", restart) as resume:

        def on_epoch(epoch: int, loss: float) -> None:
            losses.append(loss)
            bars.show("epochs", epoch, epochs, f", loss {loss:.2f}")
            if not bars.on_terminal and (epoch == epochs or epoch % max(1, epochs // 5) == 0):
                say(f"train: epoch {epoch} of {epochs}, loss {loss:.2f}")

        vae, record = train_model(
            data,
            limit=limit,
            held_out=held_out,
            calibration=calibration or 0.0,
            options=options,
            device=resolve_device(device),
            on_epoch=on_epoch,
            on_note=lambda note: say(f"train: {note}"),
            resume=resume,
        )
        save_checkpoint(out, vae, record_metadata(record))
    return losses[-1] if losses else None


@contextlib.contextmanager
def _resumable(out: Path, command: str, restart: bool) -> Iterator[ResumeFile]:
    """The file that an interrupted command leaves beside its result; it is taken away once the result is there."""
    resume = ResumeFile(out, lambda line: say(f"{command}: {line}"))
    if restart:
        resume.remove()
    try:
        yield resume
    except KeyboardInterrupt as interruption:
        if resume.path.exists():
            interruption.add_note(f"the same command goes on from {resume.path}; --restart begins anew")
        raise
    resume.remove()


@dataclass(frozen=True, eq=False)
class Fitted:
    """What a fit has written.

    Attributes:
        record: the artifact, which may be without its latents.
        sha256: SHA-256 of the artifact's file in hexadecimal.
        lines: how well the probe does on each part, for people.
    """

    record: ProbeRecord
    sha256: str
    lines: tuple[str, ...]


def fit(
    checkpoint: Path,
    out: Path,
    *,
    lam: "Strength",
    fit_bias: "FitBias | None",
    concepts: "ConceptChoice | None",
    standardize: bool,
    device: str,
    weight_bits: int | None,
    latent_bits: int | None,
    restart: bool,
) -> Fitted:
    """Fit the probe on the images of a checkpoint and write the artifact."""
    from bridge.probe.fit import fit_artifact
    from bridge.sources.checkpoint import load_checkpoint, record_of
    from bridge.sources.concepts.choice import SEED_CONCEPTS
    from bridge.sources.vae import resolve_device

    declare_inputs(checkpoint)
    vae, metadata = load_checkpoint(checkpoint)
    record = record_of(metadata)
    declare_data_set(record.data)
    prepare_outputs(with_resume_file(out, ARTIFACT_FILE))
    with Bars("fit") as bars, _resumable(out, "fit", restart) as resume:
        artifact = fit_artifact(
            vae,
            record,
            lam=lam,
            fit_bias=fit_bias or "regularised",
            standardize=standardize,
            device=resolve_device(device),
            concepts=SEED_CONCEPTS if concepts is None else concepts,
            weight_bits=weight_bits,
            latent_bits=latent_bits,
            on_choice=_say_choice,
            progress=bars.show,
            resume=resume,
        )
        sha256 = save_artifact(out, artifact)
    _say_fit(artifact, ColumnDigits.of(artifact.latents))
    say(f"fit: wrote {out}")
    return Fitted(artifact, sha256, tuple(measure_lines(artifact)))


def _say_choice(choice: "LamChoice") -> None:
    for line in choice.lines():
        say(f"fit: {line}")


def _say_fit(record: ProbeRecord, digits: ColumnDigits) -> None:
    """Say what was rounded; warn of what the probe does badly, and of what makes it costly."""
    for line in rounding_lines(record):
        say(f"fit: {line}")
    for doubt in (*measure_doubts(record), *digit_doubts(digits, len(record.scores))):
        warnings.warn(doubt, BridgeWarning, stacklevel=2)


def fit_given(
    given: "Given",
    out: Path,
    held_out: float | None,
    calibration: float | None,
    seed: int | None,
    groups: str | None,
    sample_weights: str | None,
    restart: bool,
    fit_bias: "FitBias | None",
    **options: Any,  # noqa: ANN401 -- click passes what the options say
) -> Fitted:
    """Fit the probe on latents that were made elsewhere and write the artifact."""
    from bridge.probe import given_fit
    from bridge.sources.precomputed import read_groups, read_sample_weights
    from bridge.sources.split import split

    prepare_outputs(with_resume_file(out, ARTIFACT_FILE))
    parts, group_of, samples = given.parts, None, len(given.scores.values)
    weight = None if sample_weights is None else read_sample_weights(sample_weights, samples=samples)
    if parts is None:
        seed = seed or 0
        held_out = 0.2 if held_out is None else held_out
        group_of = None if groups is None else read_groups(groups, samples=samples)
        parts = split(samples, held_out=held_out, calibration=calibration or 0.0, seed=seed, groups=group_of)
    with Bars("fit") as bars, _resumable(out, "fit", restart) as resume:
        options |= {"fit_bias": fit_bias or "free", "groups": group_of, "sample_weight": weight}
        options |= {"on_choice": _say_choice}
        fit = given_fit.fit_given(given, parts, seed=seed, progress=bars.show, resume=resume, **options)
        sha256 = save_in_blocks(out, fit.record, fit.latents.told(bars.show, "writing"))
    _say_fit(fit.record, fit.digits)
    say(f"fit: wrote {out}")
    exact = (
        f"δ({name}) = {rational(error.value)}, about {decimal(error.value)}, by sample {error.sample}"
        for name, error in zip(fit.record.concept_names, fit.sup_errors, strict=True)
    )
    return Fitted(fit.record, sha256, (*measure_lines(fit.record), *exact))


def given_artifact(given: "Given", weights: str) -> StoredArtifact:
    """The artifact of a probe that was fitted elsewhere."""
    from bridge.probe import fitted as probes
    from bridge.sources.precomputed import read_weights

    latents, parts = given.latents.whole(), given.parts
    require_finite(latents, given.source)
    for doubt in digit_doubts(ColumnDigits.of(latents), len(latents)):
        warnings.warn(doubt, BridgeWarning, stacklevel=2)
    # A split without a training part does not say which samples the probe was fitted on, elsewhere.
    knows_fit = parts is not None and (bool(parts.is_train.any()) or not parts.is_calibration.any())
    artifact = probes.given_artifact(
        latents,
        given.scores.values,
        read_weights(weights, dim=latents.shape[1], concepts=len(given.scores.names)),
        names=given.scores.names,
        units=given.units,
        is_train=parts.is_train if parts is not None and knows_fit else None,
        is_calibration=None if parts is None else parts.is_calibration,
        source=given.dataset,
        source_sha256=given.dataset_sha256,
    )
    return to_be_stored(artifact)


def export(
    stored: StoredArtifact,
    out: Path,
    over: str,
    with_r_squared: bool,
    alpha: Fraction | None,
    templates: Path | None,
    artifact_file: Path | None = None,
    predictions: str | None = None,
) -> Export:
    """Write the Lean files of an artifact, and say how far the predictions of a model are from it."""
    differences = (
        ()
        if predictions is None
        else compare_predictions(stored.artifact, read_predictions(predictions, stored.artifact))
    )
    for difference in differences:
        if difference.is_explained:
            say(f"export: {difference.line}")
    warn_of_unexplained(differences)
    with Bars("export") as bars:
        written = export_lean(
            stored,
            out,
            coverage=Coverage(over),
            templates=templates or templates_folder(),
            with_r_squared=with_r_squared,
            alpha=alpha,
            artifact_file=artifact_file,
            progress=bars.show,
        )
    say(f"export: wrote {written.root} and {len(written.files) - 1} parts")
    estimate = written.lean_estimate(parallel_jobs())
    if estimate.seconds >= LONG:
        say(f"export: the embedded Lean will take {estimate.words()} for its {counted(estimate.files, 'file')}")
    return replace(written, predictions=differences)


def estimate_record(export: Export) -> dict[str, object]:
    """How long the embedded Lean will take for an export on this machine, as part of a JSON-like record."""
    estimate = export.lean_estimate(parallel_jobs())
    return {"lean_estimate": asdict(estimate) | {"seconds": round(estimate.seconds)}}


def check(file: Path, engine: str, allowances: checker.Allowances = checker.NOTHING_ALLOWED) -> CheckResult:
    """Have Lean check an export, and say what it says."""
    result = _checked(file, engine, allowances, None)
    _say_messages(result)
    return result


def _checked(file: Path, engine: str, allowances: checker.Allowances, pool: HostPool | None) -> CheckResult:
    with Bars("check") as bars:
        return checker.check(
            file,
            engine=Engine(engine),
            library=lean_library_folder(),
            report=say,
            progress=bars.show,
            allowances=allowances,
            pool=pool,
        )


def _say_messages(result: CheckResult) -> None:
    for message in result.messages:
        say(printable(str(message)))


@dataclass(frozen=True)
class Outcome:
    """What has come of checking one of several files, or one of several times.

    Attributes:
        file: the file, as it was named.
        result: Lean's verdict, None if there is none.
        error: why there is none.
    """

    file: Path
    result: CheckResult | None = None
    error: BridgeError | None = None

    @property
    def exit_code(self) -> int:
        """That of a command which checks this file alone."""
        if self.error is not None:
            return self.error.exit_code
        return 0 if self.result is not None and self.result.accepted else 1

    def record(self) -> dict[str, object]:
        """The outcome as one JSON-like record."""
        if self.result is not None:
            return {"file": str(self.file), **self.result.record()}
        return {"file": str(self.file), "accepted": None, "error": str(self.error), "exit_code": self.exit_code}


def check_each(files: Sequence[Path], engine: str, allowances: checker.Allowances, pool: HostPool) -> Iterator[Outcome]:
    """Have Lean check several files, one after another; one that cannot be checked keeps no other from it."""
    for number, file in enumerate(files, 1):
        say(f"check: {file}, {number} of {len(files)}")
        outcome = _outcome(file, engine, allowances, pool)
        _say_outcome(outcome)
        yield outcome


def watch(file: Path, engine: str, allowances: checker.Allowances, pool: HostPool) -> Iterator[Outcome]:
    """Have Lean check a file, and again whenever it, or what it imports, has changed and is left alone for a moment.

    There is no outcome where files have changed while they were checked: some may have been read before, others after.

    Raises:
        MissingToolError: the engine is not there.
    """
    library = lean_library_folder()
    state = state_of(file, library)
    while True:
        outcome = _outcome(file, engine, allowances, pool)
        if isinstance(outcome.error, MissingToolError):
            raise outcome.error
        if state_of(file, library) == state:
            _say_outcome(outcome)
            yield outcome
        pool.prepare()
        wait_for_change(file, library, state)
        before, state = state, settled(file, library)
        say(f"check: {_named(changed(before, state), file)} changed")


def _outcome(file: Path, engine: str, allowances: checker.Allowances, pool: HostPool) -> Outcome:
    try:
        return Outcome(file, _checked(file, engine, allowances, pool))
    except BridgeError as error:
        return Outcome(file, error=error)
    except Exception as error:
        limit = limit_met(error)
        if limit is None:
            raise
        return Outcome(file, error=InputError(limit))


def _say_outcome(outcome: Outcome) -> None:
    if outcome.result is not None:
        _say_messages(outcome.result)
    else:
        complain(str(outcome.error))


def _named(paths: Sequence[Path], root: Path) -> str:
    """Files in few words, the first of them by its path from the root's folder."""
    if not paths:  # what was moved away is back
        return str(root)
    first = os.path.relpath(paths[0], real_place(root.parent))
    return first if len(paths) == 1 else f"{first} and {counted(len(paths) - 1, 'other file')}"


@dataclass(frozen=True)
class Verified:
    """What has been found of an export beside its artifact.

    Attributes:
        outcome: the comparison of what is stated.
        comments: where the comments are others than this version writes, None if what is stated does not agree.
    """

    outcome: Verification
    comments: tuple[Difference, ...] | None

    @property
    def ok(self) -> bool:
        """Whether everything agrees, comments included."""
        return self.outcome.ok and self.comments == ()

    def record(self) -> dict[str, object]:
        """The outcome as one JSON-like record."""
        comments = None if self.comments is None else [difference.record() for difference in self.comments]
        return {**self.outcome.record(), "matches": self.ok, "comment_differences": comments}


def verify(file: Path, stored: StoredArtifact, templates: Path | None) -> Verified:
    """Compare an export with its artifact, and its comments with those that the templates write."""
    try:
        found = read_export(file)
    except MismatchError as error:
        return Verified(no_export(error), None)
    outcome = compare(found, stored)
    comments = comment_differences(found, stored, templates or templates_folder()) if outcome.ok else None
    return Verified(outcome, comments)


def require_figures_place(out: Path, stored: StoredArtifact, kind: Literal["svg", "png"]) -> None:
    """Refuse, before anything is drawn, a folder where figures would be in the place of something else."""
    from bridge.report.page import figure_names

    require_folder_place(out, _FOR_FIGURES)
    require_replaceable({out / name: FIGURE for name in figure_names(stored.artifact.concept_names, kind)})


def report(
    file: Path,
    stored: StoredArtifact,
    artifact: Path,
    checkpoint: Path | None,
    result: CheckResult | None,
    result_name: str | None = None,
    title: str | None = None,
    templates: Path | None = None,
) -> "Report":
    """Gather what the page about an export shows."""
    from bridge.report.page import build_report
    from bridge.report.pictures import NoPictures

    pictures = _pictures(checkpoint, artifact, stored.artifact)
    if isinstance(pictures, NoPictures) and pictures.detail:
        say(f"report: no images: {pictures.detail}")
    return build_report(
        file,
        stored,
        check_result=result,
        check_result_name=result_name,
        pictures=pictures,
        title=title,
        templates=templates,
    )


def _pictures(checkpoint: Path | None, artifact: Path, content: ProbeArtifact) -> "Pictures | NoPictures":
    """Those of the checkpoint; of the one beside the artifact, if none is named and it is the artifact's."""
    from bridge.report.pictures import NoPictures

    beside = artifact.parent / CHECKPOINT.name
    if checkpoint is None and not beside.is_file():
        return NoPictures("no checkpoint was given")
    from bridge.report.model_pictures import load_pictures  # here, since it loads PyTorch

    if checkpoint is not None:
        return load_pictures(checkpoint, content)
    try:
        return load_pictures(beside, content)
    except InputError as error:
        return NoPictures("no checkpoint was given, and the one beside the artifact is not its own", str(error))


def write_page(report: "Report", out: Path) -> list[Path]:
    """Write the page; return the file."""
    from bridge.report.page import report_html

    prepare_outputs({out: PAGE})
    write_atomically(out, NewFile(PAGE, report_html(report)))
    return [out]


def write_figures(report: "Report", out: Path, kind: Literal["svg", "png"]) -> list[Path]:
    """Write the figures of the page in the place of earlier ones; return the files."""
    from bridge.report.page import figure_files

    files = {out / name: NewFile(FIGURE, content) for name, content in figure_files(report, kind).items()}
    make_folder(out, _FOR_FIGURES)
    replace_together(files, remove={out / f"*.{kind}": FIGURE}, turn=out)
    return list(files)
