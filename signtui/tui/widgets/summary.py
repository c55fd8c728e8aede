"""What a run came to, above the progress line: it stays there until the next one begins."""

import msgspec
from rich.text import Text

from signtui.events import RunEnded, Test
from signtui.render import numbers
from signtui.render.palette import status_look, style_of
from signtui.render.terminal import TerminalStyle
from signtui.runs.names import short_name
from signtui.tui.watched import WatchedRun
from signtui.tui.widgets.lines import Lines, wrapped

_WAYS_TO_END = {
    "finished": "finished",
    "stopped": "stopped; the best weights are kept",
    "early_stopping": "stopped early: validation got no better",
    "time_limit": "stopped at its time limit",
    "interrupted": "interrupted; --resume goes on from there",
    "terminated": "terminated; --resume goes on from there",
    "diverged": "diverged",
    "failed": "failed",
}


class Summary(Lines):
    """How the run ended and what it reached, or why it failed; hidden while there is nothing to say."""

    def on_mount(self) -> None:
        """Follow the run."""
        self.display = False
        self.dashboard.run_progressed.subscribe(self, lambda _: self.draw())
        self.dashboard.note_changed.subscribe(self, lambda _: self.draw())

    def draw(self) -> None:
        """Show or hide it as things stand."""
        style = self.drawing_style
        lines = self._lines(style)
        if self.display != bool(lines):
            self.display = bool(lines)
        if self.styles.height is None or self.styles.height.value != len(lines):
            self.styles.height = len(lines)
        self.show([Text(" ").append_text(line) for line in lines])

    def _lines(self, style: TerminalStyle) -> list[Text]:
        app, width = self.dashboard, max(20, self.screen.size.width - 2)
        trying = app.watched is not None and app.watched.source.kind == "live"
        if app.refusal:
            return wrapped(app.refusal, style_of("bad", style), width)
        if (app.live.on or trying) and not app.opening:
            from signtui.tui.live_lines import live_lines  # noqa: PLC0415 - only in live mode

            lines = live_lines(app.watched, app.live.before, style, on=app.live.on, waiting=app.live.waiting)
            for line in lines:
                line.truncate(width)
            return lines
        if app.opening or app.watched is None:
            return []
        return summary_lines(app.watched, style, width)


def summary_lines(run: WatchedRun, style: TerminalStyle, width: int) -> list[Text]:
    """How `run` ended, in lines of at most `width` cells; none while it goes on."""
    if run.problem:
        return wrapped(run.problem, style_of("bad", style), width)
    if run.status == "lost":
        words = (
            "its process is gone and never said why; signtui train --resume goes on from its last checkpoint"
        )
        return [_headline(run, "lost", words, style)]
    ended = run.state.ended
    if ended is None:
        return []
    lines = [_headline(run, run.state.status, _WAYS_TO_END[ended.reason], style)]
    if ended.message:
        lines += wrapped(ended.message, style_of("bad", style), width)
    scores = _scores(ended, style)
    if run.state.fine_tuning is not None:
        from signtui.render.gain import gain_lines  # noqa: PLC0415 - most runs begin anew

        lines += gain_lines(msgspec.to_builtins(run.state.fine_tuning), style)
    elif scores is not None:
        lines.append(scores)
    confused = _confused(run, style)
    if confused is not None:
        lines.append(confused)
    for line in lines:
        line.truncate(width)
    return lines


def _headline(run: WatchedRun, status: str, words: str, style: TerminalStyle) -> Text:
    look = status_look(status)
    mark = look.mark if style.unicode else look.ascii_mark
    line = Text(f"{mark} {words}", style_of(look.name, style), end="")
    name = short_name(run.state.id)
    line.append(f"  {numbers.duration(run.state.seconds, tenths=True)}")
    return line.append(f"  signtui show-run {name}", style_of("faint", style))


def _scores(ended: RunEnded, style: TerminalStyle) -> Text | None:
    faint, heading = style_of("faint", style), style_of("heading", style)
    synthetic = " synthetic" if ended.synthetic else ""
    parts = []
    if ended.best is not None:
        score = ended.best.validation
        part = Text(f"validation of epoch {ended.best.epoch} ", faint, end="")
        part.append(numbers.percent(score.accuracy), heading)
        parts.append(part.append(f" of {numbers.count(score.images)}{synthetic} images", faint))
    if ended.held_out is not None:
        unseen = ended.held_out
        part = Text(f"{unseen.kind} {unseen.group}, never seen ", faint, end="")
        part.append(numbers.percent(unseen.accuracy), heading)
        parts.append(part.append(f" of {numbers.count(unseen.images)}{synthetic} images", faint))
    if ended.test is not None:
        part = Text("test ", faint, end="").append(numbers.percent(ended.test.accuracy), heading)
        parts.append(part.append(f" of {numbers.count(ended.test.images)}{synthetic} images", faint))
    return Text("   ", end="").join(parts) if parts else None


def _confused(run: WatchedRun, style: TerminalStyle) -> Text | None:
    ended, data = run.state.ended, run.state.data
    scored = None if ended is None else ended.test or ended.held_out
    if scored is None or data is None:
        return None
    from signtui.render.tables import confused_pairs  # noqa: PLC0415 - with numpy, when a run has ended

    pairs = confused_pairs(scored.confusion, data.classes, 5)
    faint = style_of("faint", style)
    if not pairs:
        which = "test image" if isinstance(scored, Test) else "image of the hand held out"
        return Text(f"no {which} was misread", faint, end="")
    line = Text("most often misread ", faint, end="")
    for truth, guess, wrong, images in pairs:
        line.append(f"{truth} > {guess} {wrong}").append(f" of {images}   ", faint)
    return line
