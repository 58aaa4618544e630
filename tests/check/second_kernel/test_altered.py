"""Altered graphs of compiled terms: what each comes to, in the kernel or in what is compared with it."""

import random
import shutil
from collections import Counter

import pytest

from bridge.base.module_names import module_path
from bridge.check.olean.constants import Kind
from bridge.check.olean.errors import OleanError
from bridge.check.olean.meaning import Digests
from bridge.check.olean.modules import Modules, in_folders
from bridge.check.olean.terms import CONST, LAM, NAT, PI, Terms
from bridge.check.second_kernel import native
from bridge.check.second_kernel.examination import examine
from bridge.check.second_kernel.library import kernel_library
from bridge.check.second_kernel.opinion import Outcome, RefusedError
from bridge.check.second_kernel.primitives import compare_primitives
from bridge.check.second_kernel.recheck import FolderSpec, recheck
from support.altered import Judge, rewritten, with_constants, with_files
from support.artifacts import make_artifact
from support.exports import rendered
from support.oleans import compile_modules, core_folder
from support.second_kernel import needs_kernel, untold

pytestmark = [pytest.mark.lean, needs_kernel]

OWN = ("Generated.Samples", "Generated.Concept0")
PROBE = "Generated.«concept 0»"
PRIVATE = f"_private.Generated.Concept0.0.{PROBE}"
CHECKED = f"theorem {PRIVATE}.checked._proof_1: appTypeMismatch"

# What Lean itself compiles, and has no objection to, but for a warning.
CHEATS = {
    "Cheats.Axiom": "axiom cheat : 1 = 2\n\ntheorem wrong : 1 = 2 := cheat\n",
    "Cheats.Sorry": "theorem unproved : 1 = 2 := sorry\n",
    "Cheats.Native": "theorem large : 2 ^ 10 = 1024 := by native_decide\n",
    "Cheats.Skipped": "set_option debug.skipKernelTC true in\ntheorem skipped : 2 + 2 = 5 := by decide +kernel\n",
}
USES = """module

public section

theorem power : 2 ^ 10 - 24 = 1000 := by decide +kernel

theorem divided : (1000 / 7, 1000 % 7, Nat.pred 3) = (142, 6, 2) := by decide +kernel

theorem shifted : (5 <<< 2, 20 >>> 2) = (20, 5) := by decide +kernel

theorem bits : (12 &&& 10, 12 ||| 10, 12 ^^^ 10, Nat.log2 1000, Nat.gcd 12 18) = (8, 14, 6, 9, 6) := by
  decide +kernel

theorem compared : (Nat.beq 3 3 && Nat.ble 2 3) = true := rfl

theorem sound : Quot.mk (fun _ _ : Nat => True) 1 = Quot.mk _ 2 := Quot.sound trivial

theorem grows (n : Nat) : n ≤ n + 1 := Nat.rec (Nat.zero_le 1) (fun _ h => Nat.succ_le_succ h) n
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory, lean_pool):
    """What the embedded Lean makes of a small export, of cheats, and of uses of the kernel's own functions."""
    files = rendered(tmp_path_factory.mktemp("export"), make_artifact(samples=12, dim=3, concepts=1))
    texts = {path.removesuffix(".lean").replace("/", "."): text for path, text in [*files.items()][1:]}
    cheats = {name: f"module\n\npublic section\n\n{text}" for name, text in CHEATS.items()}
    return compile_modules({**texts, **cheats, "Uses": USES}, lean_pool, tmp_path_factory.mktemp("oleans"))


@pytest.fixture(scope="module")
def modules(folder):
    modules = Modules(Terms(), in_folders([folder], core_folder()))
    modules.load([*OWN, *CHEATS, "Uses"])
    return modules


@pytest.fixture(scope="module")
def judge(modules):
    return native.on_a_large_stack(lambda: Judge(modules, OWN))


def value_of(modules, name):
    return modules.get(modules.terms.name(name)).value


def numbers_in(modules, name):
    terms = modules.terms
    nodes = (terms.exprs[each] for each in terms.below([value_of(modules, name)]))
    return sorted({node[1] for node in nodes if node[0] == NAT})


