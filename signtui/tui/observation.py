"""What is under the microscope and when: decides which look is needed, and asks for no more than that."""

import time
from collections.abc import Callable
from pathlib import Path

from signtui.errors import RunError
from signtui.runs.control import Command, Snapshot
from signtui.runs.moments import Moment
from signtui.training.looks import Look, Watched, Wish
from signtui.tui.looks import LookCame, Looker
from signtui.tui.scene import Scene
from signtui.tui.subject import Subject

SNAPSHOT_SECONDS = 1.0
SEARCH_SECONDS = 15.0
_LOOK_SHARE, _SEARCH_SHARE = 0.02, 0.01
"""Of the time, how much may go into looks at a live run with their drawing, and into searching images."""

_PATIENCE = 4.0
"""Seconds after which a snapshot that did not come is asked for again."""


class Observation:
    """One subject at one of its moments, and one of its images; what comes of it goes into `scene`.

    `clock` gives seconds from anywhere.
    """

    def __init__(self, scene: Scene, looker: Looker, clock: Callable[[], float] = time.monotonic) -> None:
        self.scene = scene
        self.subject: Subject | None = None
        self.moments: tuple[Moment, ...] = ()
        self.image = 0
        self.problem = ""
        self.looker = looker
        self._clock = clock
        self._chosen: int | None = None  # an epoch that the user chose; None: as it comes
        self._watched: Watched | None = None
        self._shown: object = None
        self._asked: object = None
        self.least_seconds = SNAPSHOT_SECONDS
        self._next_look = self._next_search = 0.0
        self._searched: object = None
        self._snapshot_at: float | None = None
        self._version_asked = 0

    @property
    def at(self) -> int:
        """Which of the moments is looked at."""
        epochs = [-1 if moment.now else moment.epoch for moment in self.moments]
        if self._chosen is not None and self._chosen in epochs:
            return epochs.index(self._chosen)
        best = [index for index, moment in enumerate(self.moments) if moment.best]
        live = self.subject is not None and self.subject.live
        return best[0] if best and not live else max(0, len(self.moments) - 1)

    @property
    def moment(self) -> Moment:
        """The moment that is looked at."""
        return self.moments[self.at] if self.moments else Moment(0)

    @property
    def is_present(self) -> bool:
        """Whether what is looked at is a live run as it is now."""
        live = self.subject is not None and self.subject.live
        return live and (self.moment.now or (self._chosen is None and self.at == len(self.moments) - 1))

    @property
    def truths(self) -> tuple[int, ...]:
        """The classes of the images there are to look at."""
        if self.subject is not None and self.subject.images is not None:
            return self.subject.truths
        return self._watched.truths if self._watched is not None else ()

    @property
    def classes(self) -> tuple[str, ...]:
        """The names of the classes, as far as they are known."""
        if self.scene.view is not None:
            return self.scene.view.classes
        return self.subject.classes if self.subject is not None else ()

    def take(self, subject: Subject) -> None:
        """Look at `subject` from now on: another one, or the same with news."""
        before = self.subject
        same = before is not None and before.folder == subject.folder
        if same and before is not None and before.folder is None and before.config != subject.config:
            self._asked = None
        self.subject = subject
        self.moments = subject.moments()
        if not same:
            self._chosen, self._watched, self.problem = None, None, ""
            self.scene.view, self.scene.excitement = None, None
            self._asked = self._searched = None
            self._snapshot_at = None
            self._next_look = self._next_search = 0.0

    def move(self, by: int) -> None:
        """Go on by so many moments, at most to either end; the last is left to move with the run."""
        at = min(max(0, self.at + by), len(self.moments) - 1)
        moment = self.moments[at]
        last = at == len(self.moments) - 1 and self.subject is not None and self.subject.live
        self._chosen = None if last else (-1 if moment.now else moment.epoch)

    def turn(self, by: int) -> None:
        """The next image, or the one before, round from the last to the first."""
        self.image = (self.image + by) % max(1, len(self.truths))

    def show_letter(self, letter: str) -> bool:
        """Go to the next image of a class; False where there is none."""
        if letter not in self.classes:
            return False
        number = self.classes.index(letter)
        found = [index for index, truth in enumerate(self.truths) if truth == number]
        if found:
            self.image = next((index for index in found if index > self.image), found[0])
        return bool(found)

    def tick(self, send: Callable[[Command], None]) -> None:
        """About twice a second while somebody looks: ask a live run for its weights, look when they came."""
        subject = self.subject
        if subject is None or subject.folder is None or not subject.live:
            return
        now = self._clock()
        version = _version(subject.folder.now)
        if not self.moments or (version and not self.moments[-1].now):
            self.moments = subject.moments()
        if not self.is_present:
            return
        if now < self._next_look:
            return  # neither asked for nor looked at
        waiting = self._snapshot_at is not None and version == self._version_asked
        if self._snapshot_at is None or now - self._snapshot_at >= (
            _PATIENCE if waiting else SNAPSHOT_SECONDS
        ):
            self._snapshot_at, self._version_asked = now, version
            try:
                send(Snapshot())
            except RunError:
                self._snapshot_at = now + _PATIENCE  # it can't be reached; the next news tells how it stands
        self.ask()

    def ask(self) -> None:
        """Ask for a look, unless it is the one that was asked for last."""
        subject = self.subject
        if subject is None:
            return
        moment = self.moment
        version = _version(moment.path)
        if moment.path is not None and not version:
            self.moments = subject.moments()
            moment = self.moment
            version = _version(moment.path)
        weights = (subject.folder, moment.path, version, subject.config)
        search = self._wants_search(weights)
        key = (weights, self.image, search)
        if key == self._asked:
            return
        self._asked = key
        image = None
        if subject.images is not None and len(subject.images):
            image = subject.images[self.image % len(subject.images)]
        self.looker.wish(
            Wish(
                subject.config,
                moment.path,
                version,
                image,
                self.image,
                subject.classes,
                subject.image_size,
                search,
                subject.checksums,
            )
        )

    def _wants_search(self, weights: object) -> bool:
        """Whether what excites a channel is to be found anew; of a live run only now and then."""
        if self.scene.spot.level != "channel" or weights == self._searched:
            return False
        rests = self.is_present and self._clock() < self._next_search
        return self.scene.excitement is None or not rests

    def came(self, event: LookCame) -> None:
        """Take what came of a wish."""
        self.problem = event.problem
        look = event.look
        if look is None:
            self._asked = None
            return
        self._take_look(look)
        if event.wish.excitement:
            assert isinstance(self._asked, tuple)
            self._searched = self._asked[0]
            self._next_search = self._clock() + max(SEARCH_SECONDS, event.seconds / _SEARCH_SHARE)

    def drawn_in(self, seconds: float) -> None:
        """What was seen took so long to be got and drawn: the next look waits accordingly."""
        self._next_look = self._clock() + max(self.least_seconds, seconds / _LOOK_SHARE)

    def _take_look(self, look: Look) -> None:
        scene = self.scene
        first = scene.view is None
        scene.view, scene.shares = look.view, look.shares
        if look.watched is not None:
            self._watched = look.watched
        if look.wish.excitement:
            scene.excitement, scene.note = look.excitement, look.problem
        if first:
            scene.spot.layer = min(scene.spot.layer, len(look.view.layers) - 1)
        scene.spot.settle(look.view)


def _version(path: Path | None) -> int:
    """Tells one content of a file from the next; 0 where there is none."""
    try:
        return path.stat().st_mtime_ns if path is not None else 0
    except OSError:
        return 0
