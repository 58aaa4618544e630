"""What is read of an export, digits included, which are otherwise read only when they are compared."""

from bridge.check.parts import read_groups


def groups_in(export):
    """The groups of packed columns of all shards."""
    return [
        group
        for shard in export.samples.shards
        for group in read_groups(shard, shard.file.read_bytes(), export.root.stem)
    ]


def columns_in(export):
    """The columns of all groups, each as its literals."""
    return [column for group in groups_in(export) for column in group]
