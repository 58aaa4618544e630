"""Reading a saved check result: what was written is read, and nothing else is taken for one."""

import json
import math

import pytest

from bridge.check_record import Standing, judge, read_check_result
from bridge.errors import InputError
from bridge.lean_modules import discover
from bridge.verdict import CheckResult, Engine, Message, ModuleResult

MESSAGE = Message("/a/B.lean", 3, 0, "error", "no\nreally", "B.size.tight", None)
MODULES = (
    ModuleResult("Bridge.A", accepted=True, seconds=0.0, cached=True, messages=()),
    ModuleResult("Root.B", accepted=False, seconds=1.25, cached=False, messages=(MESSAGE,)),
)
RESULT = CheckResult(Engine.LEAN, "4.28.0", 1.5, MODULES, ("Root",), {"Bridge.A": "ab", "Root.B": "cd"})


def record(**changed):
    return {**json.loads(json.dumps(RESULT.record())), **changed}


def read(folder, content):
    (folder / "check.json").write_text(json.dumps(content))
    return read_check_result(folder / "check.json")


def test_what_was_written_is_read(tmp_path):
    assert read(tmp_path, record()) == RESULT


def test_a_record_of_whole_seconds_is_read(tmp_path):
    assert read(tmp_path, record(seconds=2)).seconds == 2


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"engine": "oracle"}, "'oracle' is not a valid Engine"),
        ({"version": 4.28}, "`version` is float, not str"),
        ({"seconds": True}, "`seconds` is bool, not float"),
        ({"seconds": -1.0}, "`seconds` is -1.0"),
        ({"seconds": math.nan}, "`seconds` is nan"),
        ({"modules": [], "accepted": True}, "no module is named"),
        ({"modules": {}}, "`modules` is dict, not list"),
        (
            {"modules": record()["modules"][:1], "accepted": True},
            "`modules` and `sources` do not name the same modules",
        ),
        ({"sources": {"Bridge.A": "ab"}}, "`modules` and `sources` do not name the same modules"),
        ({"accepted": True}, "`accepted` is not what the modules' verdicts amount to"),
        ({"accepted": 0}, "`accepted` is int, not bool"),
        ({"modules": [{**record()["modules"][0], "cached": None}]}, "`cached` is NoneType, not bool"),
        ({"modules": [{"name": "A"}]}, "`accepted` is missing"),
    ],
)
def test_a_record_with_a_wrong_entry_is_refused(tmp_path, changed, reason):
    with pytest.raises(InputError) as caught:
        read(tmp_path, record(**changed))
    assert str(caught.value) == (
        f"{tmp_path}/check.json is not a check result (ValueError: {reason}); one is required; make it with "
        "`bridge check --json > check.json`"
    )


@pytest.mark.parametrize("missing", ["accepted", "engine", "version", "seconds", "modules", "not_checked", "sources"])
def test_a_record_without_an_entry_is_refused(tmp_path, missing):
    content = record()
    del content[missing]
    with pytest.raises(InputError, match=f"`{missing}` is missing"):
        read(tmp_path, content)


@pytest.mark.parametrize("content", [None, 3, "text", [1], "[" * 100_000])
def test_what_is_no_record_is_refused_in_one_line(tmp_path, content):
    text = content if isinstance(content, str) else json.dumps(content)
    (tmp_path / "check.json").write_text(text)
    with pytest.raises(InputError, match=r"is not a check result \(\w+: ") as caught:
        read_check_result(tmp_path / "check.json")
    assert "\n" not in str(caught.value)


def test_a_record_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(
        InputError, match=r"check\.json cannot be read \(No such file or directory\); a check result is"
    ):
        read_check_result(tmp_path / "check.json")


# What a result means for files


@pytest.fixture
def files(tmp_path):
    """A root file with a part and a library, and the result of a check that accepted them."""
    (tmp_path / "Root").mkdir()
    (tmp_path / "library" / "Bridge").mkdir(parents=True)
    texts = {"Root.lean": "import Bridge.A\nimport Root.B", "Root/B.lean": "", "library/Bridge/A.lean": "-- library"}
    for name, text in texts.items():
        (tmp_path / name).write_text(text)
    return tmp_path


def standing(files, **changed):
    modules = discover((files / "Root.lean").resolve(), files / "library")
    accepted = tuple(ModuleResult(module.name, True, 1.0, False, ()) for module in modules)
    sources = {module.name: module.sha256 for module in modules}
    result = CheckResult(**{**vars(CheckResult(Engine.LEAN, "4", 1.0, accepted, (), sources)), **changed})
    return judge(result, files / "Root.lean", files / "library")


def test_a_result_about_these_very_files_counts(files):
    judgement = standing(files)
    assert (judgement.standing, judgement.others, judgement.includes_reals) == (Standing.ACCEPTED, (), True)


def test_nothing_is_made_of_no_result(files):
    assert judge(None, files / "Root.lean", files / "library").standing is Standing.NOT_ASKED


def test_a_root_file_that_needs_mathlib_may_be_left_unchecked_and_then_says_nothing_of_the_reals(files):
    (files / "Root.lean").write_text("import Bridge.A\nimport Root.B\nimport Mathlib")
    judgement = standing(files, not_checked=("Root",))
    assert (judgement.standing, judgement.includes_reals) == (Standing.ACCEPTED, False)


def test_a_file_that_needs_no_mathlib_may_not_be_left_unchecked(files):
    judgement = standing(files, not_checked=("Root", "Root.B"), sources={})
    assert (judgement.standing, judgement.others) == (Standing.OTHER_FILES, ("Root.B", "Root"))


def test_a_library_that_lake_has_elsewhere_is_said_to_be_unknown(files):
    judgement = standing(files)
    sources = {name: digest for name, digest in judgement.result.sources.items() if name != "Bridge.A"}
    judgement = standing(files, sources=sources)
    assert (judgement.standing, judgement.unnamed_library) == (Standing.ACCEPTED, ("Bridge.A",))
