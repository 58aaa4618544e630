"""Compiled Lean files: what they declare, read without Lean."""
