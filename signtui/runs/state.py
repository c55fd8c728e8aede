"""What is known of a run: one fold over its events, the same for a live run, a followed one and a past one.

`fold` takes a state and the next event to the next state; states are immutable, so that any thread may
look at one. A resume takes the run back to the step it goes on from: what came after is forgotten.
"""

from collections.abc import Iterable
from typing import Any, Literal, assert_never

import msgspec
from msgspec.structs import replace

from signtui.events import (
    AnyEvent,
    Best,
    DataFacts,
    EpochEnded,
    Evaluating,
    FineTuning,
    Guesses,
    Mark,
    ModelFacts,
    Reason,
    RunEnded,
    RunStarted,
    Samples,
    Step,
    System,
)
from signtui.runs.history import StepHistory

Status = Literal["running", "paused", "finished", "stopped", "interrupted", "diverged", "failed", "lost"]
"""How a run stands. `lost`: its process is gone and never said why; only `liveness` can tell."""

LIVE: frozenset[Status] = frozenset({"running", "paused"})
"""The statuses of a run whose process is at work, or waits in a pause; with any other, it is over."""

STATUS_OF_REASON: dict[Reason, Status] = {
    "finished": "finished",
    "early_stopping": "finished",
    "time_limit": "finished",
    "stopped": "stopped",
    "interrupted": "interrupted",
    "terminated": "interrupted",
    "diverged": "diverged",
    "failed": "failed",
}
_STEPS_AT_ONCE = 8192


class Progress(msgspec.Struct, frozen=True):
    """Where the run is: `step` steps are done, the last of them in `epoch` (both 0 before the first).

    `epochs` is how many are planned, with changes made on the way. `images_per_second` is the latest
    figure (0 before there is one); `evaluating` is set while a split is being scored.
    """

    epoch: int = 0
    epochs: int = 0
    step: int = 0
    steps_per_epoch: int = 0
    images_per_second: float = 0.0
    learning_rate: float = 0.0
    evaluating: Evaluating | None = None


class RunState(msgspec.Struct, frozen=True):
    """A run as its events tell it. Before `run_started`, `started` is None and the facts are missing.

    `started` is when the run first started and `last` when it last said something (seconds since 1970);
    `session_started` is when its present process took it up, and `seconds_before` how long the earlier
    ones worked on it. `config` is the one it last started with. `resumed_at` are the steps that it was taken
    up again at, as far as they still count; empty only where it never was.
    """

    id: str = ""
    config: dict[str, Any] = {}
    data: DataFacts | None = None
    model: ModelFacts | None = None
    device: str = ""
    precision: str = ""
    threads: int = 0
    versions: dict[str, str] = {}
    host: str = ""
    pid: int = 0
    started: float | None = None
    session_started: float = 0.0
    seconds_before: float = 0.0
    last: float = 0.0
    resumes: int = 0
    resumed_at: tuple[int, ...] = ()
    epochs: tuple[EpochEnded, ...] = ()
    best: Best | None = None
    marks: tuple[Mark, ...] = ()
    progress: Progress = Progress()
    samples: Samples | None = None
    guesses: Guesses | None = None
    system: System | None = None
    fine_tuning: FineTuning | None = None
    ended: RunEnded | None = None
    history: StepHistory = StepHistory()

    @classmethod
    def of(cls, events: Iterable[AnyEvent]) -> "RunState":
        """The state after `events`; the same as folding them one by one, only quicker."""
        return fold_all(cls(), events)

    @property
    def paused(self) -> bool:
        """Whether its present process was told to pause, and not yet to go on."""
        present = (mark for mark in reversed(self.marks) if mark.time >= self.session_started)
        kinds = (mark.kind for mark in present if mark.kind in ("pause", "resume"))
        return next(kinds, "resume") == "pause"

    @property
    def status(self) -> Status:
        """How the run stands by its own words; only `liveness.status` knows whether it still lives."""
        if self.ended is not None:
            return STATUS_OF_REASON[self.ended.reason]
        return "paused" if self.paused else "running"

    @property
    def seconds(self) -> float:
        """How long the run took, or has worked up to its last event, summed over resumes."""
        if self.ended is not None:
            return self.ended.seconds
        return self.seconds_before + max(0.0, self.last - self.session_started)


def fold_all(state: RunState, events: Iterable[AnyEvent]) -> RunState:
    """`state` after `events`, as if folded one by one."""
    steps: list[Step] = []
    for event in events:
        if isinstance(event, Step):
            steps.append(event)
            if len(steps) < _STEPS_AT_ONCE:
                continue
            state = _after_steps(state, steps)
            steps = []
            continue
        if steps:
            state = _after_steps(state, steps)
            steps = []
        state = fold(state, event)
    return _after_steps(state, steps) if steps else state


