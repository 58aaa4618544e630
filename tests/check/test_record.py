"""Reading a saved check result: what was written is read, and nothing else is taken for one."""

import dataclasses
import json
import math

import pytest

from bridge.base.errors import InputError
from bridge.check.lean_modules import discover, sources_beside
from bridge.check.messages import Message
from bridge.check.record import Standing, judge, read_check_result
from bridge.check.verdict import CheckResult, Engine, ModuleResult
from support.opinions import audit_of, opinion_of

MESSAGE = Message("/a/B.lean", 3, 0, "error", "no\nreally", "B.size.checked", None)
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


def with_opinions(**changed):
    """A record of a yes with an audit and a second kernel's opinion."""
    accepted = (dataclasses.replace(MODULES[0]),)
    audit = audit_of(other_meanings={"Bridge.sum": ("a", "b")}, refused={"mine": ("a",)})
    result = CheckResult(Engine.LAKE, "4", 1.0, accepted, not_audited=("Root",), audit=audit, commands_allowed=True)
    result = dataclasses.replace(result, own_library_allowed=True, second_kernel=opinion_of())
    assert result.accepted
    return result, {**json.loads(json.dumps(result.record())), **changed}


def test_what_was_found_in_compiled_files_is_read(tmp_path):
    result, content = with_opinions()
    assert read(tmp_path, content) == result


@pytest.mark.parametrize(
    ("key", "changed", "reason"),
    [
        ("audit", {"theorems": -1}, "`theorems` is negative"),
        ("audit", {"axioms": "propext"}, "`axioms` is str, not list"),
        (
            "audit",
            {"axioms": ["propext", "sorryAx"]},
            "sorryAx is one of `axioms`, none of Lean's own, and not among `refused`",
        ),
        ("audit", {"refused": {"mine": "a"}}, "`mine` is str, not list"),
        ("audit", {"other_meanings": []}, "`other_meanings` is list, not dict"),
        ("second_kernel", {"outcome": "perhaps"}, "'perhaps' is not a valid Outcome"),
        ("second_kernel", {"reason": "types"}, "a second kernel has a reason if it has not accepted, and only then"),
        ("second_kernel", {"outcome": "refused"}, "a second kernel has a reason if it has not accepted, and only then"),
        ("second_kernel", {"primitives": {"Nat.add": 1}}, "`Nat.add` is int, not str"),
        (
            "second_kernel",
            {"outcome": "refused", "reason": "types"},
            "`accepted` is not what the modules' verdicts amount to",
        ),
    ],
)
def test_what_was_found_in_compiled_files_is_not_read_if_it_is_wrong(tmp_path, key, changed, reason):
    _, content = with_opinions()
    with pytest.raises(InputError) as caught:
        read(tmp_path, {**content, key: {**content[key], **changed}})
    assert f"is not a check result (ValueError: {reason}" in str(caught.value)


def test_a_yes_without_an_audit_is_one_of_lake_alone(tmp_path):
    _, content = with_opinions(audit=None)
    assert read(tmp_path, content).accepted
    sources = {module["name"]: "ab" for module in content["modules"]}
    with pytest.raises(InputError, match="`accepted` is not what the modules' verdicts amount to"):
        read(tmp_path, {**content, "engine": "embedded", "sources": sources})


def test_a_record_of_whole_seconds_is_read(tmp_path):
    assert read(tmp_path, record(seconds=2)).seconds == 2


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"engine": "oracle"}, "'oracle' is not a valid Engine"),
        ({"version": 4.28}, "`version` is float, not str"),
        ({"seconds": True}, "`seconds` is bool, not float"),
        ({"seconds": -1.0}, "`seconds` is not between 0 and 1000000000"),
        ({"seconds": math.nan}, "`seconds` is not between 0 and 1000000000"),
        ({"seconds": math.inf}, "`seconds` is not between 0 and 1000000000"),
        ({"seconds": 10**400}, "`seconds` is not between 0 and 1000000000"),
        ({"sources": {"Bridge.A": 7, "Root.B": "cd"}}, "the SHA-256 of Bridge.A is int, not str"),
        ({"not_checked": ["Root", "Root.B"]}, "module Root.B is named more than once"),
        ({"modules": record()["modules"] * 2}, "module Bridge.A is named more than once"),
        (
            {"modules": [record()["modules"][0], {**record()["modules"][1], "accepted": True}], "accepted": True},
            "module Root.B is accepted and has an error or a warning",
        ),
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


