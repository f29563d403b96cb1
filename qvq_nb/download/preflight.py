"""Before the first byte: is there room, and how long will it take?"""

import os
import shutil
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from qvq_nb.download.fetch import bytes_here
from qvq_nb.download.listing import HubFile
from qvq_nb.download.source import speed_of
from qvq_nb.errors import DiskError
from qvq_nb.files import duration, gigabytes

SMALLEST_RESERVE_BYTES = 32 * 2**20
RESERVE_SHARE = 0.01  # of the model's size
WORTH_A_PROBE_BYTES = 256 * 2**20  # below, a download is over before its length matters


@dataclass(frozen=True)
class Preflight:
    """What a download would do. Sizes in bytes; `bytes_per_second` is None where the speed was not
    measured."""

    model: str
    folder: Path
    hub: str
    endpoint: str
    files: int
    bytes_total: int
    bytes_here: int
    bytes_free: int
    bytes_reserve: int
    bytes_per_second: float | None = None

    @property
    def bytes_to_fetch(self) -> int:
        return self.bytes_total - self.bytes_here

    @property
    def fits(self) -> bool:
        """Whether the disk keeps a reserve when everything has come."""
        return not self.bytes_to_fetch or self.bytes_free - self.bytes_to_fetch >= self.bytes_reserve

    @property
    def seconds(self) -> float | None:
        """How long the download takes at the measured speed."""
        return self.bytes_to_fetch / self.bytes_per_second if self.bytes_per_second else None

    def to_dict(self) -> dict:
        """Everything as plain values, ready for JSON."""
        return {
            **asdict(self),
            "folder": str(self.folder),
            "fits": self.fits,
            "bytes_to_fetch": self.bytes_to_fetch,
        }

    def __str__(self) -> str:
        here = f", {gigabytes(self.bytes_here)} of it here already" if self.bytes_here else ""
        time = (
            ""
            if self.seconds is None
            else f" At {gigabytes(self.bytes_per_second)}/s that takes {duration(self.seconds)}."
        )
        return (
            f"{self.model}: {self.files} files, {gigabytes(self.bytes_total)}{here}; "
            f"{gigabytes(self.bytes_to_fetch)} to fetch.{time} "
            f"The disk has {gigabytes(self.bytes_free)} free and keeps a reserve of "
            f"{gigabytes(self.bytes_reserve)}: "
            f"{'it fits' if self.fits else 'it does not fit'}."
        )


def check_room(preflight: Preflight) -> None:
    """DiskError if the disk is too small."""
    if not preflight.fits:
        lacking = preflight.bytes_to_fetch + preflight.bytes_reserve - preflight.bytes_free
        raise DiskError(
            f"{preflight} Make {gigabytes(lacking)} free, or choose a folder on another disk with --to. "
            "Nothing was fetched."
        )


def free_bytes(folder: Path) -> int:
    """Free bytes on the disk of a folder that may not exist yet; DiskError if it could not be written
    there."""
    place = next(parent for parent in (folder, *folder.parents) if parent.exists())
    if not place.is_dir():
        raise DiskError(f"{place} is a file, so {folder} cannot be a folder; choose another with --to.")
    if not os.access(place, os.W_OK):
        raise DiskError(f"{place} cannot be written; choose another folder with --to. Nothing was fetched.")
    return shutil.disk_usage(place).free


def reserve_bytes(files: Sequence[HubFile]) -> int:
    return max(SMALLEST_RESERVE_BYTES, round(RESERVE_SHARE * sum(file.size for file in files)))


def preflight_of(repository, folder, source, files, probe_above_bytes=WORTH_A_PROBE_BYTES) -> Preflight:
    """What a download would do; the line's speed is measured where more than that is to come."""
    total, here = sum(file.size for file in files), sum(bytes_here(folder, file) for file in files)
    speed = source.bytes_per_second
    if speed is None and source.client and total - here > probe_above_bytes:
        speed = speed_of(source.client, files)
    where = (repository, folder, source.hub, source.endpoint)
    return Preflight(*where, len(files), total, here, free_bytes(folder), reserve_bytes(files), speed)
