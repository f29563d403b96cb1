"""Where the files that travel with the kit lie, in a checkout and in an installed wheel."""

from pathlib import Path

from qvq_nb.errors import QvqError

PACKAGE_FOLDER = Path(__file__).resolve().parent


def data_folder() -> Path:
    """The folder with the embedded model, the fonts and the canonical cases."""
    return _shipped("data")


def notebooks_folder() -> Path:
    """The folder with the lessons: `source`, `en` and `zh`."""
    return _shipped("notebooks")


def _shipped(name: str) -> Path:
    for parent in (PACKAGE_FOLDER, PACKAGE_FOLDER.parent):
        if (parent / name).is_dir():
            return parent / name
    raise QvqError(
        f"The kit's folder {name}/ is missing from this installation; install qvq-notebooks again."
    )
