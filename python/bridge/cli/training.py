"""The training of a model, from images to a checkpoint's file."""

from pathlib import Path

from bridge.base.own_files import CHECKPOINT_FILE
from bridge.base.places import prepare_outputs, with_resume_file
from bridge.cli.console import Bars, say
from bridge.cli.options import TrainingChoice
from bridge.cli.resumable import resumable
from bridge.sources.checkpoint import record_metadata, save_checkpoint
from bridge.sources.images import usual_data_set
from bridge.sources.training import train_model
from bridge.sources.vae import resolve_device


def data_of(training: TrainingChoice) -> str:
    """The data set to train on, which is the usual one if none was named."""
    return usual_data_set() if training.data is None else training.data


def train(out: Path, training: TrainingChoice, *, device: str, restart: bool) -> float | None:
    """Train the VAE and write its checkpoint; return the mean loss for an image in the last epoch, if there was one."""
    options, epochs = training.model(), training.epochs
    prepare_outputs(with_resume_file(out, CHECKPOINT_FILE))
    data = data_of(training)
    losses: list[float] = []
    with Bars("train") as bars, resumable(out, "train", restart) as resume:

        def on_epoch(epoch: int, loss: float) -> None:
            losses.append(loss)
            bars.show("epochs", epoch, epochs, f", loss {loss:.2f}")
            if not bars.on_terminal and (epoch == epochs or epoch % max(1, epochs // 5) == 0):
                say(f"train: epoch {epoch} of {epochs}, loss {loss:.2f}")

        vae, record = train_model(
            data,
            limit=training.limit,
            held_out=training.held_out,
            calibration=training.calibration or 0.0,
            options=options,
            device=resolve_device(device),
            on_epoch=on_epoch,
            tell=lambda note: say(f"train: {note}"),
            resume=resume,
        )
        save_checkpoint(out, vae, record_metadata(record))
    return losses[-1] if losses else None