@pytest.mark.parametrize(
    "missing",
    "accepted engine version seconds modules not_checked sources audit not_audited second_kernel".split(),
)
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


def test_an_entry_that_is_there_twice_is_refused(tmp_path):
    text = json.dumps(record())
    for doubled in (
        text.replace('"engine"', '"accepted": true, "engine"', 1),
        text.replace('"cd"', '"cd", "Root.B": "ef"'),
    ):
        assert doubled != text
        (tmp_path / "check.json").write_text(doubled)
        with pytest.raises(InputError, match=r"`(accepted|Root\.B)` is there more than once"):
            read_check_result(tmp_path / "check.json")


def test_half_a_character_is_refused(tmp_path):
    (tmp_path / "check.json").write_text(json.dumps(record(version="\ud800")))
    with pytest.raises(InputError, match=r"is not a check result \(UnicodeEncodeError: ") as caught:
        read_check_result(tmp_path / "check.json")
    str(caught.value).encode()


def test_no_more_is_read_than_a_check_result_has(tmp_path):
    with (tmp_path / "check.json").open("wb") as file:
        file.truncate(2**36)
    with pytest.raises(InputError, match=r"is not a check result \(ValueError: it has more than 67108864 bytes\)"):
        read_check_result(tmp_path / "check.json")


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


def result_of(files, **changed):
    """A check result that accepts all the files, with some things changed."""
    modules = discover(files / "Root.lean", files / "library")
    accepted = tuple(ModuleResult(module.name, True, 1.0, False, ()) for module in modules)
    sources = {module.name: module.sha256 for module in modules}
    result = CheckResult(Engine.LEAN, "4", 1.0, accepted, (), sources, audit=audit_of())
    return CheckResult(**{**vars(result), **changed})


def judged(files, result, shipped=None):
    """What a result means for the files, where the library is as it is shipped unless that is said to be another."""
    modules = discover(files / "Root.lean", files / "library")
    library = {module.name: module.sha256 for module in modules if module.is_library}
    return judge(
        result,
        files / "Root.lean",
        files / "library",
        verified=sources_beside(files / "Root.lean"),
        shipped={**library, **(shipped or {})},
    )


def without(record, name):
    return {key: value for key, value in record.items() if key != name}


def test_a_result_about_these_very_files_counts(files):
    judgement = judged(files, result_of(files))
    assert (judgement.standing, judgement.others, judgement.includes_reals) == (Standing.ACCEPTED, (), True)
    assert str(judgement) == "Lean accepted these files"


def test_nothing_is_made_of_no_result(files):
    judgement = judged(files, None)
    assert (judgement.standing, str(judgement)) == (Standing.NOT_ASKED, "Lean has not been asked")


def test_a_root_file_that_needs_mathlib_may_be_left_unchecked_and_then_says_nothing_of_the_reals(files):
    (files / "Root.lean").write_text("import Bridge.A\nimport Root.B\nimport Mathlib")
    judgement = judged(files, result_of(files, not_checked=("Root",)))
    assert (judgement.standing, judgement.includes_reals) == (Standing.ACCEPTED, False)


def test_what_only_the_root_file_needs_of_the_library_may_be_left_unchecked_with_it(files):
    (files / "library" / "Bridge" / "Real.lean").write_text("import Mathlib")
    (files / "Root.lean").write_text("import Bridge.Real\nimport Root.B")
    result = result_of(files, not_checked=("Bridge.Real", "Root"))
    sources = without(without(result.sources, "Bridge.Real"), "Root")
    modules = tuple(module for module in result.modules if module.name in sources)
    judgement = judged(files, dataclasses.replace(result, sources=sources, modules=modules))
    assert (judgement.standing, judgement.includes_reals) == (Standing.ACCEPTED, False)


