"""Asks a Lean about an export; and, without one, reads it back and compares it with the artifact."""
