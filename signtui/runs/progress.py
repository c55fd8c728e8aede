"""How long a live run has still to go, validation and the final test included."""

from signtui.events import Evaluating
from signtui.runs.speed import SCORING_COST
from signtui.runs.state import RunState

_PACE_POINTS = 20


def remaining_seconds(state: RunState, now: float) -> float | None:
    """Seconds until the run ends by itself, or None where there is nothing to reckon from.

    Training goes on at the pace of the latest steps; what an epoch takes beyond its steps (validation,
    clean images, checkpoints) is what the last one took, or before the first has ended, what its images
    cost to score. `now` (seconds since 1970) counts the time since the last event off, unless the run is
    paused. A time limit may end it sooner; early stopping is not foreseen.
    """
    progress = state.progress
    seconds_per_step = _seconds_per_step(state)
    if state.ended is not None or state.data is None or seconds_per_step is None:
        return None
    if progress.steps_per_epoch < 1:
        return None
    scoring = seconds_per_step / _batch(state) * SCORING_COST
    beside_steps = _beside_steps(state, scoring)
    steps_left = max(0, progress.epochs * progress.steps_per_epoch - progress.step)
    epochs_left = max(0, progress.epochs - len(state.epochs))
    remaining = steps_left * seconds_per_step + epochs_left * beside_steps + state.data.test_images * scoring
    if progress.evaluating is not None and progress.evaluating.split != "test":
        remaining -= beside_steps * _share_scored(state, progress.evaluating)
    elif progress.evaluating is not None:
        remaining -= progress.evaluating.images * scoring
    if not state.paused:
        remaining -= max(0.0, now - state.last)
    remaining = max(0.0, remaining)
    limit = _limit(state)
    return remaining if limit is None else min(remaining, max(0.0, limit - state.seconds))


def _seconds_per_step(state: RunState) -> float | None:
    """From the latest steps, or else from the last epoch that ended."""
    latest = [point for point in state.history.points[-_PACE_POINTS:] if point.images_per_second > 0]
    if latest:
        seconds = sum(point.steps / point.images_per_second for point in latest)
        return _batch(state) * seconds / sum(point.steps for point in latest)
    if state.epochs and state.epochs[-1].images_per_second > 0:
        return _batch(state) / state.epochs[-1].images_per_second
    return None


def _batch(state: RunState) -> float:
    """Images per step, as the steps of an epoch share them out."""
    images = state.data.train_images if state.data else 0
    return max(1.0, images / max(1, state.progress.steps_per_epoch))


def _beside_steps(state: RunState, scoring: float) -> float:
    """Seconds that an epoch takes beyond its training steps; `scoring` is seconds per image."""
    if state.epochs:
        last = state.epochs[-1]
        training = last.train.images / last.images_per_second if last.images_per_second > 0 else 0.0
        return max(0.0, last.seconds - training)
    validation = state.data.validation_images if state.data else 0
    return (validation + _clean_images(state)) * scoring


def _clean_images(state: RunState) -> int:
    """Training images that each epoch scores without augmentation, before the validation images."""
    images = int(state.config.get("train", {}).get("clean_images", 0))
    train_images = state.data.given_images if state.data else 0
    return train_images if images < 0 else min(images, train_images)


def _share_scored(state: RunState, evaluating: Evaluating) -> float:
    """How much of an epoch's scoring is done."""
    validation = state.data.validation_images if state.data else 0
    clean = _clean_images(state)
    before = clean if evaluating.split == "validation" else 0
    return min(1.0, (before + evaluating.images) / max(1, validation + clean))


def _limit(state: RunState) -> float | None:
    limit = state.config.get("train", {}).get("time_limit", 0)
    return float(limit) if limit else None
