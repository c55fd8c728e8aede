"""A signer held out: nothing that makes or chooses the network sees that hand, and it is scored once."""

from pathlib import Path

import pytest
import torch
from recorded_reading import PLAIN, digests
from safetensors.torch import load_file

from signtui.errors import DataError
from signtui.events import RunEnded, RunStarted
from signtui.model.sureness import UNFITTED
from signtui.model.weights import load_weights
from signtui.runs.folder import RunFolder
from signtui.runs.log import read_events
from signtui.runs.show import show
from signtui.runs.summary import list_runs, read_summary
from signtui.training.material import gather
from signtui.training.session import TrainingSession


@pytest.mark.parametrize("networks", [1, 2])
def test_a_held_out_signer_is_read_by_nothing_but_the_last_score(train, read, signed_shapes, networks):
    session, events = train(
        data__directory=signed_shapes, data__held_out="bo", model__ensemble=networks, **PLAIN
    )
    split = session.material.split
    held_out = set(digests(split.held_out.images.images))
    others = set(digests(session.material.dataset.train.images[split.train_indices]))
    assert len(held_out) == len(split.held_out.images) > 100
    assert not held_out & others

    seen = [(what, image) for what, image in read if image in held_out]
    # Each once by each network, and that is all.
    assert sorted(image for _, image in seen) == sorted([*held_out] * networks)
    assert {what for what, _ in seen} == {"scored"}
    first = next(place for place, (_, image) in enumerate(read) if image in held_out)
    assert {image for _, image in read[first:]} == held_out  # nothing was read after it, or in between

    # The record is of what was learned and of what chose the epoch: not empty, and of the others alone.
    assert {image for what, image in read if what == "learned"} == others
    assert {image for what, image in read if what == "augmented"} == others
    chosen_by = digests(split.validation.images)
    assert set(chosen_by) <= {image for what, image in read[:first] if what == "scored"}
    assert not held_out & set(chosen_by)
    assert events[-1].held_out.images == len(held_out)


def test_other_pixels_of_the_held_out_signer_change_nothing_that_is_kept(train, signed_shapes, tmp_path):
    spoilt = tmp_path / "spoilt"
    spoilt.mkdir()
    for name in ("test.csv", "signers.csv"):
        (spoilt / name).write_bytes((signed_shapes / name).read_bytes())
    lines = (signed_shapes / "train.csv").read_text().splitlines()
    table = (signed_shapes / "signers.csv").read_text().splitlines()[1:321]
    for row, said in enumerate(table, 1):
        if said.endswith(",bo"):
            label, *pixels = lines[row].split(",")
            lines[row] = ",".join([label, *(str(255 - int(pixel)) for pixel in pixels)])
    (spoilt / "train.csv").write_text("\n".join(lines) + "\n")
    runs = [train(data__directory=folder, data__held_out="bo") for folder in (signed_shapes, spoilt)]
    (one, events), (other, other_events) = runs
    kept, kept_of_other = (load_file(session.folder.best) for session in (one, other))
    assert kept.keys() == kept_of_other.keys()
    assert all(torch.equal(tensor, kept_of_other[name]) for name, tensor in kept.items())
    fitted, fitted_of_other = (load_weights(session.folder.best)[1].sureness for session in (one, other))
    assert fitted == fitted_of_other != UNFITTED
    assert [event.validation for event in events if hasattr(event, "recall")] == [
        event.validation for event in other_events if hasattr(event, "recall")
    ]
    assert events[-1].held_out.accuracy > 0.9 > other_events[-1].held_out.accuracy


def test_the_held_out_score_is_in_the_log_the_summary_and_the_page(train, signed_shapes):
    session, events = train(data__directory=signed_shapes, data__held_out="cy")
    facts, score = events[0].data, events[-1].held_out
    assert (facts.held_out, facts.group_kind, facts.groups) == ("cy", "signer", ("ann", "bo", "cy"))
    assert facts.held_out_images == score.images == 104
    assert facts.train_images + facts.validation_images + facts.held_out_images == 320
    assert "of other signers" in facts.validation
    assert (score.kind, score.group) == ("signer", "cy")
    assert sum(map(sum, score.confusion)) == score.images
    assert score.accuracy == sum(row[i] for i, row in enumerate(score.confusion)) / score.images
    assert list(read_events(session.folder.events)) == events
    summary = read_summary(session.folder)
    assert (summary.held_out.group, summary.held_out.accuracy) == ("cy", score.accuracy)
    assert summary.data.held_out == "cy"
    assert list_runs(session.folder.path.parent) == [summary]
    document = show(session.folder)
    assert document["held_out"]["accuracy"] == score.accuracy
    assert document["confusion_split"] == "test"


def test_a_signer_who_is_validated_on_is_not_scored_again(train, signed_shapes):
    _, events = train(data__directory=signed_shapes, data__validation="signers", train__epochs=1)
    facts = events[0].data
    assert (facts.held_out, facts.held_out_images) == ("ann", 0)
    assert facts.validation.startswith("signer ann")
    assert "choose the best epoch" in facts.warning
    assert events[-1].held_out is None


def test_a_run_that_was_cut_off_before_its_scores_takes_them_on_a_resume(train, signed_shapes):
    changes = {"data__directory": signed_shapes, "data__held_out": "bo"}
    whole, events = train(**changes)
    log = whole.folder.events.read_bytes().splitlines(keepends=True)
    whole.folder.events.write_bytes(b"".join(log[:-1]))  # killed while it scored
    whole.folder.summary.unlink()
    _, again = train(session=TrainingSession.resume(RunFolder(whole.folder.path), {}))
    assert isinstance(again[0], RunStarted)
    assert isinstance(again[-1], RunEnded)
    assert again[-1].reason == "finished"
    assert again[-1].held_out == events[-1].held_out
    assert again[-1].test == events[-1].test
    assert again[-1].best == events[-1].best


def test_a_resume_with_another_table_is_refused(train, signed_shapes, tmp_path):
    table = tmp_path / "who.csv"
    table.write_bytes((signed_shapes / "signers.csv").read_bytes())

    def stop(session, event):
        if getattr(event, "step", 0) > 4:
            session.control.stop()

    session, _ = train(
        steer=stop, data__directory=signed_shapes, data__held_out="bo", data__groups=table, train__epochs=50
    )
    text = table.read_text()
    table.write_text(text.replace("train.csv,1,ann", "train.csv,1,bo"))
    with pytest.raises(DataError, match="held out signer bo by a table that is not the one found now"):
        TrainingSession.resume(session.folder, {})
    other = Path(tmp_path / "moved.csv")
    other.write_text(text)
    TrainingSession.resume(session.folder, {"data.groups": str(other)})


def test_holding_out_somebody_unknown_leaves_no_run_behind(config_for, signed_shapes):
    config = config_for(data__directory=signed_shapes, data__held_out="dee")
    with pytest.raises(DataError, match="has the signers ann, bo, cy"):
        TrainingSession.open(config)
    assert not Path(config.runs.directory).exists()


def test_no_image_of_the_microscope_or_the_samples_is_of_the_held_out_signer(config_for, signed_shapes):
    material = gather(config_for(data__directory=signed_shapes, data__held_out="bo"))
    held_out = set(digests(material.split.held_out.images.images))
    assert not held_out & set(digests(material.samples().images))
