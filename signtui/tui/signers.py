"""What the Signers screen shows: the series found, which of them, whose hand, and whose the images are."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import numpy.typing as npt

from signtui.config import Config, DataSettings, as_plain, preset_config
from signtui.config.presets import NOT_OF_THE_RECIPE, RECIPE_SECTIONS
from signtui.errors import DataError, RunError
from signtui.runs.differences import differences
from signtui.runs.left_out import Letter, Outcome, outcome
from signtui.runs.series import Fold, Series, SeriesReader

_PARTS_IN_A_MILLION = 1_000_000


@dataclass(frozen=True)
class Hands:
    """Whose the images are that the settings name: `names` of a `kind`; none where `problem` says why."""

    kind: str
    names: tuple[str, ...]
    data: str
    problem: str = ""


@dataclass(frozen=True)
class Found:
    """What a look found: the series, newest first, or why they can't be read; and whose the images are."""

    series: tuple[Series, ...]
    hands: Hands | None
    problem: str = ""


class SeriesLook:
    """Looks for series and hands, in a thread; what hasn't changed isn't read again."""

    def __init__(self) -> None:
        self._reader = SeriesReader()
        self._hands: tuple[DataSettings, Hands] | None = None

    def __call__(self, directory: Path, settings: DataSettings) -> Found:
        """The series in `directory`, and the hands of the images that `settings` name."""
        hands = self._hands[1] if self._hands is not None and self._hands[0] == settings else None
        if hands is None:
            hands = hands_of(settings)
            self._hands = (settings, hands)
        try:
            return Found(tuple(self._reader.read(directory)), hands)
        except RunError as error:
            return Found((), hands, str(error))


def hands_of(settings: DataSettings) -> Hands:
    """Whose the images are that `settings` name; reads them, which takes a moment."""
    from signtui.data.held_out import groups_present  # noqa: PLC0415 - only for this screen
    from signtui.data.source import configured_dataset  # noqa: PLC0415 - as above

    try:
        dataset = configured_dataset(settings)
    except (DataError, OSError) as error:
        return Hands("", (), "", str(error))
    if dataset.grouping is None:
        return Hands("", (), dataset.name, dataset.groups_refused)
    return Hands(dataset.grouping.kind, groups_present(dataset), dataset.name)


class Shown:
    """One series with its figures, over all hands or (`alone`) over one of them."""

    def __init__(self, series: Series, alone: str = "") -> None:
        self.series = series
        chosen = next((fold for fold in series.folds if fold.group == alone), None)
        self.fold: Fold | None = chosen if chosen is not None and chosen.score is not None else None

    @cached_property
    def outcome(self) -> Outcome:
        """The figures over all hands."""
        return outcome(self.series)

    @property
    def letters(self) -> tuple[Letter, ...]:
        """Each letter, in the order of the alphabet."""
        if self.fold is None or self.fold.score is None:
            return self.outcome.letters
        counts = np.asarray(self.fold.score.confusion)
        return tuple(
            Letter(name, int(row.sum()), recall, recall, self.fold.group)
            for name, row, recall in zip(self.series.classes, counts, self.fold.score.recall, strict=True)
        )

    @cached_property
    def confusion(self) -> npt.NDArray[np.int64]:
        """Int (K, K), `[truth, guess]`: images of one hand, or of all hands the mean shares in millionths."""
        if self.fold is not None and self.fold.score is not None:
            return np.asarray(self.fold.score.confusion, np.int64)
        shares = np.asarray(self.outcome.confusion, np.float64)
        return np.rint(shares * _PARTS_IN_A_MILLION).astype(np.int64)

    @cached_property
    def mistakes(self) -> list[tuple[int, int]]:
        """The cells of the confusion off its diagonal that hold anything, the greatest share first."""
        rows = self.confusion / np.maximum(self.confusion.sum(axis=1, keepdims=True), 1)
        np.fill_diagonal(rows, 0.0)
        order = np.argsort(-rows, axis=None, kind="stable")
        places = [divmod(int(place), len(rows)) for place in order]
        return [place for place in places if rows[place] > 0]

    @cached_property
    def changed_settings(self) -> list[str]:
        """What sets it apart from its preset."""
        return changed_settings(self.series.config)

    @property
    def has_figures(self) -> bool:
        """Whether any hand has been scored."""
        return bool(self.series.done)

    @property
    def whose(self) -> str:
        """Whose the figures are: `mean of 7 signers never seen`, `signer 4 alone`."""
        kind = self.series.kind
        if self.fold is not None:
            return f"{kind} {self.fold.group} alone"
        count = len(self.series.done)
        return f"mean of {count} {kind}{'' if count == 1 else 's'} never seen"


