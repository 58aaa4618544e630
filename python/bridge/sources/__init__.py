"""Where latents and scores come from."""
