"""The name of a run: when it was made, then two friendly words and two hex digits to call it by."""

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import random


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


ADJECTIVES = _words(
    "amber autumn bold brave bright brisk calm cheerful clear clever copper coral cosy crisp curious dapper"
    " daring deft eager early easy fair fleet fond gentle glad golden grand green happy hardy hazel honest"
    " humble ivory jolly keen kind lively loyal lucid lucky mellow merry mild misty neat nimble noble patient"
    " plucky polite proud quick quiet ready rosy royal rustic silver sleek smart snug solar spry steady still"
    " sunny swift tender tidy trusty vivid warm wise witty young zesty"
)
NOUNS = _words(
    "acorn alder antler apple aspen badger beacon beaver birch bison bramble breeze brook canyon cedar cherry"
    " clover comet condor crane cricket dolphin dove ember falcon fern finch fjord forest fox garnet gecko"
    " glacier grove harbour hare hazelnut heron hill island ivy jay juniper kestrel kite koala lagoon lantern"
    " lark lemur lily linnet lynx magpie maple marten meadow moose nightjar oak ocelot orchid osprey otter"
    " owl panda pebble pelican pine plover poppy puffin quail quartz raven reef river robin sparrow spruce"
    " stork swan tapir thistle tulip valley violet walrus willow wombat wren"
)

PATTERN = re.compile(r"(?P<time>\d{8}-\d{6})-(?P<suffix>[a-z]+-[a-z]+-[0-9a-f]{2})")
"""What a run's id looks like."""


def new_run_id(now: datetime, source: "random.Random") -> str:
    """An id such as `20261122-160355-brisk-heron-3f`; ids sort by the second (UTC) they were made in.

    A `now` without a time zone is taken as local time, as `datetime` does.
    """
    words = f"{source.choice(ADJECTIVES)}-{source.choice(NOUNS)}-{source.randrange(256):02x}"
    return f"{now.astimezone(UTC):%Y%m%d-%H%M%S}-{words}"


def readable_suffix(run_id: str) -> str:
    """The words of an id (`brisk-heron-3f`), or nothing where it is a name of another kind."""
    match = PATTERN.fullmatch(run_id)
    return match["suffix"] if match else ""


def short_name(run_id: str) -> str:
    """What a run goes by: the words of its id, or the whole of one without words."""
    return readable_suffix(run_id) or run_id
