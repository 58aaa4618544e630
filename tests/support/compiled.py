"""A small export with compiled files that were written here: no Lean has seen it."""

from support.oleans import Writer, write_module

# By the numbers of `Lean.ConstantKind`.
WAS_DEFINITION, WAS_THEOREM, WAS_AXIOM = 0, 1, 2


def core_module(width=4, **options):
    """A core of `True`, a theorem and a definition of it that lack what proves and defines them, and two axioms."""
    writer = Writer(width, **options)
    prop, true = writer.sort(), writer.const("True")
    return writer.module(
        writer.axiom("True", prop),
        writer.axiom("True.lemma", true),
        writer.axiom("True.hidden", true),
        writer.axiom("propext", true),
        writer.axiom("sorryAx", true),
        dropped=[("True", WAS_DEFINITION), ("True.lemma", WAS_THEOREM), ("True.hidden", WAS_DEFINITION)],
    )


def own_module(namespace, *uses, width=4, imports=("Init",), **options):
    """A module with a theorem `first` for each constant that is used, `second`, …, and a definition."""
    writer = Writer(width, **options)
    true = writer.const("True")
    names = ["first", "second", "third", "fourth"]
    return writer.module(
        *(
            writer.theorem(f"{namespace}.{name}", true, writer.const(use))
            for name, use in zip(names, uses, strict=False)
        ),
        writer.definition(f"{namespace}.value", writer.sort(), true),
        imports=imports,
    )


def write_export(folder, *, width=4, **options):
    """`Small.lean` with its files, and what has been compiled of them in `oleans` and `core`."""
    header = "module\n\n"
    folder.mkdir(exist_ok=True)
    (folder / "Small").mkdir()
    (folder / "Small.lean").write_text(f"{header}public import Bridge.Real\npublic import Small.Size\n")
    (folder / "Small" / "Size.lean").write_text(f"{header}public import Bridge\npublic import Small.Samples\n")
    (folder / "Small" / "Samples.lean").write_text(f"{header}public import Bridge\n")
    write_module(folder / "core", "Init", core_module(width, **options))
    size = own_module("Small.size", "True.lemma", "propext", width=width, imports=("Init", "Small.Samples"), **options)
    write_module(folder / "oleans", "Small.Size", size)
    write_module(folder / "oleans", "Small.Samples", own_module("Small.samples", "True.hidden", width=width, **options))
    return folder
