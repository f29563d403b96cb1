"""The repair of a mixed install of torch and torchvision: two files, put into site-packages or taken away."""

import sysconfig
from pathlib import Path

from qvq_nb.errors import QvqError
from qvq_nb.files import replacing

REPAIR_SOURCE = Path(__file__).with_name("torchvision_repair.py")
REPAIR_MODULE = "qvq_nb_torchvision_repair"


def site_packages() -> Path:
    """Where this environment keeps its packages."""
    return Path(sysconfig.get_path("purelib"))


def repair_files(folder: Path) -> dict[Path, str]:
    """The two files of the repair, in the order in which they are written, and their text."""
    return {
        folder / f"{REPAIR_MODULE}.py": REPAIR_SOURCE.read_text(encoding="utf-8"),
        folder / f"{REPAIR_MODULE}.pth": f"import {REPAIR_MODULE}\n",
    }


def is_repaired(folder: Path) -> bool:
    """Do the repair's files lie in this site-packages folder?"""
    return all(path.is_file() for path in repair_files(folder))


def write_repair(folder: Path) -> None:
    """Put the repair into a site-packages folder, whole or not at all; a second time changes nothing."""
    for path, text in repair_files(folder).items():
        if path.is_file() and path.read_text(encoding="utf-8") == text:
            continue
        try:
            with replacing(path) as unfinished:
                unfinished.write_text(text, encoding="utf-8")
        except OSError as error:
            raise QvqError(
                f"The repair cannot be written to {folder} ({error.strerror}) and nothing was changed; make "
                "room, or make an environment of your own, for example with `make setup`."
            ) from None


def remove_repair(folder: Path) -> None:
    """Take the repair out of a site-packages folder."""
    for path in reversed(repair_files(folder)):
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            raise QvqError(f"{path} cannot be deleted ({error.strerror}); delete it by hand.") from None
