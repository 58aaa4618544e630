"""The report of a classifier: what the page shows, its figures, and where both come from."""
