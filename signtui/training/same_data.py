"""Whether the images found now are those that a run learned from."""

from signtui.config import DataSettings
from signtui.data.classes import told_in
from signtui.data.images import Dataset
from signtui.data.source import configured_dataset
from signtui.errors import DataError
from signtui.events import DataFacts
from signtui.runs.folder import RunFolder
from signtui.runs.log import read_events
from signtui.runs.state import RunState


def state_in_brief(folder: RunFolder) -> RunState:
    """The run's state without its steps. Raises RunError where its log can't be read."""
    return RunState.of(read_events(folder.events, most_steps=0))


def data_of_run(folder: RunFolder, settings: DataSettings) -> Dataset:
    """What the run learned from, found by its `settings` and told in its classes.

    Raises:
        DataError: where it is not found, or is other data.
        RunError: where the run's log can't be read.
    """
    before = state_in_brief(folder).data
    dataset = configured_dataset(settings)
    if before is None:
        return dataset
    dataset = told_in(dataset, before.classes)
    refuse_other_data(folder.id, before, dataset)
    return dataset


def refuse_other_data(run: str, before: DataFacts, dataset: Dataset) -> None:
    """Raise DataError where `dataset` is other data than `before`, which the run of this id learned from."""
    now = [file.sha256 for file in dataset.files]
    then = [file.get("sha256") for file in before.files]
    if now != then or dataset.classes != before.classes:
        raise DataError(
            f"run {run} learned from {before.name}, and what is found now is other data"
            f" ({dataset.name}); give --data-dir with the same files, or start a new run"
        )
    checksum = dataset.grouping.sha256 if dataset.grouping else ""
    if before.held_out and checksum != before.groups_sha256:
        raise DataError(
            f"run {run} held out {before.group_kind} {before.held_out} by a table that is not the one"
            " found now; give --groups with the same table, or start a new run"
        )
