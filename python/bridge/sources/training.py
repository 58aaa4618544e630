"""The training of the VAE: with a seed, epoch by epoch, so that it can be interrupted and gone on with."""

import logging
from collections.abc import Callable, Mapping

import numpy as np
import torch

from bridge.base.progress import Tell
from bridge.base.resume import Identity, ResumeFile
from bridge.base.version import __version__
from bridge.sources.adam import Adam
from bridge.sources.checkpoint import TrainingRecord
from bridge.sources.images import load_images, usual_limit
from bridge.sources.training_options import TrainingOptions
from bridge.sources.vae import MLPVAE

_log = logging.getLogger(__name__)


class Trainer:
    """A training under way; its state after each epoch is all that the next one depends on.

    The same images, options and device on the same machine give the same weights, in one go or in several; the caller's
    random state is left as it was.

    Attributes:
        vae: the model, on the device.
        epoch: how many epochs are done.
        losses: the mean loss for an image, of each of them.
    """

    def __init__(self, images: torch.Tensor, options: TrainingOptions, device: torch.device) -> None:
        """Begin a training.

        Args:
            images: (N, 1, 28, 28), values in [0, 1].
            options: how to train; how many epochs is left to the caller.
            device: where to train.
        """
        self._options = options
        self._device = device
        self._generators: dict[str, torch.Tensor] = {}
        with torch.random.fork_rng(devices=self._cuda_devices()):
            torch.manual_seed(options.seed)
            self.vae = MLPVAE(options.d).to(device)
            self._keep_generators()
        self._adam = Adam(self.vae.parameters(), options.learning_rate)
        self._images = images.to(device)
        self.epoch = 0
        self.losses: list[float] = []

    def train_epoch(self) -> float:
        """Train for one epoch, which is one pass over the images in a random order.

        Returns:
            The mean loss for an image.

        Raises:
            InputError: the training diverges.
        """
        total = 0.0
        with torch.random.fork_rng(devices=self._cuda_devices()):
            self._restore_generators()
            for batch in torch.split(torch.randperm(len(self._images)), self._options.batch_size):
                _, _, loss = self.vae(self._images[batch.to(self._device)], self._options.beta)
                self._adam.forget_gradients()
                (loss / len(batch)).backward()
                self._adam.step()
                total += loss.item()
            self._keep_generators()
        self.epoch += 1
        self.losses.append(total / len(self._images))
        return self.losses[-1]

    def state(self) -> Mapping[str, np.ndarray]:
        """The state after the last epoch: weights, Adam's moments, the random generators, and the losses so far."""
        moments = {
            f"adam.{parameter}.{name}": values
            for parameter, of_one in enumerate(self._adam.moments)
            for name, values in of_one.items()
        }
        weights = {f"vae.{name}": values for name, values in self.vae.state_dict().items()}
        generators = {f"generator.{device}": values for device, values in self._generators.items()}
        tensors = {**weights, **moments, **generators}
        arrays = {name: values.detach().cpu().numpy() for name, values in tensors.items()}
        return {**arrays, "losses": np.array(self.losses, dtype=np.float64)}

    def restore(self, state: Mapping[str, np.ndarray]) -> None:
        """Go on from a state of a training with the same images, options and device.

        Args:
            state: what `state` returned.

        Raises:
            ValueError: it is not such a state; nothing is changed then.
        """
        self._require_own(state)
        tensors = {name: torch.from_numpy(values) for name, values in state.items()}
        self.losses = tensors.pop("losses").tolist()
        self.epoch = len(self.losses)
        parts: dict[str, dict[str, torch.Tensor]] = {"vae": {}, "adam": {}, "generator": {}}
        for name, values in tensors.items():
            part, _, rest = name.partition(".")
            parts[part][rest] = values
        self.vae.load_state_dict(parts["vae"])
        moments: dict[int, dict[str, torch.Tensor]] = {}
        for name, values in parts["adam"].items():
            parameter, _, moment = name.partition(".")
            moments.setdefault(int(parameter), {})[moment] = values
        self._adam.restore([moments[parameter] for parameter in sorted(moments)])
        self._generators = parts["generator"]

    def _require_own(self, state: Mapping[str, np.ndarray]) -> None:
        """Refuse a state of other names, shapes or types than the training has once an epoch is done."""
        expected = {f"vae.{name}": (tuple(values.shape), "float32") for name, values in self.vae.state_dict().items()}
        losses = state.get("losses")
        if losses is None or losses.ndim != 1 or not np.isfinite(losses).all():
            raise ValueError("there are no losses")
        # Adam has no moments before the first step.
        for number, parameter in enumerate(self.vae.parameters() if len(losses) else ()):
            moments = {"step": (), "exp_avg": tuple(parameter.shape), "exp_avg_sq": tuple(parameter.shape)}
            expected |= {f"adam.{number}.{name}": (shape, "float32") for name, shape in moments.items()}
        for device, values in self._generators.items():
            expected[f"generator.{device}"] = (tuple(values.shape), "uint8")
        expected["losses"] = (losses.shape, "float64")
        if expected != {name: (values.shape, str(values.dtype)) for name, values in state.items()}:
            raise ValueError("the arrays are others")
        try:
            torch.Generator().set_state(torch.from_numpy(state["generator.cpu"]))
        except RuntimeError:
            raise ValueError("the state of the generator is none") from None

    def _cuda_devices(self) -> list[torch.device]:
        return [self._device] if self._device.type == "cuda" else []

    def _keep_generators(self) -> None:
        self._generators = {"cpu": torch.get_rng_state()}
        if self._device.type == "cuda":  # pragma: no cover -- needs a GPU
            self._generators["cuda"] = torch.cuda.get_rng_state(self._device)

    def _restore_generators(self) -> None:
        torch.set_rng_state(self._generators["cpu"])
        if self._device.type == "cuda":  # pragma: no cover -- needs a GPU
            torch.cuda.set_rng_state(self._generators["cuda"], self._device)


