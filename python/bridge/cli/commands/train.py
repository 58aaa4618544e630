"""`bridge train`."""

from pathlib import Path

import click

from bridge.base.places import CHECKPOINT
from bridge.cli.console import show, show_json
from bridge.cli.option_fields import options_of
from bridge.cli.options import TrainingChoice, device_option, force_option, output_options, restart_option


@click.command("train")
@options_of(TrainingChoice, "training")
@device_option
@restart_option
@click.option("--out", type=click.Path(path_type=Path), default=CHECKPOINT, show_default=True, help="The checkpoint.")
@force_option
@output_options
def command(training: TrainingChoice, device: str, restart: bool, out: Path, as_json: bool) -> None:
    """Train the VAE and write a checkpoint.

    It sees the training part of the data set alone; the split is drawn with the seed.
    """
    from bridge.cli.training import train

    loss = train(out, training, device=device, restart=restart)
    if as_json:
        show_json({"checkpoint": str(out), "loss": loss})
    else:
        show(out)
