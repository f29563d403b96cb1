"""Where output goes: a notebook, a terminal or a pipe, and whether somebody sits before it."""

import re
import sys
from contextlib import contextmanager, redirect_stdout


def in_notebook() -> bool:
    """Whether this runs in a Jupyter kernel."""
    return _kernel() is not None


def somebody_is_there() -> bool:
    """Whether the notebook is open before somebody who can be asked; papermill cannot."""
    return bool(getattr(_kernel(), "_allow_stdin", False))


def clean(text: str) -> str:
    """The text without control characters: a model's output must not steer the terminal."""
    return re.sub(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]", "", text)


def note(text: str) -> None:
    """A line for people, on standard error."""
    print(clean(text), file=sys.stderr)


def only_notes():
    """A context in which whatever a library prints goes to standard error."""
    return redirect_stdout(sys.stderr)


@contextmanager
def counter(what: str):
    """Shows how many are done, while it lasts; yields tell(done, total, more=""). In a pipe nothing is shown.

    `more` is text that stands behind `what`.
    """
    if in_notebook():
        with _updated() as show:
            yield lambda done, total, more="": show(f"{done} of {total} {what}{more}")
        return
    from rich.console import Console
    from rich.progress import MofNCompleteColumn, Progress

    console = Console(stderr=True)
    columns = (*Progress.get_default_columns(), MofNCompleteColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done, total, more="": bar.update(
            task, completed=done, total=total, description=f"{what}{more}"
        )


@contextmanager
def _updated():
    """A line below a notebook's cell, gone at the end; yields show(text). Nothing where nobody is there."""
    if not somebody_is_there():
        yield lambda text: None
        return
    from IPython.display import display

    line = display({}, raw=True, display_id=True)
    try:
        yield lambda text: line.update({"text/plain": text}, raw=True)
    finally:
        line.update({}, raw=True)


def _kernel():
    """The Jupyter kernel in which this runs, or None."""
    interactive = sys.modules.get("IPython") and sys.modules["IPython"].get_ipython()
    return getattr(interactive, "kernel", None)