def with_number(modules, name, old, new, field="value"):
    """The modules with a number in a constant replaced."""
    root = getattr(modules.get(modules.terms.name(name)), field)
    changed = rewritten(modules.terms, root, lambda node: (NAT, new) if node == (NAT, old) else None)
    assert changed != root
    return with_constants(modules, **{name: {field: changed}})


def verdict(judge, modules):
    return native.on_a_large_stack(lambda: judge.verdict(modules))


def test_what_is_not_altered_is_accepted_with_all_below_it(folder):
    opinion = recheck(FolderSpec((folder,), core_folder()), OWN, timeout=300, tell=untold)
    assert (opinion.outcome, opinion.reason) == (Outcome.ACCEPTED, None)
    assert opinion.declarations > 1000
    assert opinion.constants > opinion.declarations
    assert opinion.core_theorems > 300
    assert opinion.primitives["Nat.add"] == "equations"
    assert opinion.primitives["Nat.gcd"] == "name"


def test_what_is_not_altered_is_accepted_above_the_library(judge, modules):
    assert verdict(judge, modules) == "accepted"


@pytest.mark.parametrize("step", [-1, 1])
def test_another_sup_error_is_refused(judge, modules, step):
    delta = max(numbers_in(modules, f"{PROBE}.δ"))
    altered = with_number(modules, f"{PROBE}.δ", delta, delta + step)
    assert verdict(judge, altered).endswith("Mismatch")


def test_another_sup_error_in_the_file_is_refused(folder, modules, tmp_path):
    delta = max(numbers_in(modules, f"{PROBE}.δ"))
    old, new = (number.to_bytes(8, "little") for number in (delta, delta - 1))
    shutil.copytree(folder, tmp_path, dirs_exist_ok=True)
    for part in tmp_path.glob("Generated/Concept0.olean*"):
        part.write_bytes(part.read_bytes().replace(old, new))
    opinion = recheck(FolderSpec((tmp_path,), core_folder()), OWN, timeout=300, tell=untold)
    assert opinion.outcome is Outcome.REFUSED
    assert opinion.reason == CHECKED


def test_a_bound_for_one_more_sample_is_refused(judge, modules):
    assert "theorem Generated" in verdict(judge, with_number(modules, f"{PROBE}.bound", 12, 13, "type"))


def test_a_bound_that_says_false_is_refused(judge, modules):
    false = modules.terms.mk(CONST, modules.terms.name("False"), ())
    altered = with_constants(modules, **{f"{PROBE}.bound": {"type": false}})
    assert verdict(judge, altered) == f"theorem {PROBE}.bound: declTypeMismatch"


def test_another_weight_is_refused(judge, modules):
    weight = numbers_in(modules, f"{PROBE}.functional")[-2]
    altered = with_number(modules, f"{PROBE}.functional", weight, weight + 1)
    assert verdict(judge, altered) == f"theorem {PRIVATE}.faithful._proof_1: appTypeMismatch"


def with_bit(modules, bit):
    """For each literal of the samples' columns the modules with one bit of it changed."""
    for number in numbers_in(modules, "Generated.samples"):
        if number.bit_length() > 64:
            yield with_number(modules, "Generated.samples", number, number ^ 1 << bit)


def test_a_high_bit_of_a_score_or_of_where_the_error_is_attained_is_refused(judge, modules):
    # Four literals of scores, and three latents of the one sample; other samples may come closer to the probe.
    verdicts = Counter(verdict(judge, altered) for altered in with_bit(modules, 26))
    assert verdicts == {CHECKED: 4 + 3, "accepted": 9}


def test_the_lowest_bit_of_a_sample_can_leave_a_theorem_true_of_other_data(judge, modules):
    verdicts = Counter(verdict(judge, altered) for altered in with_bit(modules, 0))
    assert set(verdicts) == {"accepted", CHECKED}
    assert verdicts["accepted"] > verdicts[CHECKED]


def test_a_definition_that_is_marked_unsafe_is_refused(judge, modules):
    altered = with_constants(modules, **{f"{PROBE}.residual": {"safety": 0}})
    assert "theorem Generated" in verdict(judge, altered)


def test_a_proof_that_was_taken_away_leaves_an_axiom(judge, modules):
    kind = modules.get(modules.terms.name("propext")).kind
    altered = with_constants(modules, **{f"{PROBE}.checked": {"kind": kind, "value": None}})
    assert verdict(judge, altered) == f"{PROBE}.checked is an axiom that is not one of Lean's own"


