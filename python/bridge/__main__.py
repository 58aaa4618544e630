"""`python -m bridge`."""

import sys


def run() -> int:
    """Run the command line; an interruption while it is being loaded ends it without a traceback too."""
    try:
        from bridge.cli.main import main

        return main()
    except KeyboardInterrupt:
        print("bridge: interrupted", file=sys.stderr)
        return 130


if __name__ == "__main__":  # pragma: no branch -- else the command of an installation calls `run`
    sys.exit(run())
