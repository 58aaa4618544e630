"""From the objects of a module to nodes: names, universe levels, expressions.

Nothing here recurses, so that no depth of a file is too much; each object is decoded once.
"""

from bridge.check.olean.objects import Objects
from bridge.check.olean.terms import APP, BVAR, CONST, LAM, LET, NAT, PI, PROJ, SORT, STR, Terms

_LITERAL, _METADATA = 9, 10

# The pointers of each constructor of `Lean.Expr`, and the bytes of its scalars: cached data of 8 bytes, then flags.
_SHAPES = {
    BVAR: (1, 8),
    SORT: (1, 8),
    CONST: (2, 8),
    APP: (2, 8),
    LAM: (3, 9),
    PI: (3, 9),
    LET: (4, 9),
    _LITERAL: (1, 8),
    _METADATA: (2, 8),
    PROJ: (3, 8),
}
# Constructors with two expressions below them, and no others.
_OF_TWO = frozenset({APP, LAM, PI})
_LARGEST_BINDER_INFO = 3
_LARGEST_INDEX = 2**31
# The tags of `Lean.Name.str` and `Lean.Name.num`, each with its number of pointers.
_NAMES = frozenset({0x0102, 0x0202})
_LEVELS = {0: 0, 1: 1, 2: 2, 3: 2, 4: 1}
_BINARY_LEVELS = {2: "max", 3: "imax"}

# No constant of Lean has near so many; each use of one names them all.
_MOST_LEVELS = 255


