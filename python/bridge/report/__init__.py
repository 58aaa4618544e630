"""The faces of results: a page, figures, tables and records."""
