"""Which epoch is the best one, when a run has stalled, and that a checkpoint keeps both."""

from signtui.events import Best, Score
from signtui.training.best_epoch import BestEpoch


def of(accuracy: float, loss: float = 0.5) -> Score:
    return Score(loss=loss, accuracy=accuracy, images=100)


def told(chosen: BestEpoch, *scores: Score) -> list[bool]:
    """Of each epoch whether it is the best; what is best is kept, as the trainer does."""
    answers = []
    for epoch, score in enumerate(scores, start=1):
        answers.append(chosen.take(epoch, score))
        if answers[-1]:
            chosen.keep(epoch, score)
    return answers


def test_less_than_one_photograph_worse_is_as_good_and_later():
    chosen = BestEpoch(photographs=10)
    assert told(chosen, of(0.8), of(0.9), of(0.85), of(0.75)) == [True, True, True, False]
    assert chosen.best == Best(epoch=3, validation=of(0.85))
    assert chosen.highest == 0.9


def test_small_steps_down_are_measured_from_the_highest_not_from_the_last_best():
    chosen = BestEpoch(photographs=10)
    assert told(chosen, of(0.9), of(0.84), of(0.79)) == [True, True, False]


def test_where_validation_chooses_nothing_the_last_epoch_is_kept():
    assert told(BestEpoch(photographs=10, keeps_last=True), of(0.9), of(0.2)) == [True, True]


def test_a_run_stalls_where_neither_accuracy_nor_loss_gets_better():
    chosen = BestEpoch(photographs=10)
    told(chosen, of(0.9, 0.5), of(0.9, 0.4), of(0.9, 0.4), of(0.85, 0.1))
    assert chosen.improved == Best(epoch=2, validation=of(0.9, 0.4))
    assert not chosen.has_stalled(done=4, patience=3)
    assert chosen.has_stalled(done=4, patience=2)
    assert not chosen.has_stalled(done=400, patience=0)


def test_what_a_checkpoint_keeps_is_taken_up_again():
    chosen, again = BestEpoch(photographs=10), BestEpoch(photographs=10)
    told(chosen, of(0.8), of(0.6), of(0.75))
    again.restore(chosen.state())
    assert again == chosen
    assert chosen.state()["best"]["epoch"] == 3
