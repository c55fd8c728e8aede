"""The list of runs as the Runs screen has it: what was found, filtered and ordered, and which are marked."""

from collections.abc import Sequence

from rich.text import Text

from signtui.errors import RunError
from signtui.render import numbers
from signtui.render.palette import style_of
from signtui.render.terminal import TerminalStyle
from signtui.runs.order import ORDERINGS, Ordering, is_live, ordered
from signtui.runs.query import Query, parse_query, sensible_part
from signtui.runs.summary import Summary

MOST_MARKED = 6
"""As many curves as have a look of their own."""


class RunsList:
    """The runs of the last look (None before the first) and how they are shown.

    `problem` is a sentence where the runs can't be read, `query_problem` one about the filter line.
    """

    def __init__(self, sorted_by: Sequence[str]) -> None:
        self.runs: tuple[Summary, ...] | None = None
        self.problem = ""
        self.query = Query()
        self.query_problem = ""
        self.reverse = False
        self.marked: tuple[str, ...] = ()
        self._orderings = tuple(one for one in ORDERINGS if one.name in sorted_by)
        self.ordering: Ordering = self._orderings[0]

    def take(self, runs: tuple[Summary, ...], problem: str) -> set[str] | None:
        """Take what a look found: the ids whose rows changed, or None where it is all the same."""
        if (runs, problem) == (self.runs, self.problem):
            return None
        before = {run.id: run for run in self.runs or ()}
        self.runs, self.problem = runs, problem
        ids = {run.id for run in runs}
        self.marked = tuple(run_id for run_id in self.marked if run_id in ids)
        return {run.id for run in runs if before.get(run.id) != run}

    def listed(self) -> tuple[Summary, ...]:
        """The runs that the filter lets through, in order."""
        passed = [run for run in self.runs or () if self.query.matches(run)]
        return tuple(ordered(passed, self.ordering, reverse=self.reverse))

    def find(self, run_id: str | None) -> Summary | None:
        """The run of that id."""
        return next((run for run in self.runs or () if run.id == run_id), None)

    def selection(self, at: str | None) -> list[Summary]:
        """The marked runs in the order of their marks, or else the one with the id `at`."""
        chosen = self.marked or (at,)
        return [run for run_id in chosen if (run := self.find(run_id)) is not None]

    def filter(self, line: str) -> None:
        """Filter by `line`; a condition without sense is told in `query_problem` and holds nothing back."""
        try:
            self.query, self.query_problem = parse_query(line), ""
        except RunError as error:
            self.query, self.query_problem = sensible_part(line), str(error)

    def mark(self, run_id: str) -> bool:
        """Mark the run or take its mark away; False where too many are marked already."""
        if run_id in self.marked:
            self.marked = tuple(marked for marked in self.marked if marked != run_id)
        elif len(self.marked) < MOST_MARKED:
            self.marked = (*self.marked, run_id)
        else:
            return False
        return True

    def sort_by(self, name: str) -> None:
        """Sort by that ordering; by the same again, the other way round."""
        self.reverse = name == self.ordering.name and not self.reverse
        self.ordering = next(one for one in self._orderings if one.name == name)

    def order_as(self, name: str, reverse: bool) -> None:
        """Sort by that ordering, that way round; not at all where there is none of that name."""
        ordering = next((one for one in self._orderings if one.name == name), None)
        if ordering is not None:
            self.ordering, self.reverse = ordering, reverse

    def sort_by_next(self) -> None:
        """Sort by the ordering after the present one."""
        at = self._orderings.index(self.ordering)
        self.ordering, self.reverse = self._orderings[(at + 1) % len(self._orderings)], False

    def in_brief(self, style: TerminalStyle) -> Text:
        """How many runs, how many live, in which order; or what is wrong with the filter."""
        if self.query_problem:
            return Text(self.query_problem, style_of("warning", style))
        runs = self.runs or ()
        passed = f"{len(self.listed()):,} of " if self.query.terms else ""
        line = Text().append(passed + numbers.plural(len(runs), "run"), style_of("heading", style))
        live = sum(map(is_live, runs))
        words = [f"{live} live"] if live else []
        words.append(f"by {self.ordering.name}" + (", turned round" if self.reverse else ""))
        words += [f"{len(self.marked)} marked"] if self.marked else []
        return line.append("".join(f"   {word}" for word in words), style_of("faint", style))
