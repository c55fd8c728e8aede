"""`signtui lesson`: an idea behind networks in a few sentences, with the numbers of a run or of settings."""

import textwrap
from pathlib import Path

import typer

from signtui.cli.help import CONTEXT, Command
from signtui.cli.options import JSON, LOOK, Settings, section_keys, takes_settings
from signtui.lessons import LESSONS, Lesson, Subject, beside, lesson_named, subject_of

app = typer.Typer(rich_markup_mode=None, add_completion=False, context_settings=CONTEXT)
APPS = {"lesson": app}

LETTERS = 24
_WIDEST = 88
_KEYS = ["preset", *section_keys("model"), "data.image_size", "runs.directory", *LOOK]


@app.command("lesson", cls=Command)
@takes_settings(_KEYS, with_set=True)
def lesson(
    settings: Settings,
    name: str = typer.Argument("", metavar="[NAME]", help="A lesson's name; without one they are listed."),
    run: str = typer.Option("", metavar="ID", help="Use the numbers of this run: an id, or latest."),
    json: bool = JSON,
) -> None:
    """A lesson with your own numbers: those of the settings, or of a run.

    Without a name: the lessons, in their order.
    """
    from signtui.cli.output import print_json  # noqa: PLC0415 - not needed for the help

    config = settings.resolve().config
    if not name and not run:
        if json:
            print_json([{"name": one.name, "title": one.title} for one in LESSONS])
        else:
            _list(settings)
        return
    chosen = lesson_named(name) if name else LESSONS[0]
    state = None
    if run:
        from signtui.runs.folder import find_run  # noqa: PLC0415 - only with a run
        from signtui.runs.show import open_run  # noqa: PLC0415

        state = open_run(find_run(Path(config.runs.directory).expanduser(), run), steps=False).state
    subject = subject_of(config, state, (config.data.image_size, LETTERS))
    if json:
        print_json(_document(chosen, subject))
    else:
        _tell(settings, chosen, subject)


def _document(chosen: Lesson, subject: Subject) -> dict[str, object]:
    return {
        "name": chosen.name,
        "title": chosen.title,
        "about": subject.about,
        "paragraphs": chosen.tell(subject),
        "next": beside(chosen, 1).name,
    }


def _list(settings: Settings) -> None:
    from rich.text import Text  # noqa: PLC0415 - not needed for the help

    from signtui.cli.output import Page  # noqa: PLC0415
    from signtui.render.palette import style_of  # noqa: PLC0415

    page = Page(settings.resolve().config.ui)
    width = max(len(one.name) for one in LESSONS)
    for one in LESSONS:
        page.print(
            Text(one.name.ljust(width + 2), style_of("accent", page.style)).append(
                one.title, style_of("faint", page.style)
            )
        )


def _tell(settings: Settings, chosen: Lesson, subject: Subject) -> None:
    from rich.text import Text  # noqa: PLC0415 - not needed for the help

    from signtui.cli.output import Page  # noqa: PLC0415
    from signtui.render.palette import style_of  # noqa: PLC0415

    page = Page(settings.resolve().config.ui)
    style = page.style
    faint = style_of("faint", style)
    page.print(Text(chosen.title, style_of("heading", style)).append(f"  {subject.about}", faint))
    for paragraph in chosen.tell(subject):
        lines = textwrap.wrap(paragraph, min(_WIDEST, style.width)) if style.interactive else [paragraph]
        page.print(Text(""), *map(Text, lines))
    page.print(Text(""), Text(f"next: signtui lesson {beside(chosen, 1).name}", faint))
