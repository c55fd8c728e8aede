"""A training told as it goes: what it learns from, a line an epoch, the bar between them, the result.

Everything told is taken from the run's events and the fold over them, as in every other view of a run.
"""

import time

import msgspec
from rich.console import Group
from rich.text import Text

from signtui.cli.voice import Voice
from signtui.config.schema import UiSettings
from signtui.events import (
    AnyEvent,
    DataFacts,
    EpochEnded,
    Evaluating,
    FineTuning,
    HeldOut,
    Mark,
    RunEnded,
    RunStarted,
    Score,
    Step,
    Test,
    encode,
)
from signtui.render import numbers
from signtui.render.gain import caution_lines, gain_lines, start_words
from signtui.render.palette import style_of
from signtui.render.progress import ProgressSnapshot, epoch_line
from signtui.render.terminal import TerminalStyle
from signtui.runs.progress import remaining_seconds
from signtui.runs.state import STATUS_OF_REASON, RunState, fold

_LABEL = 12


class Narrator:
    """Says each event through a `Voice`; as JSON lines, the events themselves and nothing else on stdout."""

    def __init__(self, ui: UiSettings, *, json: bool = False) -> None:
        self.voice = Voice(ui, json=json)
        self.json = json
        self.state = RunState()

    def resume(self, state: RunState) -> None:
        """Go on from what an earlier process of the run did."""
        self.state = state

    def take(self, event: AnyEvent) -> None:
        """Tell `event`."""
        self.state = fold(self.state, event)
        if self.json:
            self.voice.data_bytes(encode(event))
        match event:
            case RunStarted():
                self._tell_start(event)
            case EpochEnded():
                self._tell_epoch(event)
            case Mark():
                self._tell_mark(event)
            case FineTuning():
                self._tell_gain(event)
            case RunEnded():
                self._tell_end(event)
            case Step() | Evaluating():
                self._move()

    def _move(self) -> None:
        if self.voice.has_bar:
            self.voice.show(snapshot(self.state, time.time()))

    def _tell_start(self, event: RunStarted) -> None:
        style = self.voice.narration_style
        self.voice.note(start_lines(event, style))
        if event.data.warning:
            self.voice.warn(event.data.warning)
        self._move()

    def _tell_epoch(self, event: EpochEnded) -> None:
        if self.json:
            return
        epochs, style = self.state.progress.epochs, self.voice.style
        if style.interactive:
            self.voice.data(epoch_text(event, epochs, style))
        else:
            self.voice.data(epoch_line(event, epochs))

    def _tell_mark(self, event: Mark) -> None:
        value = f" {event.value:g}" if event.value is not None else ""
        words = f"{event.kind.replace('_', ' ')}{value} at step {event.step}"
        faint = style_of("faint", self.voice.narration_style)
        self.voice.note(Text(f"{words}: {event.text}" if event.text else words, faint))

    def _tell_gain(self, event: FineTuning) -> None:
        told = msgspec.to_builtins(event)
        style = self.voice.narration_style
        if event.own.after is None:
            self.voice.note(_labelled("from", Text(event.parent, style_of("accent", style)), style))
            self.voice.note(_labelled("learns", Text(start_words(told)), style))
            self.voice.note(Group(*gain_lines(told, style)))
            return
        self.voice.close()
        if not self.json:
            self.voice.data(Group(*gain_lines(told, self.voice.style)))
        classes = self.state.data.classes if self.state.data else ()
        for line in caution_lines(told, classes, style):
            self.voice.note(Text("note: ").append_text(line))

    def _tell_end(self, event: RunEnded) -> None:
        self.voice.close()
        if not self.json:
            self.voice.data(result_lines(event, self.state.data, self.voice.style))
        style = self.voice.narration_style
        self.voice.note(_labelled("look at it", Text(f"signtui show-run {event.id}"), style))
        if event.reason in ("interrupted", "terminated", "stopped", "time_limit"):
            self.voice.note(_labelled("go on", Text(f"signtui train --resume {event.id}"), style))


def snapshot(state: RunState, now: float) -> ProgressSnapshot:
    """Where the run stands, for the bar."""
    progress = state.progress
    point = state.history.points[-1] if state.history.points else None
    scored = progress.evaluating
    activity = f"scoring {scored.split} {scored.images:,}/{scored.of:,}" if scored else ""
    return ProgressSnapshot(
        epoch=max(1, progress.epoch),
        epochs=progress.epochs,
        step=progress.step,
        steps=progress.epochs * progress.steps_per_epoch,
        images_per_second=progress.images_per_second or None,
        loss=point.loss if point else None,
        accuracy=point.accuracy if point else None,
        seconds_left=remaining_seconds(state, now),
        activity="paused" if state.paused else activity,
    )


