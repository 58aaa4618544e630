"""Exports linear probes of latent spaces to Lean 4, exactly."""

__version__ = "0.1.0"
