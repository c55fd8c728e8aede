"""How `--help` looks: plain and aligned, options under the headings of their sections, no boxes.

Typer's own panels would import Rich, which takes longer than everything else that `--help` does.
"""

import os
import sys
from collections.abc import Iterable
from typing import Any

from typer.core import TyperCommand, TyperGroup

CONTEXT: dict[str, Any] = {"help_option_names": ["-h", "--help"], "max_content_width": 100}
"""Settings of every command's context."""

_WIDEST_NAME = 30


class HelpFormat:
    """Mixed into typer's commands: writes their options by section."""

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Arguments, then options under the heading (typer's `rich_help_panel`) each was declared with."""
        sections: dict[str, list[tuple[str, str]]] = {"Arguments": [], "Options": []}
        for parameter in self.get_params(ctx):  # type: ignore[attr-defined]  # of the class it is mixed into
            record = parameter.get_help_record(ctx)
            if record is None:
                continue
            fallback = "Arguments" if parameter.param_type_name == "argument" else "Options"
            heading = getattr(parameter, "rich_help_panel", None) or fallback
            sections.setdefault(heading, []).append(record)
        for heading, rows in sections.items():
            self.write_section(formatter, heading, rows)
        if isinstance(self, TyperGroup):
            self.format_commands(ctx, formatter)

    @staticmethod
    def write_section(formatter: Any, heading: str, rows: Iterable[tuple[str, str]]) -> None:
        """`rows` of name and help under `heading`, or nothing where there are none."""
        entries = list(rows)
        if entries:
            with formatter.section(bold(heading)):
                formatter.write_dl(entries, col_max=_WIDEST_NAME)


class Command(HelpFormat, TyperCommand):
    """A command with this help."""


class Group(HelpFormat, TyperGroup):
    """A group of commands with this help."""


def bold(words: str) -> str:
    """`words` to stand out on a terminal; plain elsewhere."""
    if sys.stdout.isatty() and os.environ.get("TERM", "dumb") != "dumb":
        return f"\x1b[1m{words}\x1b[0m"
    return words
