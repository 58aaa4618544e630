"""Labels as the numbers of the classes that a fitted classifier knows."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from bridge.base.arguments import texts
from bridge.base.errors import InputError, shown
from bridge.probe.fold import AffineForm
from bridge.sources.labels import Labels, class_name


def labels_of(form: AffineForm, labels: Labels, names: Sequence[str] | None) -> Labels:
    """The labels as numbers of a classifier's own classes, in its order.

    A label is told by the name of its class, among the classes that the estimator knows or among `names`.  A layer
    knows the numbers of its outputs alone.

    Args:
        form: the classifier.
        labels: the labels, numbered in some order.
        names: what to call the classes, in the classifier's order; by default as `bridge.sources.labels.class_name`.

    Raises:
        InputError: a label is of a class that the classifier does not know; no sample is of one that it knows, and
            `names` does not say that there is one; or it is not told which output is of which class.
    """
    count = form.class_count
    given = None if names is None else texts(names, "names", count, of="class")
    known = _numbered(labels, count) if form.classes is None else tuple(map(class_name, form.classes))
    present = [labels.class_names[number] for number in np.unique(labels.numbers)]
    # What a layer knows are mere numbers, so that names go first.
    orders = [order for order in ((given, known) if form.classes is None else (known, given)) if order is not None]
    if not orders:
        raise InputError(
            f"the labels are texts, such as {present[0]!r}, and {form.description} does not say which of its {count} "
            "classes is which; their names in the order of its outputs are required; pass names=[…]"
        )
    order = next((order for order in orders if set(present) <= set(order)), None)
    if order is None:
        stranger = next(name for name in present if name not in orders[0])
        raise InputError(
            f"the labels have {stranger!r}, a class that {form.description} does not know; {shown(list(orders[0]))} "
            "are required; leave these samples out, or pass labels as in its fit"
        )
    missing = next((name for name in order if name not in present), None)
    if missing is not None and given is None:
        raise InputError(
            f"no sample has the label {missing!r}, a class that {form.description} knows; samples of each of its "
            f"{count} classes are required; add some, or, if none is meant to be there, pass the names of all classes "
            "as names=[…]"
        )
    number_of = {name: number for number, name in enumerate(order)}
    numbers = np.array([number_of.get(name, -1) for name in labels.class_names], np.int64)[labels.numbers]
    return replace(labels, class_names=order if given is None else given, numbers=numbers)


def output_counts(labels: Labels, names: Sequence[str] | None) -> tuple[int, ...]:
    """How many affine functionals a classifier can have, given its labels and the names of its classes."""
    if names is not None:
        count = len(names)
    elif labels.kind in ("integers", "floats"):
        count = max(2, *(int(name) + 1 for name in labels.class_names))
    else:
        count = len(labels.class_names)
    return (count, 1) if count == 2 else (count,)


def _numbered(labels: Labels, count: int) -> tuple[str, ...] | None:
    """What labels call the classes whose numbers they are; None if they are texts, which number nothing."""
    match labels.kind:
        case "strings" | "categories":
            return None
        case "booleans":
            return ("False", "True")
        case "one-hot":
            return labels.class_names
    return tuple(map(str, range(count)))
