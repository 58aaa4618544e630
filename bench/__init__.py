"""The benchmark: what certificates cost, measured side by side in one run.

`make bench`, or `python -m bench` from the top of the repository; `--quick` runs every part at small sizes, `--only
a,c` some parts alone.
"""