def train(images: torch.Tensor, options: TrainingOptions, device: torch.device) -> MLPVAE:
    """Train a VAE with Adam, in one go.

    Args:
        images: (N, 1, 28, 28), values in [0, 1].
        options: how to train.
        device: where to train.

    Returns:
        The trained model, on the device.

    Raises:
        InputError: the training diverges.
    """
    trainer = Trainer(images, options, device)
    for _ in range(options.epochs):
        trainer.train_epoch()
    return trainer.vae.eval()


def train_model(
    data: str,
    *,
    limit: int | None,
    held_out: float,
    options: TrainingOptions,
    device: torch.device,
    calibration: float = 0.0,
    on_epoch: Callable[[int, float], None] = lambda _epoch, _loss: None,
    tell: Tell = lambda _line: None,
    resume: ResumeFile | None = None,
) -> tuple[MLPVAE, TrainingRecord]:
    """Train a VAE on the training part of a data set.

    Args:
        data: the data set, as `load_images` names it.
        limit: use only the first images; None for as many as `load_images` takes then.
        held_out: the fraction to hold out.
        options: how to train.
        device: where to train.
        calibration: the fraction to keep to calibrate with.
        on_epoch: called after each epoch with its number, from 1, and the mean loss for an image; first with those of
            the last epoch that is not trained again.
        tell: told before the training each line that says what was done to the images.
        resume: where the state is kept every few seconds, and taken from if a run of the same training was interrupted
            before; it gives the same weights as one that was not.

    Raises:
        InputError: the data set, limit or fraction is wrong.
    """
    limit = usual_limit(data) if limit is None else limit
    images = load_images(data, seed=options.seed, limit=limit)
    for note in images.notes:
        tell(note)
    record = TrainingRecord(
        data=data,
        data_sha256=images.sha256,
        limit=limit,
        held_out=held_out,
        epochs=options.epochs,
        beta=options.beta,
        seed=options.seed,
        calibration=calibration,
    )
    is_train = torch.from_numpy(record.parts(len(images.images)).is_train)
    trainer = Trainer(images.images[is_train], options, device)
    _log.debug("training on %d images, %s, PyTorch %s", int(is_train.sum()), device, torch.__version__)
    if resume is not None and (state := resume.open(_training_identity(record, options, device))):
        _go_on(trainer, state, options.epochs, resume)
        if trainer.epoch:
            on_epoch(trainer.epoch, trainer.losses[-1])
    while trainer.epoch < options.epochs:
        loss = trainer.train_epoch()
        on_epoch(trainer.epoch, loss)
        if resume is not None and resume.is_due and trainer.epoch < options.epochs:
            resume.keep(trainer.state())
    return trainer.vae.eval(), record


def _go_on(trainer: Trainer, state: Mapping[str, np.ndarray], epochs: int, resume: ResumeFile) -> None:
    """Restore a state, unless it is no state of this training or is further on."""
    if "losses" in state and state["losses"].shape[:1] > (epochs,):
        resume.refuse(f"is {len(state['losses'])} epochs on")
        return
    try:
        trainer.restore(state)
    except ValueError:
        resume.refuse("is damaged or of other work")


def _training_identity(record: TrainingRecord, options: TrainingOptions, device: torch.device) -> Identity:
    """All that the state of a training depends on but for how many epochs it has behind it."""
    return {
        "data set": record.data_sha256,
        "--limit": record.limit,
        "--held-out": record.held_out,
        "--calibration": record.calibration,
        "--latent-dim": options.d,
        "--batch-size": options.batch_size,
        "--learning-rate": options.learning_rate,
        "--beta": options.beta,
        "--seed": options.seed,
        "--device": device.type,
        "version of bridge": __version__,
        "version of PyTorch": str(torch.__version__),
    }
