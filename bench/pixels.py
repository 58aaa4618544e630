"""(m) Exports from pixels: written, checked in every part, and verified, by images and weights."""

import json
from fractions import Fraction
from itertools import pairwise

import torch
from torch import nn

from bench.commands import CommandRun, run_bridge
from bench.inputs import SEED, trained
from bench.results import Section, Table, Target, megabytes, seconds, times
from bench.sizes import PixelShape
from bench.workbench import Workbench
from bridge.artifact.file import save_artifact
from bridge.artifact.record import ProbeArtifact
from bridge.probe.fit import fit_samples
from bridge.probe.fitted import given_artifact
from bridge.probe.ridge import fit_probe
from bridge.sources.checkpoint import encoded_samples, in_parts_of_training, training_images
from bridge.sources.concepts.seed import CONCEPTS, concept_scores
from bridge.sources.images import load_images

_HEADER = (
    "images × encoder",
    "weights",
    "largest ε",
    "export",
    "Lean text",
    "check",
    "files",
    "longest file",
    "memory of Lean",
    "verify",
    "memory of verify",
)
_MOST_SECONDS = 150
_MOST_BYTES = 2_500_000_000
# What 1,000 images may take of the time of 300.
_MOST_OF_FEWER = 3.6
_LATENT_DIM = 8
_DEVICE = torch.device("cpu")


def measure(bench: Workbench) -> Section:
    """Export, check and verify images of MNIST from pixels, through encoders of several sizes."""
    found = [_measured(bench, number, shape) for number, shape in enumerate(bench.sizes.pixels)]
    (few, few_check, most), (many, many_check, _) = found[:2]
    ratio = many_check.seconds / few_check.seconds
    return Section(
        "From pixels",
        (
            Table(
                _HEADER,
                tuple(row for row, _, _ in found),
                "`bridge export --from-pixels`, `bridge check --engine embedded` and `bridge verify`, each from the "
                "start of its process to its end; memory of the largest process.  The errors of the listed latents, "
                "the scores of size and thick, and the sup errors of three concepts are proved for all images.  The "
                "encoders with 256 units alone are trained, the others have the weights that PyTorch begins with; the "
                "latents were computed on a CPU.",
            ),
        ),
        (
            Target(
                f"{few[0]}: checked in at most {_MOST_SECONDS} s",
                seconds(few_check.seconds),
                few_check.seconds <= _MOST_SECONDS,
            ),
            Target(f"{few[0]}: no process above {megabytes(_MOST_BYTES)}", megabytes(most), most <= _MOST_BYTES),
            Target(
                f"{many[0]}: checked in at most {times(_MOST_OF_FEWER)} of that",
                times(ratio),
                ratio <= _MOST_OF_FEWER,
            ),
        ),
    )


def _measured(bench: Workbench, number: int, shape: PixelShape) -> tuple[tuple[str, ...], CommandRun, int]:
    """A row of the table, the check, and the most memory of a process."""
    sizes = (28 * 28, *shape.hidden, _LATENT_DIM)
    title = f"{shape.images:,} × {'–'.join(map(str, sizes))}"
    bench.report(f"export, check and verify {title} from pixels")
    folder = bench.new_folder(f"pixels{number}")
    artifact = folder / "probe.safetensors"
    epochs = shape.epochs
    probe = _of_any_encoder(shape.images, sizes) if epochs is None else of_model(shape.images, epochs)
    save_artifact(artifact, probe)
    root = folder / "Pixels.lean"
    export = run_bridge("export", "--from-pixels", "--json", "--artifact", artifact, "--out", root, folder=folder)
    check = run_bridge("check", "--engine", "embedded", "--json", root, folder=folder)
    verify = run_bridge("verify", "--artifact", artifact, root, folder=folder)
    modules = [each for each in json.loads(check.output)["modules"] if each["name"].startswith("Pixels")]
    row = (
        title,
        f"{sum((inputs + 1) * outputs for inputs, outputs in pairwise(sizes)):,}",
        _largest_error(export),
        seconds(export.seconds),
        megabytes(sum(path.stat().st_size for path in folder.rglob("*.lean"))),
        seconds(check.seconds),
        str(len(modules)),
        seconds(max(module["seconds"] for module in modules)),
        megabytes(check.peak_bytes),
        seconds(verify.seconds),
        megabytes(verify.peak_bytes),
    )
    return row, check, max(run.peak_bytes for run in (export, check, verify))


def _largest_error(export: CommandRun) -> str:
    errors = json.loads(export.output)["pixels"]["encoder_error"]
    largest: str = max(errors, key=lambda error: Fraction(error["error"].replace(" ", "")))["error_decimal"]
    return largest


def of_model(images: int, epochs: int) -> ProbeArtifact:
    """The probe of a VAE that was trained on so many images."""
    model, record = trained("mnist", epochs=epochs, limit=images)
    samples = encoded_samples(model, record, training_images(record), device=_DEVICE, from_pixels=True)
    return fit_samples(in_parts_of_training(samples, record), fit_bias="regularised").artifact()


def _of_any_encoder(images: int, sizes: tuple[int, ...]) -> ProbeArtifact:
    """The probe of an encoder that was not trained."""
    torch.manual_seed(SEED)
    layers: list[nn.Module] = [nn.Flatten()]
    for inputs, outputs in pairwise(sizes):
        layers += [nn.Linear(inputs, outputs), nn.ReLU()]
    encoder = nn.Sequential(*layers[:-1])
    shown = load_images("mnist", limit=images).images
    with torch.no_grad():
        latents = encoder(shown)
    scores = concept_scores(shown)
    return given_artifact(
        latents,
        scores,
        fit_probe(latents, scores),
        names=[concept.name for concept in CONCEPTS],
        units=[concept.unit for concept in CONCEPTS],
        source="mnist",
        images=shown,
        encoder=encoder,
    )
