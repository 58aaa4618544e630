"""What Lean has compiled of an export has the numbers of its text: whoever alters one is found out."""

import json
import shutil

import pytest

from bridge.base.errors import InputError
from bridge.check.compare_terms import compare_module, compare_terms
from bridge.check.lean_modules import modules_beside
from bridge.check.numbers_of_text import declarations
from bridge.check.olean.errors import OleanError
from bridge.check.reader import Reader
from support.compiled_exports import compiled, exports_in_files, modules_without_mathlib, with_numbers
from support.lean_files import write
from support.oleans import Writer, write_module

_MOST_NUMBERS = 12

HEADER = "module\n\npublic section\n\n"
TEXT = f"""{HEADER}namespace A

def data : List Nat := [
    1,
    {2**130 + 2**7},
    3
  ]

def name : String := "class"

theorem small (i : Fin 4) : data.count 5 = 6 :=
  lemma 7

end A
"""


class Module(Writer):
    """A compiled module, written here."""

    def numeral(self, value):
        literal = self.literal(value)
        return self.app(
            self.const("OfNat.ofNat"), self.const("Nat"), literal, self.app(self.const("instOfNatNat"), literal)
        )

    def nats(self, *values):
        term = self.app(self.const("List.nil"), self.const("Nat"))
        for value in reversed(values):
            term = self.app(self.const("List.cons"), self.const("Nat"), self.numeral(value), term)
        return term

    def statement(self, size, left, right, about):
        count = self.app(self.const("List.count"), self.const(about), self.numeral(left))
        equation = self.app(self.const("Eq"), self.const("Nat"), count, self.numeral(right))
        return self.pi("i", self.app(self.const("Fin"), self.numeral(size)), equation)


def write_compiled(
    folder,
    *,
    width=4,
    values=(1, 2**130 + 2**7, 3),
    name="class",
    statement=(4, 5, 6, "A.data"),
    proof=7,
    kind="definition",
):
    """What Lean would write of TEXT, with these numbers in it."""
    module = Module(width)
    of = module.app(module.const("List"), module.const("Nat"))
    declare = module.theorem if kind == "theorem" else module.definition
    content = module.module(
        module.axiom("A.data", of) if kind == "axiom" else declare("A.data", of, module.nats(*values)),
        module.definition("A.name", module.const("String"), module.literal(name)),
        module.theorem(
            "A.small", module.statement(*statement), module.app(module.const("lemma"), module.numeral(proof))
        ),
        imports=["Bridge.Not.There"],
    )
    write_module(folder, "A", content)


@pytest.fixture
def root(tmp_path):
    return write(tmp_path, {"A.lean": TEXT})


def differences(root, folder):
    return [str(each).removeprefix(f"{root}:") for each in compare_terms(root, folder).differences]


@pytest.mark.parametrize("width", [4, 8])
def test_the_terms_of_a_text_have_its_numbers_and_no_import_is_needed(root, tmp_path, width):
    write_compiled(tmp_path / "made", width=width)
    outcome = compare_terms(root, tmp_path / "made")
    assert (outcome.ok, outcome.compared, outcome.in_proofs) == (True, 7, 1)
    assert json.loads(json.dumps(outcome.record())) == {
        "match": True,
        "compared": 7,
        "in_proofs": 1,
        "differences": [],
        "modules": ["A"],
        "only_in_order": [],
        "not_compiled": [],
    }