@pytest.mark.parametrize(
    ("cheat", "reason"),
    [
        ("Axiom", "cheat is an axiom that is not one of Lean's own"),
        ("Sorry", "sorryAx is an axiom that is not one of Lean's own"),
        ("Native", "Lean.ofReduceBool is an axiom that is not one of Lean's own"),
        ("Skipped", "theorem _private.Cheats.Skipped.0.skipped._proof_1: appTypeMismatch"),
    ],
)
def test_what_lean_lets_through_is_refused(modules, cheat, reason):
    assert examined(modules, f"Cheats.{cheat}") == reason


def examined(modules, module):
    """What the second kernel says of a module and all below it: "accepted", or why it refuses it."""
    try:
        native.on_a_large_stack(lambda: examine(native.load(kernel_library()), modules, [module]))
    except RefusedError as error:
        return str(error)
    return "accepted"


# What the kernel's own functions are defined as.


def test_each_function_of_the_kernel_is_compared_as_far_as_the_core_has_its_definition(modules):
    accepted = native.on_a_large_stack(lambda: examine(native.load(kernel_library()), modules, ["Uses"]))
    by_equations = "pred add sub mul pow beq ble shiftLeft shiftRight"
    expected = dict.fromkeys((f"Nat.{name}" for name in by_equations.split()), "equations")
    expected |= dict.fromkeys(("Nat.div", "Nat.mod", "Nat.log2"), "samples")
    expected |= dict.fromkeys(("Nat.gcd", "Nat.land", "Nat.lor", "Nat.xor"), "name")
    assert accepted.primitives == expected


def test_a_power_that_is_a_product_is_refused(modules):
    product = modules.terms.mk(CONST, modules.terms.name("Nat.mul"), ())
    reason = examined(with_constants(modules, **{"Nat.pow": {"value": product}}), "Uses")
    assert reason.startswith("Nat.pow is not the function that the kernel computes")


def test_a_shift_that_is_always_zero_is_refused_though_the_kernel_accepts_it(modules):
    terms = modules.terms
    natural, zero = (terms.mk(CONST, terms.name(name), ()) for name in ("Nat", "Nat.zero"))
    nothing = terms.mk(LAM, 0, natural, terms.mk(LAM, 0, natural, zero, 0), 0)
    reason = examined(with_constants(modules, **{"Nat.shiftLeft": {"value": nothing}}), "Uses")
    assert reason.startswith("Nat.shiftLeft is not the function that the kernel computes")


def test_what_core_itself_calls_an_axiom_is_one(modules):
    altered = with_constants(modules, **{"Nat.gcd": {"dropped": Kind.AXIOM}})
    assert examined(altered, "Uses") == "Nat.gcd is an axiom that is not one of Lean's own"


def test_a_function_of_the_kernel_without_a_definition_is_the_cores_alone(modules):
    altered = with_constants(modules, **{"Nat.gcd": {"dropped": None}})
    assert examined(altered, "Uses") == "Nat.gcd is an axiom that is not one of Lean's own"
    with pytest.raises(RefusedError, match=r"^Nat\.gcd, which the kernel computes by itself, has no definition$"):
        compare_primitives(None, None, altered, {modules.terms.name("Nat.gcd")})


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("Bool", {"constructors": ("Bool.true", "Bool.false")}),
        ("Nat", {"constructors": ("Nat.zero", "Nat.succ", "Nat.zero")}),
        ("Nat", {"kind": Kind.AXIOM}),
        ("Nat", {"type": "Nat.zero"}),
        ("Nat.succ", {"type": "Nat.zero"}),
        ("Nat.zero", {"type": "Nat.succ"}),
    ],
)
def test_numbers_that_are_not_what_the_kernel_takes_them_for_are_refused(modules, name, fields):
    changes = dict(fields)
    if "constructors" in fields:
        changes["constructors"] = tuple(map(modules.terms.name, fields["constructors"]))
    if "type" in fields:
        changes["type"] = modules.get(modules.terms.name(fields["type"])).type
    altered = with_constants(modules, **{name: changes})
    data = name.partition(".")[0]
    assert compare_primitives(None, None, modules, {modules.terms.name(data)}) == {}
    with pytest.raises(RefusedError, match=f"^{data} is not the type that the kernel takes it for$"):
        compare_primitives(None, None, altered, {modules.terms.name(data)})