def test_no_other_module_may_be_left_unchecked_though_it_needs_mathlib(files):
    (files / "Root" / "B.lean").write_text("import Bridge.C")
    (files / "library" / "Bridge" / "C.lean").write_text("import Mathlib")
    result = result_of(files, not_checked=("Bridge.C", "Root.B", "Root"))
    sources = {"Bridge.A": result.sources["Bridge.A"]}
    modules = tuple(module for module in result.modules if module.name == "Bridge.A")
    judgement = judged(files, dataclasses.replace(result, sources=sources, modules=modules))
    assert (judgement.standing, judgement.others) == (Standing.OTHER_FILES, ("Bridge.C", "Root.B"))


def test_a_file_that_needs_no_mathlib_may_not_be_left_unchecked(files):
    judgement = judged(files, result_of(files, not_checked=("Root", "Root.B"), sources={}, modules=()))
    assert judgement.others == ("Bridge.A", "Root.B", "Root")


@pytest.mark.parametrize("name", ["Root", "Root.B", "Bridge.A"])
def test_every_file_and_the_library_must_be_named_with_the_text_that_it_has(files, name):
    result = result_of(files)
    for sources in (without(result.sources, name), {**result.sources, name: "0" * 64}):
        judgement = judged(files, dataclasses.replace(result, sources=sources))
        assert (judgement.standing, judgement.others) == (Standing.OTHER_FILES, (name,))
        assert str(judgement) == f"Lean has not been asked about these files: {name}"


def test_a_digest_without_a_verdict_does_not_count(files):
    result = result_of(files)
    modules = tuple(module for module in result.modules if module.name != "Root.B")
    judgement = judged(files, dataclasses.replace(result, modules=modules))
    assert (judgement.standing, judgement.others) == (Standing.OTHER_FILES, ("Root.B",))


def test_the_one_verdict_of_lake_is_on_all_files(files):
    verdict = (ModuleResult("Root", True, 1.0, False, ()),)
    judgement = judged(files, result_of(files, engine=Engine.LAKE, modules=verdict))
    assert judgement.standing is Standing.ACCEPTED


def test_a_library_that_lake_has_elsewhere_is_not_known_to_be_the_shipped_one(files):
    result = result_of(files, engine=Engine.LAKE)
    judgement = judged(files, dataclasses.replace(result, sources=without(result.sources, "Bridge.A")))
    assert (judgement.standing, judgement.own_library) == (Standing.OTHER_LIBRARY, ("Bridge.A",))


def test_what_was_verified_and_is_there_no_more_is_named(files):
    verified = {**sources_beside(files / "Root.lean"), "Root.C": "ef"}
    library = {"Bridge.A": discover(files / "Root.lean", files / "library")[0].sha256}
    judgement = judge(result_of(files), files / "Root.lean", files / "library", verified=verified, shipped=library)
    assert (judgement.standing, judgement.others) == (Standing.OTHER_FILES, ("Root.C",))


def test_a_library_that_is_not_the_shipped_one_is_named(files):
    judgement = judged(files, result_of(files), shipped={"Bridge.A": "0" * 64})
    assert (judgement.standing, judgement.own_library) == (Standing.OTHER_LIBRARY, ("Bridge.A",))
    assert str(judgement) == "the library is not known to be the one that Bridge ships: Bridge.A"


def test_a_rejection_of_these_files_is_one_and_of_other_files_none(files):
    result = result_of(files)
    rejected = dataclasses.replace(result, modules=(*result.modules[:-1], MODULES[1]))
    assert judged(files, rejected).standing is Standing.REJECTED
    assert str(judged(files, rejected)) == "Lean rejected these files"
    other = dataclasses.replace(rejected, sources={**result.sources, "Root": "0" * 64})
    assert judged(files, other).standing is Standing.OTHER_FILES