@pytest.mark.parametrize(
    ("altered", "message"),
    [
        ({"values": (3, 2**130 + 2**7, 1)}, "8:5: A.data: its value as Lean has compiled it: found 3, required 1"),
        (
            {"values": (1, 2**130, 3)},
            "9:5: A.data: its value as Lean has compiled it: found 0x8000000000000000… of 131 bits, where bit 7 is 0, "
            "required 0x8000000000000000… of 131 bits, where bit 7 is 1",
        ),
        (
            {"values": (1, 2)},
            "9:5: A.data: its value as Lean has compiled it: found 2, required 0x8000000000000000… of 131 bits, where "
            "bit 1 is 0",
        ),
        (
            {"values": (1, 2**130 + 2**7)},
            "10:5: A.data: its value as Lean has compiled it: found `]`, required 3",
        ),
        (
            {"name": "other"},
            "13:22: A.name: its value as Lean has compiled it: found the string `other`, required the string `class`",
        ),
        (
            {"statement": (5, 5, 6, "A.data")},
            "15:24: A.small: its statement as Lean has compiled it: found 5, required 4",
        ),
        (
            {"statement": (4, 6, 5, "A.data")},
            "15:40: A.small: its statement as Lean has compiled it: found 6, required 5",
        ),
        (
            {"statement": (4, 5, 6, "A.name")},
            "15:29: A.small: its statement as Lean has compiled it: found the name `A.name`, "
            "required the name `A.data`",
        ),
        (
            {"statement": (4, 5, 6, "B.data")},
            "15:29: A.small: its statement as Lean has compiled it: found the name `data`, required the name `A.data`",
        ),
        (
            {"proof": 8},
            "16:9: A.small: its proof as Lean has compiled it: found no such number after those before it, required 7",
        ),
        (
            {"kind": "theorem"},
            "7:5: A.data as Lean has compiled it: found of kind theorem, required a definition with its body",
        ),
        (
            {"kind": "axiom"},
            "7:5: A.data as Lean has compiled it: found of kind axiom, required a definition with its body",
        ),
    ],
)
def test_what_is_altered_is_named_with_its_place_in_the_text(root, tmp_path, altered, message):
    write_compiled(tmp_path / "made", **altered)
    assert differences(root, tmp_path / "made") == [message]


def test_what_the_text_has_more_of_is_a_difference_and_so_is_what_it_has_less_of(root, tmp_path):
    write_compiled(tmp_path / "made")
    root.write_text(TEXT.replace("small (i : Fin 4) : data.count 5 = 6", "other : 5 = 6").replace('"class"', ""))
    assert differences(root, tmp_path / "made") == [
        "13:5: A.name: its value as Lean has compiled it: found the string `class`, required nothing more",
        "15:9: A.other as Lean has compiled it: found no such constant, required a theorem with its body",
    ]
    root.write_text(TEXT.replace('"class"', '"class" ^ 2'))
    assert differences(root, tmp_path / "made") == [
        "13:30: A.name: its value as Lean has compiled it: found nothing more, required `^`"
    ]


def test_a_file_that_needs_mathlib_is_named_where_it_is_not_compiled_and_else_compared_in_order(root, tmp_path):
    made = tmp_path / "made"
    needing = TEXT.replace("module\n", "module\n\npublic import Bridge.Real\n", 1)
    root.write_text(needing)
    made.mkdir()
    outcome = compare_terms(root, made)
    assert (outcome.ok, outcome.compared, outcome.modules, outcome.not_compiled) == (True, 0, (), ("A",))
    write_compiled(made, values=(9, 1, 2**130 + 2**7, 3), statement=(4, 5, 6, "A.data"))
    outcome = compare_terms(root, made)
    assert (outcome.ok, outcome.compared, outcome.only_in_order, outcome.not_compiled) == (True, 7, ("A",), ())
    write_compiled(made, values=(3, 2**130 + 2**7, 1))
    assert [each.place.line for each in compare_terms(root, made).differences] == [11]


def test_compiled_files_that_are_not_there_are_asked_for(root, tmp_path):
    with pytest.raises(InputError) as caught:
        compare_terms(root, tmp_path / "made")
    assert str(caught.value) == (
        f"{tmp_path / 'made'} is no folder; the folder of the export's compiled files is required; name that of "
        "`bridge check --oleans`, or .lake/build/lib/lean of a Lake project"
    )
    (tmp_path / "made").mkdir()
    with pytest.raises(InputError) as caught:
        compare_terms(root, tmp_path / "made")
    assert str(caught.value) == (
        f"{tmp_path / 'made'} has no A.olean; the compiled files of the whole export are required, but for what needs "
        f"Mathlib; run `bridge check {root} --oleans FOLDER`, or lake build"
    )