class Decoder:
    """Reads terms out of the objects of one module into the nodes of all."""

    def __init__(self, objects: Objects, terms: Terms) -> None:
        self.objects = objects
        self.terms = terms
        self._names: dict[int, int] = {1: 0}
        self._name_lists: dict[int, tuple[int, ...]] = {}
        self._levels: dict[int, int] = {}
        self._level_lists: dict[int, tuple[int, ...]] = {}
        self._exprs: dict[int, int] = {}
        self._literals: dict[int, int] = {}
        # Which constructor a head is (size, `other`, tag), of those that are as they should be.
        self._heads: dict[int, int] = {}

    def name(self, address: int) -> int:
        """The name at an address.

        Raises:
            OleanError: there is none.
        """
        names = self._names
        known = names.get(address)
        if known is not None:
            return known
        objects, chain = self.objects, []
        misaligned = objects.width - 1
        shift = misaligned.bit_length()
        smallest = 16 + 2 * objects.width
        low = high = 0
        while (known := names.get(address)) is None:
            if not low < address < high or address & misaligned:
                part = objects.part_at(address)
                low, high, words, halves = part.base, part.end - smallest, part.words, part.halves
            offset = address - low
            head = halves[(offset >> 2) + 1]
            i = (offset + 8) >> shift
            # Two pointers and a hash of 8 bytes.
            if head >> 16 not in _NAMES or head & 0xFFFF < smallest or address > high or words[i] >= address:
                raise objects.damaged(address, "no name")
            chain.append((address, head >> 24, words[i + 1]))
            address = words[i]
        for at, tag, component in reversed(chain):
            text = objects.string(component) if tag == 1 else objects.number(component)
            known = names[at] = self.terms.mk_name(known, text)
        return known

    def names(self, address: int) -> tuple[int, ...]:
        """The names in the `List` at an address.

        Raises:
            OleanError: there is none.
        """
        known = self._name_lists.get(address)
        if known is None:
            known = self._name_lists[address] = tuple(map(self.name, self.objects.list(address)))
        return known

    def level(self, address: int) -> int:
        """The universe level at an address.

        Raises:
            OleanError: there is none, or it has a metavariable.
        """
        done, stack = self._levels, [address]
        while stack:
            at = stack[-1]
            if at in done:
                stack.pop()
                continue
            tag, fields = self.objects.fields(at)
            if _LEVELS.get(tag) != len(fields):
                raise self.objects.damaged(at, "no universe level")
            if tag == 4:
                done[at] = self.terms.mk_level("param", self.name(fields[0]))
                continue
            if any(field >= at for field in fields):
                raise self.objects.damaged(at, "a pointer forward")
            missing = [field for field in fields if field not in done]
            if missing:
                stack += missing
            elif tag == 0:
                done[at] = 0
            elif tag == 1:
                done[at] = self.terms.mk_level("succ", done[fields[0]])
            else:
                done[at] = self.terms.mk_level(_BINARY_LEVELS[tag], done[fields[0]], done[fields[1]])
        return done[address]

    def levels(self, address: int) -> tuple[int, ...]:
        """The universe levels in the `List` at an address.

        Raises:
            OleanError: there is none, or more than a constant has.
        """
        known = self._level_lists.get(address)
        if known is None:
            addresses = self.objects.list(address)
            if len(addresses) > _MOST_LEVELS:
                raise self.objects.damaged(address, f"{len(addresses)} universe levels")
            known = self._level_lists[address] = tuple(map(self.level, addresses))
        return known

    def expr(self, address: int) -> int:
        """The expression at an address.

        Raises:
            OleanError: there is none, or it has free variables or metavariables.
        """
        known = self._exprs.get(address)
        if known is not None:
            return known
        self._decode(address)
        return self._exprs[address]

    def _decode(self, root: int) -> None:
        objects, done, heads = self.objects, self._exprs, self._heads
        exprs, numbers = self.terms.exprs, self.terms.expr_numbers
        misaligned = objects.width - 1
        shift = misaligned.bit_length()
        binder_info = 8 + 3 * objects.width + 8
        low = high = 0
        stack = [root]
        while stack:
            at = stack[-1]
            if at in done:
                stack.pop()
                continue
            if not low < at < high or at & misaligned:
                part = objects.part_at(at)
                low, high, size = part.base, part.end - 8, part.end - part.base
                data, words, halves = part.data, part.words, part.halves
            offset = at - low
            head = halves[(offset >> 2) + 1]
            kind = heads.get(head)
            if kind is None:
                kind = self._constructor(at, head)
            if offset + (head & 0xFFFF) > size:
                raise objects.damaged(at, "an expression that does not fit into the file")
            i = (offset + 8) >> shift
            if kind in _OF_TWO:
                one, two = (words[i], words[i + 1]) if kind == APP else (words[i + 1], words[i + 2])
                x, y = done.get(one), done.get(two)
                if x is None or y is None:
                    if one >= at or two >= at:
                        raise objects.damaged(at, "a pointer forward")
                    if x is None:
                        stack.append(one)
                    if y is None:
                        stack.append(two)
                    continue
                if kind == APP:
                    node: tuple[object, ...] = (APP, x, y)
                else:
                    info = data[offset + binder_info]
                    if info > _LARGEST_BINDER_INFO:
                        raise objects.damaged(at, "no binder")
                    node = (kind, self.name(words[i]), x, y, info)
            elif kind == CONST:
                node = (CONST, self.name(words[i]), self.levels(words[i + 1]))
            elif kind == BVAR:
                node = (BVAR, self._index(words[i]))
            elif kind == _METADATA:
                one = words[i + 1]
                x = done.get(one)
                if x is None:
                    if one >= at:
                        raise objects.damaged(at, "a pointer forward")
                    stack.append(one)
                else:
                    done[at] = x
                continue
            elif kind == SORT:
                node = (SORT, self.level(words[i]))
            elif kind == _LITERAL:
                done[at] = self._literal(words[i])
                continue
            elif kind == PROJ:
                one = words[i + 2]
                x = done.get(one)
                if x is None:
                    if one >= at:
                        raise objects.damaged(at, "a pointer forward")
                    stack.append(one)
                    continue
                node = (PROJ, self.name(words[i]), self._index(words[i + 1]), x)
            else:  # `let`; whether it is `have` is only a hint
                addresses = words[i + 1], words[i + 2], words[i + 3]
                below = [done.get(child) for child in addresses]
                if None in below:
                    if max(addresses) >= at:
                        raise objects.damaged(at, "a pointer forward")
                    stack += [child for child in addresses if child not in done]
                    continue
                node = (LET, self.name(words[i]), *below)
            number = done[at] = numbers.setdefault(node, len(exprs))
            if number == len(exprs):
                exprs.append(node)

    def _index(self, address: int) -> int:
        """A number that counts variables or fields, and so is none of the large ones."""
        if not address & 1 or address >> 1 > _LARGEST_INDEX:
            raise self.objects.damaged(address, "an index that is too large")
        return address >> 1

    def _literal(self, address: int) -> int:
        """The expression of a `Lean.Literal`; its value, which can be large, becomes a node once."""
        tag, fields = self.objects.fields(address)
        if len(fields) != 1 or tag > 1:
            raise self.objects.damaged(address, "no literal")
        (value,) = fields
        known = self._literals.get(value)
        if known is None:
            objects, mk = self.objects, self.terms.mk
            known = self._literals[value] = mk(STR, objects.string(value)) if tag else mk(NAT, objects.number(value))
        elif (self.terms.exprs[known][0] == STR) != bool(tag):
            raise self.objects.damaged(address, "no literal")
        return known

    def _constructor(self, address: int, head: int) -> int:
        """Which constructor of `Lean.Expr` an object with this head is."""
        tag, count, size = head >> 24, head >> 16 & 255, head & 0xFFFF
        shape = _SHAPES.get(tag)
        if shape is None or shape[0] != count or size < 8 + self.objects.width * count + shape[1]:
            raise self.objects.damaged(address, f"no expression, but constructor {tag} with {count} fields")
        self._heads[head] = tag
        return tag