def test_a_rule_of_a_recursor_that_is_another_one_is_refused(modules):
    (zero, fields, term), (successor, more, _) = modules.get(modules.terms.name("Nat.rec")).rules
    altered = with_constants(modules, **{"Nat.rec": {"rules": ((zero, fields, term), (successor, more, term))}})
    assert examined(altered, "Uses") == "recursor Nat.rec: the kernel has another one"


def test_a_constant_of_quotients_that_is_another_one_is_refused(modules):
    altered = with_constants(modules, **{"Quot.lift": {"quotient_kind": 3}})
    assert examined(altered, "Uses") == "quotient Quot.lift: the kernel has another one"


def test_a_constructor_with_a_negative_occurrence_is_refused(modules):
    terms = modules.terms
    truth = terms.mk(CONST, terms.name("Bool"), ())
    negative = terms.mk(PI, 0, terms.mk(PI, 0, truth, truth, 0), truth, 0)
    reason = examined(with_constants(modules, **{"Bool.true": {"type": negative}}), "Uses")
    assert reason.startswith("inductive Bool: other:")


# Random changes of the files.


class Changed:
    """The parts of a compiled module, to be written with changes."""

    def __init__(self, folder, place, modules, module):
        self.modules, self.module, self.place = modules, module, place
        self.objects = modules._sources[module].decoder.objects
        self.parts = {part: part.path.read_bytes() for part in self.objects.parts}
        self.target = (place / module_path(module)).parent
        self.target.mkdir(parents=True, exist_ok=True)

    def read(self, changes):
        """The modules with some bytes changed: for each a part, where it is, and the bytes that come in its place."""
        changed = {part: bytearray(data) for part, data in self.parts.items()}
        for part, at, data in changes:
            changed[part][at : at + len(data)] = data
        for part, data in changed.items():
            (self.target / part.path.name).write_bytes(data)
        return with_files(self.modules, self.place, core_folder(), self.module)


@pytest.fixture
def changed(folder, modules, judge, tmp_path):
    return Changed(folder, tmp_path, modules, OWN[-1])


def digests_of(modules):
    """What the theorems and definitions of the probe say."""
    digests = Digests(modules)
    return {name: digests.constant(name) for name in modules.declared_in(OWN[-1])}


def outcome(judge, changed, changes, expected):
    try:
        altered = changed.read(changes)
        said = verdict(judge, altered)
        if said != "accepted":
            return "refused"
        return "accepted, and the same" if digests_of(altered) == expected else "accepted, and another"
    except OleanError:
        return "not read"


def test_no_random_change_of_a_pointer_is_accepted(judge, changed, modules):
    expected = digests_of(modules)
    objects, known = changed.objects, modules._sources[OWN[-1]].decoder._exprs
    below = {5: (0, 1), 6: (1, 2), 7: (1, 2), 8: (1, 2, 3), 10: (1,), 11: (2,)}
    nodes = sorted(address for address in known if objects.fields(address)[0] in below)
    random.seed(19)
    outcomes = Counter()
    for _ in range(100):
        address = random.choice(nodes)
        tag, fields = objects.fields(address)
        field = random.choice(below[tag])
        others = [other for other in known if other < address and known[other] != known[fields[field]]]
        part = objects.part_at(address)
        at = address - part.base + 8 + objects.width * field
        change = (part, at, random.choice(others).to_bytes(objects.width, "little"))
        outcomes[outcome(judge, changed, [change], expected)] += 1
    assert sum(outcomes.values()) == 100
    assert set(outcomes) <= {"refused", "not read"}


def test_a_random_change_of_bytes_is_refused_or_changes_nothing_that_is_said(judge, changed, modules):
    part = changed.objects.parts[-1]
    size, expected = len(changed.parts[part]), digests_of(modules)
    random.seed(19)
    outcomes = Counter()
    for _ in range(150):
        changes = [
            (part, random.randrange(0x58, size), random.randbytes(1)) for _ in range(random.choice((1, 1, 2, 4)))
        ]
        outcomes[outcome(judge, changed, changes, expected)] += 1
    assert sum(outcomes.values()) == 150
    assert set(outcomes) <= {"refused", "not read", "accepted, and the same"}
