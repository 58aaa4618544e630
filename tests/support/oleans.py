"""Compiled files of Lean: written here byte by byte, with pointers of 4 or 8 bytes, or made by the embedded Lean."""

import shutil
import tempfile
from pathlib import Path

import pytest

from bridge.base.module_names import module_path
from bridge.base.resources import lean_library_folder
from bridge.check.embedded import embedded_folder
from bridge.check.evidence import compiled_files
from bridge.check.lean_modules import discover
from bridge.check.schedule import restore_library

HEADER = 0x50
LEAN_VERSION = "4.28.0-pre"
GIT_HASH = "38f3c0c4" * 5


class Writer:
    """Writes one part of a module: each method adds an object and returns its address.

    What is written is not checked, so that wrong files can be written too.
    """

    def __init__(self, width=4, *, base=0x30000, gmp=False, git_hash=GIT_HASH, lean_version=LEAN_VERSION):
        self.width, self.base, self.gmp = width, base, gmp
        version = lean_version.encode().ljust(33, b"\0")
        self.data = bytearray(b"olean\2" + bytes([gmp]) + version + git_hash.encode().ljust(40, b"\0"))
        self.data += self.word(base) + self.word(0)
        self._known = {}

    def word(self, value):
        return value.to_bytes(self.width, "little")

    def object(self, tag, other, body, size=1):
        address = self.base + len(self.data)
        self.data += bytes(4) + size.to_bytes(2, "little") + bytes([other, tag]) + body
        self.data += bytes(-len(self.data) % self.width)
        return address

    def constructor(self, tag, *fields, scalars=b""):
        body = b"".join(map(self.word, fields)) + scalars
        size = 8 + len(body)
        return self.object(tag, len(fields), body, size + -size % self.width)

    def array(self, *elements):
        return self.object(246, 0, b"".join(map(self.word, (len(elements), len(elements), *elements))))

    def list(self, *elements):
        address = 1
        for element in reversed(elements):
            address = self.constructor(1, element, address)
        return address

    def string(self, text):
        content = text.encode() + b"\0"
        return self.object(249, 0, b"".join(map(self.word, (len(content), len(content), len(text)))) + content)

    def number(self, value):
        if value < 1 << (8 * self.width - 1):
            return value << 1 | 1
        digit = self.width if self.gmp else 4
        count = -(-value.bit_length() // (8 * digit))
        digits = value.to_bytes(count * digit, "little")
        start = self.base + len(self.data) + 8
        if self.gmp:
            sizes = count.to_bytes(4, "little") * 2
            return self.object(250, 0, sizes + self.word(start + 8 + self.width) + digits)
        return self.object(250, 0, self.word(0) + self.word(count) + self.word(start + 3 * self.width) + digits)

    def name(self, text):
        """The name of components between dots; those of digits are numbers."""
        if not text:
            return 1
        if ("name", text) not in self._known:
            prefix, _, last = text.rpartition(".")
            above = self.name(prefix)
            tag, component = (2, self.number(int(last))) if last.isdigit() else (1, self.string(last))
            self._known["name", text] = self.constructor(tag, above, component, scalars=bytes(8))
        return self._known["name", text]

    def names(self, *texts):
        return self.list(*map(self.name, texts))

    def level(self, kind="zero", *below):
        """A universe level: `zero`, `succ`, `max`, `imax` or `param` (with the address of a name)."""
        kinds = ("zero", "succ", "max", "imax", "param")
        return self.constructor(kinds.index(kind), *below, scalars=bytes(8))

    def expr(self, tag, *fields, flags=b""):
        return self.constructor(tag, *fields, scalars=bytes(8) + flags)

    def sort(self, level=None):
        return self.expr(3, self.level() if level is None else level)

    def const(self, name, *levels):
        return self.expr(4, self.name(name), self.list(*levels))

    def app(self, function, *arguments):
        for argument in arguments:
            function = self.expr(5, function, argument)
        return function

    def pi(self, variable, type_, body, info=0, *, tag=7):
        return self.expr(tag, self.name(variable), type_, body, flags=bytes([info]))

    def literal(self, value):
        if isinstance(value, str):
            return self.expr(9, self.constructor(1, self.string(value)))
        return self.expr(9, self.constructor(0, self.number(value)))

    def constant(self, tag, name, type_, *fields, scalars=b"", levels=()):
        """The address of a `ConstantInfo`, whose tag says what it is; the name is kept for `module`."""
        value = self.constructor(0, self.name(name), self.names(*levels), type_)
        return name, self.constructor(tag, self.constructor(0, value, *fields, scalars=scalars))

    def axiom(self, name, type_, *, levels=()):
        return self.constant(0, name, type_, scalars=b"\0", levels=levels)

    def definition(self, name, type_, value, *, hints=3, safety=1, levels=()):
        fields = (value, hints, self.names(name))
        return self.constant(1, name, type_, *fields, scalars=bytes([safety]), levels=levels)

    def theorem(self, name, type_, proof, *, levels=()):
        return self.constant(2, name, type_, proof, self.names(name), levels=levels)

    def opaque(self, name, type_, value, *, unsafe=0):
        return self.constant(3, name, type_, value, self.names(name), scalars=bytes([unsafe]))

    def quotient(self, name, type_, kind):
        return self.constant(4, name, type_, scalars=bytes([kind]))

    def inductive(self, name, type_, constructors, *, block=(), counts=(0, 0, 0), flags=(0, 0, 0)):
        params, indices, nested = map(self.number, counts)
        fields = (params, indices, self.names(*(block or [name])), self.names(*constructors), nested)
        return self.constant(5, name, type_, *fields, scalars=bytes(flags))

    def constructor_of(self, inductive, name, type_, *, index=0, params=0, fields=0):
        counts = map(self.number, (index, params, fields))
        return self.constant(6, name, type_, self.name(inductive), *counts, scalars=b"\0")

    def recursor(self, name, type_, block, rules, *, counts=(0, 0, 1, 1), flags=(0, 0), levels=()):
        """A recursor; a rule has the name of a constructor, its number of fields and the address of a value."""
        written = self.list(
            *(self.constructor(0, self.name(of), self.number(fields), value) for of, fields, value in rules)
        )
        fields = (self.names(*block), *map(self.number, counts), written)
        return self.constant(7, name, type_, *fields, scalars=bytes(flags), levels=levels)

    def module(self, *constants, imports=(), dropped=(), is_module=False):
        """The whole part, whose root describes a module of these constants.

        `is_module` says that it takes part in Lean's module system, and so has three parts.  `dropped` are constants
        of which the exported part says what they were: pairs of a name and a number.
        """
        entries = self.array(*(self.constructor(0, self.name(name), kind << 1 | 1) for name, kind in dropped))
        imported = self.array(*(self.constructor(0, self.name(name), scalars=bytes(3)) for name in imports))
        root = self.constructor(
            0,
            imported,
            self.array(*(self.name(name) for name, _ in constants)),
            self.array(*(address for _, address in constants)),
            self.array(),
            self.array(self.constructor(0, self.name("Lean.privateConstKindsExt"), entries)),
            scalars=bytes([is_module]),
        )
        return self.with_root(root)

    def with_root(self, root):
        at = HEADER + self.width
        self.data[at : at + self.width] = self.word(root)
        return bytes(self.data)


LARGE = 2**200 + 12345


def every_kind(width=4, *, gmp=False, base=0x30000, imports=(), git_hash=GIT_HASH):
    """A module with each kind of constant and each kind of expression; no kernel would take it."""
    writer = Writer(width, gmp=gmp, base=base, git_hash=git_hash)
    u, zero = writer.level("param", writer.name("u")), writer.level()
    sort = writer.sort(writer.level("max", writer.level("succ", u), writer.level("imax", zero, u)))
    prop, nat, bound = writer.sort(zero), writer.const("Nat"), writer.expr(0, writer.number(0))
    text = writer.literal("δ, a text")
    value = writer.expr(8, writer.name("x"), nat, writer.literal(LARGE), bound, flags=b"\0")
    value = writer.expr(10, writer.constructor(0, writer.list()), value)
    rules = [("Nat.zero", 0, nat), ("Nat.succ", 1, writer.pi("n", nat, bound, tag=6))]
    function = writer.pi("n", nat, writer.expr(11, writer.name("Pair"), writer.number(1), bound), tag=6)
    return writer.module(
        writer.inductive("Nat", prop, ["Nat.zero", "Nat.succ"], flags=(1, 0, 0)),
        writer.constructor_of("Nat", "Nat.zero", nat),
        writer.constructor_of("Nat", "Nat.succ", writer.pi("n", nat, nat), index=1, fields=1),
        writer.recursor("Nat.rec", prop, ["Nat"], rules, counts=(0, 0, 1, 2), levels=["u"]),
        writer.inductive("Pair", prop, ["Pair.mk"]),
        writer.constructor_of("Pair", "Pair.mk", writer.const("Pair")),
        writer.axiom("Eq", prop),
        *(writer.quotient(name, prop, kind) for kind, name in enumerate(["Quot", "Quot.mk", "Quot.lift", "Quot.ind"])),
        writer.axiom("an.axiom", writer.app(writer.const("Quot", u), nat), levels=["u"]),
        writer.definition("large", nat, value, hints=writer.constructor(2, scalars=(7).to_bytes(4, "little"))),
        writer.definition("project", sort, function, levels=["u"], hints=1, safety=2),
        writer.theorem("large.is", writer.app(writer.const("project", u), writer.const("large")), text),
        writer.opaque("hidden", nat, writer.const("large")),
        imports=imports,
        dropped=[("an.axiom", 1)],
    )


def write_module(folder, name, content, suffix=""):
    """Writes a part where `in_folders` finds the module."""
    *above, last = name.split(".")
    file = Path(folder, *above, f"{last}.olean{suffix}")
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)
    return file


