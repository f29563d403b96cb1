"""Where output goes: a notebook, a terminal or a pipe, and whether somebody sits before it."""

import re
import sys


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


def _kernel():
    """The Jupyter kernel in which this runs, or None."""
    interactive = sys.modules.get("IPython") and sys.modules["IPython"].get_ipython()
    return getattr(interactive, "kernel", None)
