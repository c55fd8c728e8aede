"""The user's own keys: checked against what there is, obeyed, and shown wherever keys are shown."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from recorded_run import RecordedSource, begun, dashboard, screen_text, settle
from textual.binding import Binding
from textual.pilot import Pilot

from signtui.config import Assignment
from signtui.errors import ConfigError
from signtui.tui.app import DashboardApp
from signtui.tui.key_bindings import _kinds, actions, checked_keymap, textual_keymap, user_keys
from signtui.tui.key_names import NoSuchKey, key_words, parsed_keys
from signtui.tui.screens.train import TrainScreen
from signtui.tui.widgets.chart import CurveChart
from signtui.tui.widgets.footer import Footer
from signtui.tui.widgets.form import SettingsForm

P = Pilot[int]


def table(**keys: str) -> dict[str, Assignment]:
    """A [keys] table; `__` stands for the dot of an id."""
    named = {name.replace("__", "."): value for name, value in keys.items()}
    return {
        name: Assignment(name, value, f"config.toml, line {n}")
        for n, (name, value) in enumerate(named.items(), 2)
    }


def refusal(**keys: str) -> str:
    with pytest.raises(ConfigError) as error:
        checked_keymap(table(**keys))
    return str(error.value)


def with_keys(
    test: Callable[[P, RecordedSource], Awaitable[None]], size: tuple[int, int] = (120, 40), **keys: str
) -> None:
    """Run `test` over a run that is on, with these keys."""

    async def go() -> None:
        source = RecordedSource(begun(30))
        plain = dashboard()
        app = DashboardApp(
            plain.config, plain._style, plain.engine, keys=user_keys(table(**keys)), poll_seconds=None
        )
        async with app.run_test(size=size) as pilot:
            await settle(pilot)
            app.watch_run(source)
            await settle(pilot)
            await test(pilot, source)

    asyncio.run(go())


def footer(pilot: P) -> str:
    return pilot.app.screen.query_one(Footer).shown


def test_every_key_of_every_screen_and_widget_has_an_id_and_says_what_it_does() -> None:
    for kind in _kinds():
        for binding in vars(kind).get("BINDINGS", ()):
            assert isinstance(binding, Binding), kind
            assert binding.id, (kind, binding)
            assert binding.description, (kind, binding)


def test_an_id_means_one_action() -> None:
    meant: dict[str, str] = {}
    for kind in _kinds():
        for binding in vars(kind).get("BINDINGS", ()):
            assert meant.setdefault(binding.id, binding.action) == binding.action, binding.id


def test_the_keys_as_they_are_clash_nowhere() -> None:
    for name, action in actions().items():
        for key in action.usual:
            assert checked_keymap(table(**{name.replace(".", "__"): key})) == {name: (key,)}


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("chart.smothing", "chart.smoothing"),
        ("trian", "train"),
        ("palete", "palette"),
        ("runs.filters", "runs.filter"),
    ],
)
def test_an_unknown_id_names_the_nearest(name: str, near: str) -> None:
    words = refusal(**{name.replace(".", "__"): "M"})
    assert words == f"config.toml, line 2: unknown action {name} in [keys]; did you mean {near}?"


def test_an_id_like_none_is_sent_to_the_list() -> None:
    assert "`signtui config keys` lists every id" in refusal(xyzzy="M")


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        ({"chart__smoothing": "l"}, "l is also a logarithmic y axis (chart.log, charts)"),
        ({"pause": "t"}, "t is also a new run with the settings as they are (train, Train screen)"),
        ({"help": "A"}, "A is also taken by the images"),
        ({"train": "f5", "full": "f5"}, "f5 is also"),
        ({"gallery__which": "W"}, "W is also taken by the images"),
        ({"show__data": "x"}, "x is also"),
    ],
)
def test_a_key_that_would_do_two_things_is_refused(keys: dict[str, str], words: str) -> None:
    found = refusal(**keys)
    assert words in found
    assert "config.toml, line" in found


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("hello", "no key 'hello'"),
        ("shift+a", "write 'A'"),
        ("ctrl+i", "'tab'"),
        ("foo+x", "'foo'"),
        ("", "no key is named"),
        ("a,,b", "the comma itself is called comma"),
    ],
)
def test_an_impossible_key_is_refused_with_what_to_write(written: str, words: str) -> None:
    found = refusal(train=written)
    assert found.startswith("config.toml, line 2: keys.train = ")
    assert words in found


def test_what_acts_while_text_is_typed_takes_no_key_that_types() -> None:
    for name in ("quit__always", "palette", "jump"):
        assert "could not be typed any more" in refusal(**{name: "x"})
    assert checked_keymap(table(jump="f2")) == {"jump": ("f2",)}


def test_two_keys_may_change_places_and_a_pair_may_part() -> None:
    swapped = checked_keymap(table(chart__smoothing="l", chart__log="m"))
    assert swapped == {"chart.smoothing": ("l",), "chart.log": ("m",)}
    assert checked_keymap(table(pause="p", resume="p")) == {"pause": ("p",), "resume": ("p",)}


ALL = sorted(actions())
FREE = [*(f"f{number}" for number in range(1, 13)), *(f"ctrl+{letter}" for letter in "abdefgkrtuvwy")]


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from(ALL), st.sampled_from(FREE), max_size=8))
def test_a_table_is_refused_in_one_sentence_or_obeyed_to_the_letter(wanted: dict[str, str]) -> None:
    assignments = {
        name: Assignment(name, key, f"f, line {n}") for n, (name, key) in enumerate(wanted.items())
    }
    refused = ""
    try:
        own = checked_keymap(assignments)
    except ConfigError as error:
        refused = str(error)
    if refused:
        assert refused.startswith("f, line ")
        assert "\n" not in refused
        return
    assert own == {name: (key,) for name, key in wanted.items()}
    keymap = textual_keymap(own)
    for kind in _kinds():
        bindings = kind._merged_bindings
        if bindings is None:
            continue
        before = {binding.id for _, binding in bindings if binding.id}
        changed = bindings.copy()
        changed.apply_keymap(keymap)
        keys: dict[str, set[str]] = {}
        for key, binding in changed:
            if binding.id:
                keys.setdefault(binding.id, set()).add(key)
        assert set(keys) == before  # nothing is lost with the key that was taken from it
        for name in before:
            assert keys[name] == set(own.get(name, actions()[name].usual)), (kind, name)


@given(st.text(max_size=12))
def test_whatever_is_written_for_a_key_is_one_or_is_refused(text: str) -> None:
    keys: tuple[str, ...] = ()
    with contextlib.suppress(NoSuchKey):
        keys = parsed_keys(text)
    assert all(key == key.strip() and key_words(key) for key in keys)
    assert bool(keys) or text not in {"a", "?", "f5", "ctrl+t"}


def test_new_keys_act_old_ones_do_not_and_the_footer_shows_them() -> None:
    async def test(pilot: P, source: RecordedSource) -> None:
        assert "p pause" in footer(pilot)
        assert "^t stop" in footer(pilot)
        await pilot.press("space", "s")
        assert source.sent == []
        await pilot.press("p")
        assert len(source.sent) == 1
        chart = pilot.app.screen.query(CurveChart).first()
        chart.focus()
        await settle(pilot)
        assert "M smoothing" in footer(pilot)
        before = chart.view.smoothing
        await pilot.press("m")
        assert chart.view.smoothing == before
        await pilot.press("M")
        assert chart.view.smoothing != before

    with_keys(test, pause="p", stop="ctrl+t", chart__smoothing="M")


def test_what_shares_a_key_with_a_changed_action_keeps_it() -> None:
    async def test(pilot: P, source: RecordedSource) -> None:
        await pilot.press("p")
        app = pilot.app
        assert isinstance(app, DashboardApp)
        assert app.watched is not None
        app.watched.status = "paused"
        app.screen.refresh_bindings()
        await settle(pilot)
        assert "space go on" in footer(pilot)
        await pilot.press("space")
        assert len(source.sent) == 2

    with_keys(test, pause="p")


def test_a_pair_of_keys_is_shown_with_what_each_is_now() -> None:
    async def test(pilot: P, source: RecordedSource) -> None:
        assert "right h change" in footer(pilot)
        pilot.app.screen.query_one(SettingsForm).chosen = "train.epochs"
        await pilot.press("h")
        assert pilot.app.config.train.epochs == 1  # type: ignore[attr-defined]  # it is the dashboard

    with_keys(test, form__less="h")


def test_help_palette_header_and_prose_name_the_users_keys() -> None:
    async def test(pilot: P, source: RecordedSource) -> None:
        assert "f9 Data" in screen_text(pilot).split("\n")[0]
        commands = {c.title: c.help for c in pilot.app.get_system_commands(pilot.app.screen)}
        assert commands["Show Data"] == "key f9"
        assert commands["Train"].endswith("(key ^t)")
        await pilot.press("f1")
        await settle(pilot)
        shown = screen_text(pilot)
        assert "press ^t" in " ".join(shown.split())
        await pilot.press("escape", "f9")
        await settle(pilot)
        assert not isinstance(pilot.app.screen, TrainScreen)

    with_keys(test, help="f1", train="ctrl+t,t", show__data="f9")


def test_before_any_run_the_invitation_names_the_key() -> None:
    async def go() -> None:
        plain = dashboard()
        keys = user_keys(table(train="ctrl+t"))
        app = DashboardApp(plain.config, plain._style, plain.engine, keys=keys, poll_seconds=None)
        async with app.run_test(size=(80, 24)) as pilot:
            await settle(pilot)
            assert "no run yet: ^t trains with these settings" in screen_text(pilot)

    asyncio.run(go())