def start_lines(event: RunStarted, style: TerminalStyle) -> Group:
    """What a run is about to do: its data, network and device."""
    data, model = event.data, event.model
    run = Text().append(event.id, style_of("accent", style)).append(f"  preset {event.config.get('preset')}")
    if event.resumed_at is not None:
        run.append(f", resumed at step {event.resumed_at:,}")
    lines = [_labelled("run", run, style)]
    if data.synthetic:
        words = Text("synthetic hands, drawn by signtui, not photographs", style_of("warning", style))
        lines.append(_labelled("data", words, style))
        lines.append(_labelled("", Text("the real ones: signtui data fetch"), style))
    else:
        lines.append(_labelled("data", Text(f"{data.name}, {len(data.classes)} classes"), style))
    trained_on = Text(_images(data.given_images, data.train_photographs))
    if data.added_images:
        trained_on.append(f" and {data.added_images:,} synthetic hands", style_of("warning", style))
    lines.append(_labelled("train", trained_on, style))
    held_out = _images(data.validation_images, data.validation_photographs) + ", held out"
    split = event.config.get("data", {}).get("validation")
    lines.append(
        _labelled("validation", Text(held_out if split == "photographs" else data.validation), style)
    )
    if data.held_out_images:
        images = _images(data.held_out_images, data.held_out_photographs)
        told = f"{data.group_kind} {data.held_out}: {images}, scored once at the end"
        lines.append(_labelled("held out", Text(told), style))
    if data.test_images:
        lines.append(_labelled("test", Text(f"{data.test_images:,} images, scored once at the end"), style))
    operations = numbers.magnitude(model.multiply_adds)
    network = f"{model.weights:,} weights, {operations} multiply-adds an image"
    if model.networks > 1:
        network = f"{model.networks} networks that answer together, {network}"
    lines.append(_labelled("network", Text(network), style))
    threads = numbers.plural(event.threads, "thread")
    lines.append(_labelled("device", Text(f"{event.device}, {threads}, {event.precision}"), style))
    return Group(*lines)


def _labelled(label: str, words: Text, style: TerminalStyle) -> Text:
    return Text(no_wrap=True).append(label.ljust(_LABEL), style_of("faint", style)).append_text(words)


def _images(images: int, photographs: int | None) -> str:
    words = numbers.plural(images, "image")
    return words if photographs is None else f"{words} of {numbers.plural(photographs, 'photograph')}"


def epoch_text(event: EpochEnded, epochs: int, style: TerminalStyle) -> Text:
    """One aligned line about an epoch, within the terminal; the last figures give way first."""
    faint, validation = style_of("faint", style), event.validation
    line = Text(f"epoch {event.epoch:>{len(str(epochs))}}/{epochs}", no_wrap=True).append(
        "  validation ", faint
    )
    line.append(f"{numbers.percent(validation.accuracy):>7}", style_of("heading", style))
    line.append(f"  loss {numbers.loss(validation.loss):<6}")
    line.append(" *" if event.best else "  ", style_of("accent", style))
    train = f"{numbers.percent(event.train.accuracy):>7}  loss {numbers.loss(event.train.loss):<6}"
    for label, figure in (
        ("  train ", train),
        ("", f"{numbers.duration(event.seconds, tenths=True):>8}"),
        ("", f"{numbers.rate(event.images_per_second):>18}"),
    ):
        if line.cell_len + len(label) + len(figure) <= style.width:
            line.append(label, faint).append(figure)
    return line


def result_lines(event: RunEnded, data: DataFacts | None, style: TerminalStyle) -> Group:
    """How the run ended: the scores with split and images, whether they are synthetic, the id."""
    faint = style_of("faint", style)
    kind = "synthetic images" if event.synthetic else "images"
    lines: list[Text] = []
    if event.best:
        validation = event.best.validation
        photographs = data.validation_photographs if data else None
        of = f" of {numbers.plural(photographs, 'photograph')}" if photographs else ""
        told = f"{validation.images:,} {kind}{of}, best epoch {event.best.epoch}"
        lines.append(_score_line("validation", validation, told, style))
    if event.test:
        lines.append(_score_line("test", event.test, f"{event.test.images:,} {kind}, scored once", style))
    if event.held_out:
        score, group = event.held_out, f"{event.held_out.kind} {event.held_out.group}"
        told = f"{score.images:,} {kind} of {group}, never seen before"
        lines.append(_score_line("held out", score, told, style))
    status = STATUS_OF_REASON[event.reason]
    how = status if status == event.reason else f"{status} ({event.reason.replace('_', ' ')})"
    bad = event.reason in ("diverged", "failed")
    end = Text().append("run".ljust(_LABEL), faint).append(event.id, style_of("accent", style))
    end.append(f"  {how}", style_of("bad" if bad else "text", style))
    epochs = numbers.plural(event.epochs, "epoch")
    end.append(f" after {epochs}, {numbers.duration(event.seconds, tenths=True)}")
    return Group(*lines, end)


def _score_line(split: str, score: Score | Test | HeldOut, told: str, style: TerminalStyle) -> Text:
    faint = style_of("faint", style)
    line = Text().append(split.ljust(_LABEL), faint)
    line.append(f"{numbers.percent(score.accuracy):>7}", style_of("heading", style))
    line.append(f"  loss {numbers.loss(score.loss)}")
    return line.append(f"  {told}", faint)
