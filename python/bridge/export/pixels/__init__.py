"""Exports of what is claimed of an encoder and its images, and not of a table of latents alone."""
