"""From the artifact of a classifier to Lean files."""