def compile_modules(texts, pool, folder):
    """Has the embedded Lean compile modules, given as text by their names, imports first; returns the folder.

    Whatever Lean says of them is let through, as long as it writes compiled files; those of the library are beside them
    if a text imports it.
    """
    if any("import Bridge" in text for text in texts.values()):
        with_library(folder, pool)
    with pool.work() as work:
        for name, text in texts.items():
            with work.workplace(alone=False) as place:
                shutil.copytree(folder, place.folder, dirs_exist_ok=True)
                source = place.folder / module_path(name)
                source.parent.mkdir(parents=True, exist_ok=True)
                source.write_text(text, encoding="utf-8")
                run = place.run(source, source.with_suffix(".olean"), None)
                made = compiled_files(source.with_suffix(".olean"))
                assert made, run.stdout + run.stderr
                target = (folder / module_path(name)).parent
                target.mkdir(parents=True, exist_ok=True)
                for file in made:
                    shutil.copyfile(file, target / file.name)
    return folder


def with_library(folder, pool):
    """Puts what the embedded Lean made of the library into a folder; returns the folder."""
    library = lean_library_folder()
    with tempfile.TemporaryDirectory() as temporary:
        root = Path(temporary, "Library.lean")
        root.write_text("module\n\npublic import Bridge\n", encoding="utf-8")
        modules = discover(root, library)
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("BRIDGE_CACHE_DIR", raising=False)  # the user's cache has the checked library
        assert restore_library(modules, pool, Path(folder))
    return folder


def core_folder():
    """The modules that the embedded Lean comes with."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("BRIDGE_CACHE_DIR", raising=False)
        return embedded_folder() / "lib" / "lean"
