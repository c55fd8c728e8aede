"""When a run's network can read a photo, and the box that asks for one."""

from typing import TYPE_CHECKING

from signtui.runs.folder import RunFolder

if TYPE_CHECKING:
    from signtui.tui.app import DashboardApp


def can_predict(app: "DashboardApp", folder: RunFolder) -> bool:
    """Whether an epoch of the run has left weights, and there is an engine to load them."""
    return app.engine.predict is not None and folder.best.is_file()


def open_predicting(app: "DashboardApp", folder: RunFolder) -> None:
    """Ask for a photo, over whatever is on the screen; nothing where there is no engine."""
    from signtui.tui.screens.predict import PredictScreen  # noqa: PLC0415 - not before the first paint

    if app.engine.predict is not None:
        app.push_screen(PredictScreen(folder, app.engine.predict))
