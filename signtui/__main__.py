"""`signtui` and `python -m signtui`: hands over to the command line."""

import sys


def main() -> int:
    """Run the command that the process was started with; returns its exit code."""
    from signtui.cli.application import run  # noqa: PLC0415 - so that importing this module costs nothing

    return run(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
