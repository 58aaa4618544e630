"""The constants of modules: found by the imports, in folders that no name leaves, one for each name."""

import pytest

from bridge.check.olean.constants import Kind
from bridge.check.olean.errors import OleanError
from bridge.check.olean.modules import Modules, in_folders
from bridge.check.olean.terms import Terms
from support.oleans import Writer, write_module


@pytest.fixture
def folders(tmp_path):
    return tmp_path / "own", tmp_path / "core"


def small_module(width=4, *, imports=(), dropped=(), prefix="A", gmp=False, base=0x30000):
    """An axiom that is a type, a definition of it and a theorem of the definition."""
    writer = Writer(width, gmp=gmp, base=base)
    sort, body = writer.sort(), writer.const(f"{prefix}.T")
    return writer.module(
        writer.axiom(f"{prefix}.T", sort),
        writer.definition(f"{prefix}.d", sort, body),
        writer.theorem(f"{prefix}.t", writer.const(f"{prefix}.d"), writer.expr(0, writer.number(0))),
        imports=imports,
        dropped=dropped,
    )


def loaded(folders, *names):
    own, core = folders
    modules = Modules(Terms(), in_folders([own], core))
    modules.load(names)
    return modules


def refusal(call):
    with pytest.raises(OleanError) as caught:
        call()
    return str(caught.value)


@pytest.mark.parametrize("width", [4, 8])
def test_constants_of_a_module_and_of_its_imports_are_found(folders, width):
    write_module(folders[0], "Own.Part", small_module(width, imports=["Core"]))
    write_module(folders[1], "Core", small_module(width, prefix="C"))
    modules = loaded(folders, "Own.Part")
    name = modules.terms.name
    assert {modules.terms.text(number) for number in modules.index} == {"A.T", "A.d", "A.t", "C.T", "C.d", "C.t"}
    kinds = [modules.get(name(f"A.{last}")).kind for last in "Tdt"]
    assert kinds == [Kind.AXIOM, Kind.DEFINITION, Kind.THEOREM]
    assert [modules.is_core(name(f"{prefix}.d")) for prefix in "AC"] == [False, True]
    assert [modules.module_of(name(f"{prefix}.d")) for prefix in "AC"] == ["Own.Part", "Core"]
    assert modules.declared_in("Own.Part") == [name("A.T"), name("A.d"), name("A.t")]


def test_a_module_that_is_not_there_is_an_error(folders):
    write_module(folders[0], "Own", small_module(imports=["Gone"]))
    assert refusal(lambda: loaded(folders, "Own")).startswith("the module Gone is not among the compiled files; ")


@pytest.mark.parametrize("name", ["..Own", "A/../../Own", "A\\Own", "C:Own", "", "A..Own", "A\0"])
def test_no_name_of_a_module_leaves_the_folders(folders, name):
    for folder in folders[0], folders[0].parent:
        write_module(folder, "Own", small_module())
    assert in_folders([folders[0]], folders[1])(name) is None


def test_a_module_in_two_folders_is_an_error(folders):
    for folder in folders:
        write_module(folder, "Init", small_module())
    assert "are both the module Init; " in refusal(lambda: loaded(folders, "Init"))


def test_modules_that_import_each_other_are_loaded_once(folders):
    write_module(folders[0], "A", small_module(imports=["B"]))
    write_module(folders[0], "B", small_module(imports=["A"], prefix="B"))
    assert len(loaded(folders, "A").index) == 6


def test_what_the_exported_part_left_out_is_said_of_core_modules_only(folders):
    dropped = [("A.T", 1), ("B.T", 0)]
    write_module(folders[0], "A", small_module(dropped=dropped))
    write_module(folders[1], "B", small_module(dropped=dropped, prefix="B"))
    modules = loaded(folders, "A", "B")
    assert modules.get(modules.terms.name("A.T")).dropped is None
    assert modules.get(modules.terms.name("B.T")).dropped == Kind.DEFINITION


def test_a_constant_that_no_module_declares_is_an_error(folders):
    write_module(folders[0], "A", small_module())
    modules = loaded(folders, "A")
    assert refusal(lambda: modules.get(modules.terms.name("A.x"))).startswith("no module declares A.x, which is used; ")


