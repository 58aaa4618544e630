"""Exports that begin at the pixels of images: read back, and compared with the images and the encoder's layers."""