class Signers:
    """The state of the screen: what was found, and what of it is looked at."""

    def __init__(self) -> None:
        self.found: Found | None = None
        self.plan = ""
        self.at = 0
        self.alone = ""
        self.cursor = (0, 0)
        self._shown: Shown | None = None
        self._pointed_at: tuple[str, tuple[str, ...]] | None = None

    def take(self, found: Found) -> bool:
        """Take what a look found; True where it is anything new."""
        if found == self.found:
            return False
        self.found, self._shown = found, None
        return True

    @property
    def series(self) -> tuple[Series, ...]:
        """Every series, the newest first."""
        return self.found.series if self.found is not None else ()

    @property
    def place(self) -> int:
        """Which of them is shown."""
        plans = [series.plan for series in self.series]
        return plans.index(self.plan) if self.plan in plans else 0

    @property
    def shown(self) -> Shown | None:
        """The series that is looked at, with its figures; None where there is none."""
        if not self.series:
            return None
        series = self.series[self.place]
        if self._shown is None or self._shown.series is not series:
            self._shown = Shown(series, self.alone)
            self._point_at(series)
        return self._shown

    def _point_at(self, series: Series) -> None:
        """The cursor of the confusion doesn't outlive the series that it points into."""
        wanted = (series.plan, series.classes)
        if wanted != self._pointed_at:
            self._pointed_at, self.cursor = wanted, (0, 0)

    @property
    def fold(self) -> Fold | None:
        """The fold under the cursor."""
        if not self.series:
            return None
        folds = self.series[self.place].folds
        return folds[min(self.at, len(folds) - 1)]

    def turn(self, by: int) -> None:
        """Look at another series, round from the last to the first."""
        if self.series:
            self.plan = self.series[(self.place + by) % len(self.series)].plan
            self.alone, self._shown = "", None

    def move(self, by: int) -> None:
        """Move the cursor; figures of one hand alone go along."""
        shown = self.shown
        if shown is None:
            return
        self.at = min(max(0, self.at + by), len(shown.series.folds) - 1)
        if self.alone:
            self._alone_at_cursor()

    def toggle_alone(self) -> None:
        """The hand under the cursor alone, or the mean of all again."""
        if self.alone:
            self.alone, self._shown = "", None
        else:
            self._alone_at_cursor()

    def _alone_at_cursor(self) -> None:
        fold = self.fold
        self.alone, self._shown = (fold.group if fold is not None else ""), None


def changed_settings(config: Config) -> list[str]:
    """What sets `config` apart from its preset, as `train.epochs = 1`: which series it is, beside others."""
    usual = as_plain(preset_config(config.preset))
    own = as_plain(config)
    for tree in (usual, own):
        for key in NOT_OF_THE_RECIPE:
            section, _, name = key.partition(".")
            tree[section].pop(name, None)
    pair = [{section: tree[section] for section in RECIPE_SECTIONS} for tree in (usual, own)]
    # A block more or less is told by how many there are.
    return [
        f"{one.key} = {one.values[1]}"
        for one in differences(pair)
        if not any(value is None or isinstance(value, dict) for value in one.values)
    ]
