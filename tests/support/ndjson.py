"""Reads terms in the format of lean4export, by its description alone, and compares them with what they were made of."""

import dataclasses
import json
from dataclasses import dataclass, field

from bridge.check.olean.constants import Constant, Kind
from bridge.check.olean.terms import APP, BVAR, CONST, LAM, LET, NAT, PI, PROJ, SORT, STR

BINDERS = ["default", "implicit", "strictImplicit", "instImplicit"]
SAFETIES = ["unsafe", "safe", "partial"]
QUOTIENTS = ["type", "ctor", "lift", "ind"]
ABOUT = {"exporter": {"name", "version"}, "lean": {"version", "githash"}, "format": {"version"}}

# What stands in the place of each key of a name, a level or an expression.
FIELDS = {
    "in": {"str": ["pre", "str"], "num": ["pre", "i"]},
    "il": {"succ": [], "max": [], "imax": [], "param": []},
    "ie": {
        "bvar": [],
        "sort": [],
        "const": ["name", "us"],
        "app": ["fn", "arg"],
        "lam": ["name", "type", "body", "binderInfo"],
        "forallE": ["name", "type", "body", "binderInfo"],
        "letE": ["name", "type", "value", "body", "nondep"],
        "proj": ["typeName", "idx", "struct"],
        "natVal": [],
        "strVal": [],
    },
}


@dataclass
class TermsFile:
    """What a file says: nodes by their numbers, each a key and what stands there, and declarations in their order."""

    about: dict
    nodes: dict = field(default_factory=lambda: {"in": [None], "il": [None], "ie": []})
    declarations: list = field(default_factory=list)


def read_terms(data):
    """The content of a file; an assertion fails where it is not as the format has it."""
    assert data.endswith(b"\n")
    first, *lines = (json.loads(line) for line in data.decode("utf-8").split("\n")[:-1])
    assert first.keys() == {"meta"}
    assert {key: set(value) for key, value in first["meta"].items()} == ABOUT
    file = TermsFile(first["meta"])
    for line in lines:
        tags = line.keys() & file.nodes.keys()
        (key,) = line.keys() - tags
        if not tags:
            file.declarations.append((key, line[key]))
            continue
        (tag,) = tags
        fields = FIELDS[tag][key]
        assert not fields or line[key].keys() == set(fields)
        assert line[tag] == len(file.nodes[tag])
        file.nodes[tag].append((key, [line[key][name] for name in fields] or line[key]))
    return file


def decimal(text):
    """The number of a text of digits, however many; Python itself reads only so many."""
    assert text.isascii() and text.isdigit() and (text == "0" or text[0] != "0")
    number = 0
    for start in range(0, len(text), 4000):
        part = text[start : start + 4000]
        number = number * 10 ** len(part) + int(part)
    return number


