"""What a person says about a run: notes and tags, kept beside it in labels.json."""

from pathlib import Path

import msgspec

from signtui.errors import RunError
from signtui.files import write_atomic


class Labels(msgspec.Struct, frozen=True):
    """A note, and words to find the run by."""

    notes: str = ""
    tags: tuple[str, ...] = ()


_decoder = msgspec.json.Decoder(Labels)


def read_labels(path: Path) -> Labels:
    """The labels in `path`, or empty ones where there is no such file.

    Raises:
        RunError: where the file can't be read as labels.
    """
    try:
        return _decoder.decode(path.read_bytes())
    except FileNotFoundError:
        return Labels()
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise RunError(f"can't read {path} ({error}): mend it or delete it") from error


def write_labels(path: Path, labels: Labels) -> None:
    """Put `labels` in place of what `path` held; tags lose repeats and empty words.

    Raises:
        OSError: where `path` can't be written.
    """
    tags = tuple(dict.fromkeys(word for tag in labels.tags if (word := tag.strip())))
    document = msgspec.json.format(msgspec.json.encode(Labels(labels.notes, tags)), indent=2)
    write_atomic(path, document + b"\n")