def fold(state: RunState, event: AnyEvent) -> RunState:
    """`state` after `event`."""
    match event:
        case RunStarted():
            after = _after_start(state, event)
        case Step():
            after = _after_steps(state, [event])
        case Evaluating():
            after = replace(state, progress=replace(state.progress, evaluating=event))
        case EpochEnded():
            after = _after_epoch(state, event)
        case Mark():
            after = _after_mark(state, event)
        case Samples():
            after = replace(state, samples=event, guesses=None)
        case Guesses() | System() | FineTuning():
            after = _after_word(state, event)
        case RunEnded():
            progress = replace(state.progress, evaluating=None)
            # The run itself knows best: it may have kept weights of an epoch that was later told anew.
            after = replace(state, progress=progress, ended=event, best=event.best or state.best)
        case _:
            assert_never(event)
    return replace(after, last=event.time)


def _after_start(state: RunState, event: RunStarted) -> RunState:
    fresh = RunState(
        id=event.id,
        config=event.config,
        data=event.data,
        model=event.model,
        device=event.device,
        precision=event.precision,
        threads=event.threads,
        versions=event.versions,
        host=event.host,
        pid=event.pid,
        started=event.time,
        session_started=event.time,
        progress=Progress(epochs=planned_epochs(event.config), steps_per_epoch=event.steps_per_epoch),
        resumed_at=() if event.resumed_at is None else (event.resumed_at,),
    )
    if event.resumed_at is None or state.started is None:
        return fresh
    step = event.resumed_at
    # An epoch that was cut short will be told again, whole.
    epochs = tuple(epoch for epoch in state.epochs if epoch.complete and epoch.step <= step)
    # Step n lies in epoch ceil(n / steps per epoch).
    epoch = -(-step // max(1, event.steps_per_epoch))
    return replace(
        fresh,
        started=state.started,
        seconds_before=state.seconds,
        resumes=state.resumes + 1,
        resumed_at=(*(earlier for earlier in state.resumed_at if earlier < step), step),
        epochs=epochs,
        best=next((_as_best(ended) for ended in reversed(epochs) if ended.best), None),
        marks=tuple(mark for mark in state.marks if mark.step <= step),
        progress=replace(fresh.progress, epoch=epoch, step=step),
        history=state.history.until(step),
        fine_tuning=state.fine_tuning,
    )


def _after_steps(state: RunState, steps: list[Step]) -> RunState:
    last = steps[-1]
    progress = Progress(
        epoch=last.epoch,
        epochs=state.progress.epochs,
        step=last.step,
        steps_per_epoch=state.progress.steps_per_epoch,
        images_per_second=last.images_per_second,
        learning_rate=last.learning_rate,
    )
    return replace(state, last=last.time, progress=progress, history=state.history.extended(steps))


def _after_epoch(state: RunState, event: EpochEnded) -> RunState:
    progress = replace(state.progress, epoch=event.epoch, step=event.step, evaluating=None)
    earlier = state.epochs
    while earlier and earlier[-1].epoch >= event.epoch:
        earlier = earlier[:-1]
    return replace(
        state,
        progress=progress,
        epochs=(*earlier, event),
        best=_as_best(event) if event.best else state.best,
    )


def _after_mark(state: RunState, event: Mark) -> RunState:
    progress = state.progress
    if event.kind == "epochs" and event.value is not None:
        progress = replace(progress, epochs=int(event.value))
    elif event.kind == "learning_rate" and event.value is not None:
        progress = replace(progress, learning_rate=event.value)
    return replace(state, progress=progress, marks=(*state.marks, event))


def _after_word(state: RunState, event: Guesses | System | FineTuning) -> RunState:
    """The latest word of its kind counts."""
    match event:
        case Guesses():
            return replace(state, guesses=event)
        case System():
            return replace(state, system=event)
        case FineTuning():
            return replace(state, fine_tuning=event)


def _as_best(event: EpochEnded) -> Best:
    return Best(epoch=event.epoch, validation=event.validation)


def planned_epochs(config: dict[str, Any]) -> int:
    """`train.epochs` of a configuration as plain data; 0 where it says none."""
    train = config.get("train")
    epochs = train.get("epochs") if isinstance(train, dict) else None
    return epochs if isinstance(epochs, int) else 0
