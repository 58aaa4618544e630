"""From two artifacts to Lean files that compare them."""