class Rebuilt:
    """The nodes of a file as those of terms that are there already: no node is new, and none is there twice."""

    def __init__(self, file, terms):
        self.terms = terms
        self.names, self.levels, self.exprs = [0], [0], []
        before = len(terms.names), len(terms.levels), len(terms.exprs)
        for key, (prefix, part) in file.nodes["in"][1:]:
            assert isinstance(part, {"str": str, "num": int}[key])
            self.names.append(terms.mk_name(self.names[prefix], part))
        for key, below in file.nodes["il"][1:]:
            if key == "param":
                parts = [self.names[below]]
            else:
                parts = [self.levels[level] for level in (below if key in ("max", "imax") else [below])]
            self.levels.append(terms.mk_level(key, *parts))
        for key, content in file.nodes["ie"]:
            self.exprs.append(terms.mk(*self.node(key, content)))
        assert (len(terms.names), len(terms.levels), len(terms.exprs)) == before
        for numbers in (self.names, self.levels, self.exprs):
            assert len(set(numbers)) == len(numbers)

    def node(self, key, content):
        """An expression; what it mentions must have come before."""
        names, exprs = self.names, self.exprs
        if key == "bvar":
            return BVAR, content
        if key == "sort":
            return SORT, self.levels[content]
        if key == "natVal":
            return NAT, decimal(content)
        if key == "strVal":
            return STR, content
        if key == "const":
            name, levels = content
            return CONST, names[name], tuple(self.levels[level] for level in levels)
        if key == "app":
            function, argument = content
            return APP, exprs[function], exprs[argument]
        if key == "proj":
            name, index, structure = content
            return PROJ, names[name], index, exprs[structure]
        if key == "letE":
            name, type_, value, body, nondep = content
            assert nondep is False
            return LET, names[name], exprs[type_], exprs[value], exprs[body]
        name, type_, body, binder = content
        return {"lam": LAM, "forallE": PI}[key], names[name], exprs[type_], exprs[body], BINDERS.index(binder)

    def list(self, numbers):
        return tuple(self.names[number] for number in numbers)

    def constant(self, kind, said, **fields):
        """A constant of what is said of it, all of which must be of use."""
        rest = dict(said)
        name, type_ = self.names[rest.pop("name")], self.exprs[rest.pop("type")]
        params = self.list(rest.pop("levelParams"))
        assert {("param", param) for param in params} <= {self.terms.levels[level] for level in self.levels}
        if "value" in rest:
            fields["value"] = self.exprs[rest.pop("value")]
        if "all" in rest:
            fields["block"] = self.list(rest.pop("all"))
        if "isUnsafe" in rest:
            fields["unsafe"] = rest.pop("isUnsafe")
        if "ctors" in rest:
            fields["constructors"] = self.list(rest.pop("ctors"))
        if "induct" in rest:
            fields["inductive"] = self.names[rest.pop("induct")]
        if "hints" in rest:
            hints = rest.pop("hints")
            fields["hints"] = hints if isinstance(hints, str) else hints["regular"]
            fields["safety"] = SAFETIES.index(rest.pop("safety"))
        if "kind" in rest:
            fields["quotient_kind"] = QUOTIENTS.index(rest.pop("kind"))
        if "rules" in rest:
            assert all(rule.keys() == {"ctor", "nfields", "rhs"} for rule in rest["rules"])
            fields["rules"] = tuple(
                (self.names[rule["ctor"]], rule["nfields"], self.exprs[rule["rhs"]]) for rule in rest.pop("rules")
            )
            fields["k"] = rest.pop("k")
        for counts in (
            ["numParams", "numIndices", "numNested"],
            ["cidx", "numParams", "numFields"],
            ["numParams", "numIndices", "numMotives", "numMinors"],
        ):
            if rest.keys() >= set(counts):
                fields["counts"] = tuple(rest.pop(count) for count in counts)
        if "isRec" in rest:
            fields["flags"] = rest.pop("isRec"), rest.pop("isReflexive")
        assert rest == {}
        return Constant(kind, name, params, type_, **fields)


REQUIRED = {
    "axiom": {"isUnsafe"},
    "def": {"value", "hints", "safety", "all"},
    "thm": {"value", "all"},
    "opaque": {"value", "isUnsafe", "all"},
    "quot": {"kind"},
    "types": {"numParams", "numIndices", "all", "ctors", "numNested", "isRec", "isUnsafe", "isReflexive"},
    "ctors": {"induct", "cidx", "numParams", "numFields", "isUnsafe"},
    "recs": {"all", "numParams", "numIndices", "numMotives", "numMinors", "rules", "k", "isUnsafe"},
}
KINDS = {
    "axiom": Kind.AXIOM,
    "def": Kind.DEFINITION,
    "thm": Kind.THEOREM,
    "opaque": Kind.OPAQUE,
    "quot": Kind.QUOTIENT,
    "types": Kind.INDUCTIVE,
    "ctors": Kind.CONSTRUCTOR,
    "recs": Kind.RECURSOR,
}


def constants_of(file, terms):
    """The constants of a file, in its order."""
    rebuilt = Rebuilt(file, terms)
    found = []
    for key, said in file.declarations:
        if key == "inductive":
            assert said.keys() == {"types", "ctors", "recs"}
        for part in ("types", "ctors", "recs") if key == "inductive" else (key,):
            for member in said[part] if key == "inductive" else [said]:
                assert member.keys() == {"name", "levelParams", "type"} | REQUIRED[part]
                found.append(rebuilt.constant(KINDS[part], member))
    return found


def assert_same_constants(data, closure):
    """A file has every constant of a closure with every field, in the order of the closure, and nothing else."""
    file = read_terms(data)
    required = [
        dataclasses.replace(closure.modules.get(name), module="", dropped=None)
        for leader in closure.order
        for name in closure.declared_together(leader)
    ]
    assert constants_of(file, closure.modules.terms) == required
    return file
