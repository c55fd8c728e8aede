"""`signtui` and `python -m signtui`: hands over to the command line, or without a word to the dashboard."""

import sys


def main() -> int:
    """Run the command that the process was started with; returns its exit code."""
    # Imported here, so that importing this module costs nothing.
    from signtui.cli.pipes import has_screen  # noqa: PLC0415

    if not sys.argv[1:] and has_screen():
        from signtui.cli.outcome import outcome  # noqa: PLC0415
        from signtui.cli.screen import open_with  # noqa: PLC0415

        return outcome(lambda: open_with({}))
    from signtui.cli.application import run  # noqa: PLC0415

    return run(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
