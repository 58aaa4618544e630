"""A small variational autoencoder on 28×28 images: the model, its latents and its checkpoints."""

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from bridge.base.errors import InputError, MissingToolError
from bridge.base.progress import Progress, untold
from bridge.sources.encoders import encode


class MLPVAE(nn.Module):
    """A variational autoencoder (Kingma and Welling, 2013) with one hidden layer of 256 units on each side.

    The encoder maps an image to the mean μ and the log-variance of a normal distribution on the latent space, the
    decoder a latent point to an image.
    """

    def __init__(self, d: int = 8) -> None:
        """Build the layers for a latent space of dimension `d`."""
        super().__init__()
        self.d = d
        self.enc = nn.Sequential(nn.Flatten(), nn.Linear(28 * 28, 256), nn.ReLU())
        self.fc_mu = nn.Linear(256, d)
        self.fc_logvar = nn.Linear(256, d)
        self.dec = nn.Sequential(nn.Linear(d, 256), nn.ReLU(), nn.Linear(256, 28 * 28), nn.Sigmoid())

    def encode(self, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Encode images (N, 1, 28, 28) to latent means and log-variances, each (N, d)."""
        h = self.enc(x)
        return self.fc_mu(h), self.fc_logvar(h)

    def reparam(self, mu: torch.Tensor, logvar: torch.Tensor) -> torch.Tensor:
        """Sample z = μ + ε σ with ε ~ N(0, I), so that gradients reach μ and σ; all (N, d)."""
        return mu + torch.exp(0.5 * logvar) * torch.randn_like(mu)

    def decode(self, z: torch.Tensor) -> torch.Tensor:
        """Decode latent points (N, d) to images (N, 1, 28, 28) with values in [0, 1]."""
        image: torch.Tensor = self.dec(z).view(-1, 1, 28, 28)
        return image

    def forward(self, x: torch.Tensor, beta: float = 4.0) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """Run the whole model.

        Args:
            x: (N, 1, 28, 28) images with values in [0, 1].
            beta: weight of the KL divergence (β-VAE, Higgins et al., 2017).

        Returns:
            recon: (N, 1, 28, 28) reconstructions.
            mu: (N, d) latent means.
            loss: binary cross-entropy summed over pixels and images, plus β times the KL divergence from N(0, I).

        Raises:
            InputError: the reconstruction or the loss is not finite.
        """
        mu, logvar = self.encode(x)
        recon = self.decode(self.reparam(mu, logvar))
        _require_finite(recon, "reconstruction")  # the cross-entropy below fails on NaN with no word of the cause
        recon_loss = functional.binary_cross_entropy(recon.view_as(x), x, reduction="sum")
        kl = -0.5 * torch.sum(1 + logvar - mu.pow(2) - logvar.exp())
        loss = recon_loss + beta * kl
        _require_finite(loss, "loss")
        return recon, mu, loss


def _require_finite(values: torch.Tensor, name: str) -> None:
    if not bool(torch.isfinite(values).all()):
        raise InputError(
            f"the {name} is not finite; training that converges is required; choose a smaller `learning_rate=…` or "
            "`beta=…`"
        )


def resolve_device(name: str) -> torch.device:
    """Turn `auto`, `cpu` or `cuda` into a device; `auto` is CUDA where there is one.

    Raises:
        MissingToolError: CUDA was asked for and is not there.
    """
    if name == "auto":
        name = "cuda" if torch.cuda.is_available() else "cpu"
    if name == "cuda" and not torch.cuda.is_available():
        raise MissingToolError(
            "CUDA was asked for and PyTorch finds none; a CUDA device and build are required; choose `device=cpu`"
        )
    return torch.device(name)


def encode_latents(vae: MLPVAE, images: torch.Tensor, device: torch.device, progress: Progress = untold) -> np.ndarray:
    """Encode images to latent means.

    Args:
        vae: the model.
        images: (N, 1, 28, 28).
        device: where to compute; the model is moved there.
        progress: told of the batches.

    Returns:
        (N, d) float32.
    """
    return encode(vae.encode, images, device, progress)
