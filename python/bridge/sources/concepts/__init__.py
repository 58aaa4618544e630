"""Human concepts of images, as numbers."""
