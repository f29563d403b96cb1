"""Before the first byte: is there room, how long will it take, and what sort of model is it?"""

import json
import os
import shutil
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from qvq_nb.download.display import amount, duration
from qvq_nb.download.listing import HubFile
from qvq_nb.download.manifest import UNREADABLE
from qvq_nb.errors import DiskError, IntegrityError, QvqError
from qvq_nb.memory.network import model_sizes
from qvq_nb.models.checkpoint import INDEX_FILE

SMALLEST_RESERVE_BYTES = 32 * 2**20
RESERVE_SHARE = 0.01  # of the model's size


@dataclass(frozen=True)
class Preflight:
    """What a download would do. Sizes in bytes; `bytes_per_second` is None where the speed was not measured."""

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
        here = f", {amount(self.bytes_here)} of it here already" if self.bytes_here else ""
        time = (
            ""
            if self.seconds is None
            else f" At {amount(self.bytes_per_second)}/s that takes {duration(self.seconds)}."
        )
        return (
            f"{self.model}: {self.files} files, {amount(self.bytes_total)}{here}; {amount(self.bytes_to_fetch)} to fetch.{time} "
            f"The disk has {amount(self.bytes_free)} free and keeps a reserve of {amount(self.bytes_reserve)}: "
            f"{'it fits' if self.fits else 'it does not fit'}."
        )


@dataclass(frozen=True)
class Facts:
    """What the small files tell of a model. `parameters` is None for another kind of model than Qwen2-VL."""

    model: str
    parameters: int | None
    weight_bytes: int
    shards: int
    memory_bytes: int  # of this machine
    gpu_bytes: int  # free on all its GPUs together
    verdict: str | None = None  # of `qvq-nb plan` for this machine as it is now

    @property
    def fits(self) -> bool:
        """Whether the plan finds a place for the model; without a plan, whether the weights alone are small enough."""
        if self.verdict:
            return self.verdict != "no"
        return self.weight_bytes <= max(self.memory_bytes, self.gpu_bytes)

    def __str__(self) -> str:
        parameters = f"{self.parameters:,} parameters, " if self.parameters else ""
        shards = f"{self.shards} file{'s' if self.shards != 1 else ''} of weights"
        gpus = f" and {amount(self.gpu_bytes)} free on its GPUs" if self.gpu_bytes else " and no GPU"
        return (
            f"{self.model}: {parameters}{amount(self.weight_bytes)} in {shards}. This machine has {amount(self.memory_bytes)} "
            f"of memory{gpus}: the model {'fits' if self.fits else 'does not fit; it can be downloaded all the same'}."
        )


def check_room(preflight: Preflight) -> None:
    """DiskError if the disk is too small."""
    if not preflight.fits:
        lacking = preflight.bytes_to_fetch + preflight.bytes_reserve - preflight.bytes_free
        raise DiskError(
            f"{preflight} Make {amount(lacking)} free, or choose a folder on another disk with --to. Nothing was fetched."
        )


def free_bytes(folder: Path) -> int:
    """Free bytes on the disk of a folder that may not exist yet; DiskError if it could not be written there."""
    place = next(parent for parent in (folder, *folder.parents) if parent.exists())
    if not place.is_dir():
        raise DiskError(f"{place} is a file, so {folder} cannot be a folder; choose another with --to.")
    if not os.access(place, os.W_OK):
        raise DiskError(f"{place} cannot be written; choose another folder with --to. Nothing was fetched.")
    return shutil.disk_usage(place).free


def reserve_bytes(files: Sequence[HubFile]) -> int:
    return max(SMALLEST_RESERVE_BYTES, round(RESERVE_SHARE * sum(file.size for file in files)))


def facts_of(model: str, folder: Path, files: Sequence[HubFile]) -> Facts:
    """The facts of a model whose small files have come; IntegrityError if its index and the listing contradict each other."""
    import psutil

    from qvq_nb.memory.planning import machine_gpus

    weights = [file for file in files if file.is_weights]
    check_index(model, folder, files)
    return Facts(
        model=model,
        parameters=_parameters(folder),
        weight_bytes=sum(file.size for file in weights),
        shards=len(weights),
        memory_bytes=psutil.virtual_memory().total,
        gpu_bytes=sum(gpu.memory_bytes for gpu in machine_gpus()),
        verdict=_verdict(folder),
    )


def check_index(model: str, folder: Path, files: Sequence[HubFile]) -> None:
    """IntegrityError unless every shard in the index is listed and the shards are long enough for the index's total size."""
    if not any(file.path == INDEX_FILE for file in files):
        return
    try:
        index = json.loads((folder / INDEX_FILE).read_text(encoding="utf-8"))
        shards, total = set(index["weight_map"].values()), int(index.get("metadata", {}).get("total_size", 0))
    except UNREADABLE:
        raise IntegrityError(
            f"{INDEX_FILE} of {model} is no index of shards; take the model from elsewhere."
        ) from None
    sizes = {file.path: file.size for file in files}
    if absent := sorted(map(str, shards - sizes.keys())):
        lack = f"{model} lacks {len(absent)} of the {len(shards)} shards of its index, first {absent[0]}"
        raise IntegrityError(f"{lack}; take it from elsewhere.")
    if (listed := sum(sizes[shard] for shard in shards)) < total:
        raise IntegrityError(
            f"{model} has shards of {listed:,} bytes in the listing, but {total:,} in its index; take it from elsewhere."
        )


def _verdict(folder: Path) -> str | None:
    from qvq_nb.memory.planning import plan

    try:
        return plan(folder).verdict
    except (QvqError, OSError, *UNREADABLE):
        return None


def _parameters(folder: Path) -> int | None:
    try:
        return model_sizes(folder).parameters
    except (QvqError, OSError, *UNREADABLE):
        return None
