"""What the terminal is asked, and what is made of its answer."""

import os
import pty
import select
import threading
from collections.abc import Iterator

import pytest

from signtui.render.graphics import QUESTIONS, Answer, ask_terminal, choose

PLAIN = {"TERM": "xterm-256color"}
KITTY = b"\x1b_Gi=31;OK\x1b\\"


@pytest.fixture
def line() -> Iterator[tuple[int, int]]:
    master, slave = pty.openpty()
    yield master, slave
    os.close(master)
    os.close(slave)


def asked(line: tuple[int, int], *answers: bytes) -> Answer:
    """What is understood of a terminal that says `answers` once it has read the questions."""
    master, slave = line

    def terminal() -> None:
        heard = b""
        while QUESTIONS.encode() not in heard:
            heard += os.read(master, 1024)
        for answer in answers:
            os.write(master, answer)

    thread = threading.Thread(target=terminal)
    thread.start()
    answer = ask_terminal(slave, slave, PLAIN, seconds=30)
    thread.join()
    return answer


def test_a_terminal_with_both(line: tuple[int, int]) -> None:
    answer = asked(line, KITTY + b"\x1b[6;20;10t", b"\x1b[?62;4;22c")
    assert answer == Answer(kitty=True, sixel=True, cell=(10, 20))
    assert answer.in_words == "kitty, sixel, cells of 10x20 pixels"


def test_an_answer_in_pieces_among_keys(line: tuple[int, int]) -> None:
    assert asked(line, b"q\x1b_Gi=31", b";OK\x1b\\j\x1b[?6", b"2c") == Answer(kitty=True)


def test_an_error_is_no_and_64_is_not_4(line: tuple[int, int]) -> None:
    answer = asked(line, b"\x1b_Gi=31;ENOTSUPPORTED:no\x1b\\\x1b[?64;14c")
    assert answer == Answer()
    assert "neither" in answer.in_words


def test_a_first_attribute_of_4_is_a_class_of_terminal(line: tuple[int, int]) -> None:
    assert not asked(line, b"\x1b[?4;6c").sixel


def test_silence_ends_with_the_time(line: tuple[int, int]) -> None:
    answer = ask_terminal(line[1], line[1], PLAIN, seconds=0.01)
    assert "said nothing" in answer.refusal
    assert choose("kitty", answer) == (None, f"{answer.refusal[13:]}; images are drawn in blocks")


@pytest.mark.parametrize("inside", [{"TMUX": "/tmp/tmux"}, {"STY": "1.here"}, {"TERM": "screen-256color"}])
def test_within_tmux_and_screen_nothing_is_asked(line: tuple[int, int], inside: dict[str, str]) -> None:
    answer = ask_terminal(line[1], line[1], PLAIN | inside)
    assert "tmux and screen" in answer.refusal
    assert not select.select([line[0]], [], [], 0)[0]


def test_a_pipe_cant_be_asked() -> None:
    reads, writes = os.pipe()
    assert "no terminal" in ask_terminal(reads, writes, PLAIN).refusal
    os.close(reads)
    os.close(writes)


BOTH, NONE = Answer(True, True, (10, 20)), Answer()


@pytest.mark.parametrize(
    ("wanted", "answer", "found"),
    [
        ("blocks", BOTH, None),
        ("auto", BOTH, "kitty"),
        ("auto", Answer(sixel=True, cell=(10, 20)), "sixel"),
        ("auto", Answer(sixel=True), None),
        ("auto", NONE, None),
        ("sixel", BOTH, "sixel"),
        ("kitty", BOTH, "kitty"),
    ],
)
def test_the_best_that_is_wanted_and_there(wanted: str, answer: Answer, found: str | None) -> None:
    assert choose(wanted, answer) == (found, "")


def test_what_is_not_there_is_said_with_what_comes_instead() -> None:
    assert choose("kitty", NONE) == (None, "the terminal has no kitty graphics; images are drawn in blocks")
    assert "size of its cells" in choose("sixel", Answer(sixel=True))[1]
