"""Where things lie: what travels with the kit, in a checkout or a wheel, and the user's own folders."""

import tempfile
from pathlib import Path

from qvq_nb.errors import QvqError

PACKAGE_FOLDER = Path(__file__).resolve().parent


def data_folder() -> Path:
    """The folder with the embedded model, the fonts and the canonical cases."""
    return _shipped("data")


def notebooks_folder() -> Path:
    """The folder with the lessons: `source`, `en` and `zh`."""
    return _shipped("notebooks")


def home_folder() -> Path:
    """The user's home; the system's temporary folder for a user who has none, as in some containers."""
    try:
        return Path.home()
    except (RuntimeError, KeyError):  # neither HOME nor an entry in the list of users
        return Path(tempfile.gettempdir())


def working_folder() -> list[Path]:
    """The folder in which the command runs; none where it was deleted meanwhile."""
    try:
        return [Path.cwd()]
    except OSError:
        return []


def expanded(written: str | Path) -> Path:
    """A path with the home folder in place of "~"; QvqError where nobody has such a home."""
    try:
        return Path(written).expanduser()
    except RuntimeError:
        raise QvqError(
            f"The home folder in {str(written)[:200]!r} is not known; write the whole path."
        ) from None


def _shipped(name: str) -> Path:
    for parent in (PACKAGE_FOLDER, PACKAGE_FOLDER.parent):
        if (parent / name).is_dir():
            return parent / name
    raise QvqError(
        f"The kit's folder {name}/ is missing from this installation; install qvq-notebooks again."
    )
