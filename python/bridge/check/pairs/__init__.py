"""Reads comparisons of two artifacts back, and compares them with both."""
