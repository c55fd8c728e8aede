import os
import signal
import threading

import pytest

from signtui.cli.signals import TrainingSignals
from signtui.cli.voice import Voice
from signtui.config import UiSettings
from signtui.training.control import Control


class ControlInterruptedAgain(Control):
    """The second Ctrl-C comes while the first one is being obeyed, with the control's lock held."""

    def stop(self, reason="stopped", *, now=False):
        if not now:
            with self._wake._cond:
                os.kill(os.getpid(), signal.SIGINT)
        super().stop(reason, now=now)


@pytest.fixture
def patient(monkeypatch):
    """Nobody gives up on the test process."""
    monkeypatch.setattr("signtui.cli.signals.PATIENCE_SECONDS", threading.TIMEOUT_MAX)


def test_two_quick_interrupts_are_taken_one_after_the_other(patient):
    control = ControlInterruptedAgain()
    with TrainingSignals(Voice(UiSettings())) as signals:
        signals.steer(control)
        os.kill(os.getpid(), signal.SIGINT)
    assert control.stop_reason == "interrupted"
    assert control.now


def test_the_first_reason_stays(patient):
    control = Control()
    with TrainingSignals(Voice(UiSettings())) as signals:
        signals.steer(control)
        os.kill(os.getpid(), signal.SIGTERM)
        os.kill(os.getpid(), signal.SIGINT)
    assert (control.stop_reason, control.now) == ("terminated", False)


def test_what_is_to_be_ignored_stays_ignored_and_handlers_are_put_back():
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    interrupt = signal.getsignal(signal.SIGINT)
    try:
        with TrainingSignals(Voice(UiSettings())):
            assert signal.getsignal(signal.SIGHUP) == signal.SIG_IGN
            assert signal.getsignal(signal.SIGINT) != interrupt
        assert signal.getsignal(signal.SIGINT) == interrupt
    finally:
        signal.signal(signal.SIGHUP, before)
