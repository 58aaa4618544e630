"""`bridge train`."""

from pathlib import Path
from typing import Any

import click

from bridge.base.places import CHECKPOINT
from bridge.cli.console import show, show_json
from bridge.cli.options import force_option, output_options, restart_option, training_options


@click.command("train")
@training_options
@restart_option
@click.option("--out", type=click.Path(path_type=Path), default=CHECKPOINT, show_default=True, help="The checkpoint.")
@force_option
@output_options
def command(out: Path, as_json: bool, **training: Any) -> None:  # noqa: ANN401 -- click passes what the options say
    """Train the VAE and write a checkpoint.

    It sees the training part of the data set alone; the split is drawn with the seed.
    """
    from bridge.cli.training import train

    loss = train(out, **training)
    if as_json:
        show_json({"checkpoint": str(out), "loss": loss})
    else:
        show(out)