def test_a_definition_in_two_modules_is_an_error_and_a_theorem_is_not(folders):
    write_module(folders[0], "A", small_module())
    write_module(folders[0], "B", small_module())
    modules = loaded(folders, "A", "B")
    name = modules.terms.name
    assert "both declare A.d; " in refusal(lambda: modules.get(name("A.d")))
    assert modules.get(name("A.t")).kind == Kind.THEOREM


def test_a_name_that_no_file_can_have_is_not_found(folders):
    folders[0].mkdir()
    assert in_folders([folders[0]], folders[1])("a" * 1000) is None


def test_all_parts_of_a_module_are_found_in_their_order(folders):
    for suffix, base in (".private", 0x50000), (".server", 0x40000), ("", 0x30000):
        write_module(folders[0], "A", small_module(base=base, prefix=suffix[1:] or "exported"), suffix)
    files = in_folders([folders[0]], folders[1])("A")
    assert [part.name for part in files.parts] == ["A.olean", "A.olean.server", "A.olean.private"]
    modules = loaded(folders, "A")
    assert modules.terms.name("private.t") in modules
    assert modules.terms.name("exported.t") not in modules


def test_a_module_whose_proofs_are_not_beside_it_is_an_error_and_one_of_the_core_is_not(folders):
    def write(folder, *suffixes):
        for index, suffix in enumerate(suffixes):
            writer = Writer(base=0x10000 * (index + 1))
            write_module(folder, "A", writer.module(writer.axiom("A.T", writer.sort()), is_module=True), suffix)

    write(folders[0], "", ".server")
    found = " has no proofs, which are beside it in other files; all files of the module A are required; "
    assert found in refusal(lambda: loaded(folders, "A"))
    write(folders[0], "", ".server", ".private")
    assert len(loaded(folders, "A").index) == 1
    for part in folders[0].iterdir():
        part.unlink()
    write(folders[1], "")
    assert len(loaded(folders, "A").index) == 1


def test_a_core_module_with_its_private_part_has_left_nothing_out(folders):
    write_module(folders[1], "A", small_module(dropped=[("A.T", 1)]))
    write_module(folders[1], "A", small_module(dropped=[("A.T", 1)], base=0x50000), ".private")
    modules = loaded(folders, "A")
    assert modules.get(modules.terms.name("A.T")).dropped is None


def test_a_theorem_of_the_core_without_its_proof_may_be_proved_elsewhere(folders):
    """Lean makes some theorems, as equations of definitions, in each module that needs them."""
    writer = Writer()
    sort, statement = writer.sort(), writer.const("A.T")
    write_module(
        folders[1],
        "Core",
        writer.module(writer.axiom("A.T", sort), writer.axiom("A.eq_1", statement), dropped=[("A.eq_1", 1)]),
    )
    writer = Writer()
    proof = writer.expr(0, writer.number(0))
    theorem = writer.theorem("A.eq_1", writer.const("A.T"), proof)
    write_module(folders[0], "Own", writer.module(theorem, imports=["Core"]))
    modules = loaded(folders, "Own")
    name = modules.terms.name("A.eq_1")
    assert (modules.get(name).kind, modules.module_of(name)) == (Kind.THEOREM, "Own")


@pytest.mark.parametrize("kind", [0, 3])
def test_a_definition_of_the_core_without_its_body_is_defined_nowhere_else(folders, kind):
    writer = Writer()
    write_module(folders[1], "Core", writer.module(writer.axiom("A.d", writer.sort()), dropped=[("A.d", kind)]))
    writer = Writer()
    sort = writer.sort()
    write_module(folders[0], "Own", writer.module(writer.definition("A.d", sort, sort), imports=["Core"]))
    modules = loaded(folders, "Own")
    assert "Own and Core both declare A.d; " in refusal(lambda: modules.get(modules.terms.name("A.d")))


def test_theorems_of_one_name_with_two_statements_are_an_error(folders):
    for module, statement in ("A", "x"), ("B", "y"):
        writer = Writer()
        theorem = writer.theorem("t", writer.const(statement), writer.expr(0, writer.number(0)))
        write_module(folders[0], module, writer.module(theorem))
    modules = loaded(folders, "A", "B")
    assert "both declare t; " in refusal(lambda: modules.get(modules.terms.name("t")))
