"""Names of modules: which name an export can have, and where the file of a module is."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.base.errors import InputError
from bridge.base.module_names import module_path, namespace_of


def test_the_namespace_is_the_name_of_the_root_file():
    assert namespace_of(Path("lean/My_Probe1.lean")) == "My_Probe1"


@pytest.mark.parametrize(
    "name",
    [
        "generated.lean",
        "Generated",
        "Generated.txt",
        "Bridge.lean",
        "Lean.lean",
        "1.lean",
        "A-b.lean",
        "A.b.lean",
        ".lean",
    ],
)
def test_a_name_that_is_no_module_of_its_own_is_refused(name):
    message = (
        f"{name!r} cannot name an export; a capital letter, then letters, digits and _, then .lean is required, "
        "and none of Bridge, Init, Lake, Lean, Mathlib, Std; choose Generated.lean, say"
    )
    with pytest.raises(InputError, match=f"^{re.escape(message)}$"):
        namespace_of(Path(name))


names = st.lists(st.sampled_from(["A", "Bridge", "x'", "_y", "Größe"]), min_size=1, max_size=3).map(".".join)


@given(names)
def test_a_module_lies_where_its_name_says(name):
    path = module_path(name)
    assert path.suffix == ".lean"
    assert ".".join(path.with_suffix("").parts) == name