def test_a_compiled_file_that_is_cut_off_is_an_error(root, tmp_path):
    write_compiled(tmp_path / "made")
    file = tmp_path / "made" / "A.olean"
    file.write_bytes(file.read_bytes()[:-40])
    with pytest.raises(OleanError):
        compare_terms(root, tmp_path / "made")


@pytest.fixture(scope="module")
def exports(tmp_path_factory, lean_pool):
    """A folder with the texts of exports, one with what Lean made of them, and the texts by their namespaces."""
    folder = tmp_path_factory.mktemp("exports")
    files = exports_in_files(tmp_path_factory.mktemp("artifacts"))
    for each in files.values():
        write(folder, each)
    roots = [module for namespace, each in files.items() for module in modules_without_mathlib(each, namespace)]
    return folder, compiled(folder, roots, lean_pool), files


@pytest.mark.lean
def test_terms_that_lean_has_made_of_an_export_have_the_numbers_of_its_text(exports):
    folder, made, exported = exports
    for namespace, files in exported.items():
        outcome = compare_terms(folder / f"{namespace}.lean", made)
        assert outcome.differences == ()
        modules = modules_without_mathlib(files, namespace)
        assert set(outcome.modules) == set(modules)
        assert set(outcome.not_compiled) == ({namespace} - set(modules))
        written = [
            each.token
            for module in modules
            for found in declarations(Reader.of(folder, module), set())
            for each in (*found.statement, *found.body)
        ]
        assert outcome.compared == sum(isinstance(token, int) for token in written) > 50


@pytest.mark.lean
def test_each_number_of_an_export_is_missed_where_its_term_has_another(exports, tmp_path):
    folder, made, exported = exports
    for namespace in exported:
        known: set[str] = set()
        for module in modules_beside(folder / f"{namespace}.lean"):
            olean = made / f"{module.name.replace('.', '/')}.olean"
            if not olean.is_file():
                continue
            parts = {
                suffix: olean.with_name(olean.name + suffix).read_bytes() for suffix in ("", ".server", ".private")
            }
            # Of long lists the first numbers will do.
            numbers = {
                each.token: found.name
                for found in declarations(Reader(module.file, module.source, module.name), known)
                for part in (found.statement, found.body)
                for each in part[:_MOST_NUMBERS]
                if isinstance(each.token, int)
            }
            for number, name in numbers.items():
                for suffix, content in parts.items():
                    other = with_numbers(content, {number: number ^ 1})
                    write_module(tmp_path, module.name, other, suffix)
                found = compare_module(module, tmp_path, known).differences
                assert any(name in each.what for each in found), (name, number)


@pytest.mark.lean
@pytest.mark.parametrize(
    ("namespace", "module", "declaration"),
    [
        ("Plain", "Plain.Concept0", "functional"),
        ("Images", "Images.Images.Shard1", "images1"),
        ("Ranges", "Ranges.Samples.Shard1", "shard1"),
    ],
)
def test_two_numbers_that_change_places_are_found(exports, tmp_path, namespace, module, declaration):
    folder, made, _ = exports
    shutil.copytree(made / namespace, tmp_path / namespace)
    body = next(
        [each for each in found.body if isinstance(each.token, int)]
        for found in declarations(Reader.of(folder, module), set())
        if found.name.rpartition(".")[2] == declaration
    )
    first = body[0]
    second = next(
        each
        for each in body
        if each.token != first.token and each.token.bit_length() // 32 == first.token.bit_length() // 32
    )
    olean = tmp_path / f"{module.replace('.', '/')}.olean"
    for suffix in ("", ".server", ".private"):
        part = olean.with_name(olean.name + suffix)
        swapped = {first.token: second.token, second.token: first.token}
        part.write_bytes(with_numbers(part.read_bytes(), swapped))
    found, *_ = compare_terms(folder / f"{namespace}.lean", tmp_path).differences
    assert (found.place, found.what) == (
        first.place,
        f"{found.what.split(':')[0]}: its value as Lean has compiled it",
    )
    assert found.what.split(":")[0].endswith(declaration)
