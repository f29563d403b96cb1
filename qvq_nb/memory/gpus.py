"""GPUs: planned ones from a text, this machine's own from its driver, and those that are known by name."""

import itertools
import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from functools import cache

from qvq_nb import paths
from qvq_nb.errors import QvqError
from qvq_nb.files import GIB, read_json

USABLE_SHARE = 0.95  # the rest of a GPU belongs to CUDA itself
LARGEST_NUMBER_OF_GPUS = 64
NVIDIA_SMI = (
    "nvidia-smi",
    "--query-gpu=index,uuid,name,memory.total,memory.free",
    "--format=csv,noheader,nounits",
)
NVIDIA_SMI_TIMEOUT_SECONDS = 20
GPUS = re.compile(
    r"\s*(\d{1,4})\s*[x×]\s*([\w. -]+?)\s*(?:@\s*(\d+(?:\.\d+)?))?\s*", re.ASCII | re.IGNORECASE
)


@dataclass(frozen=True)
class GPU:
    """One GPU; its memory is what is free where it is there, nominal where it is planned."""

    name: str
    memory_bytes: int
    bandwidth_bytes_per_second: float | None = None

    @property
    def usable_bytes(self) -> int:
        """What a model may take: 95 %; the rest is for CUDA itself."""
        return int(self.memory_bytes * USABLE_SHARE)


def parse_gpus(text: str) -> tuple[GPU, ...]:
    """GPUs from a text, joined by commas: "4x48" (GiB), "2x80@2039" (GB/s besides), "2xL40S" (by name)."""
    found = []
    for part in str(text).split(","):
        match = GPUS.fullmatch(part)
        gpu = match and _planned(match[2], match[3])
        if not gpu:
            raise QvqError(
                f"{part.strip()!r} names no GPUs. Write 4x48 for four of 48 GiB, "
                "4x48@864 with their bandwidth in GB/s, or 4xL40S by name; data/gpus.json has the names."
            )
        if not int(match[1]) >= 1 or len(found) + int(match[1]) > LARGEST_NUMBER_OF_GPUS:
            raise QvqError(f"{part.strip()!r}: the number of GPUs is from 1 to {LARGEST_NUMBER_OF_GPUS}.")
        found += [gpu] * int(match[1])
    return tuple(found)


def _planned(what: str, bandwidth: str | None) -> GPU | None:
    """A GPU from its size in GiB or its name; None if it is neither."""
    bytes_per_second = float(bandwidth) * 1e9 if bandwidth else None
    if re.fullmatch(r"\d{1,4}(\.\d+)?", what):
        size = round(float(what) * GIB)
        return GPU(f"{what} GiB", size, bytes_per_second or None) if size else None
    known = known_gpu(what)
    return known and GPU(known.name, known.memory_bytes, bytes_per_second or known.bandwidth_bytes_per_second)


def known_gpu(name: str) -> GPU | None:
    """The GPU that people or drivers call so, with its nominal memory; None if data/gpus.json has none."""
    return _known_gpus().get(_bare(name))


@cache
def _known_gpus() -> dict[str, GPU]:
    return {
        _bare(name): GPU(row["name"], row["memory_gib"] * GIB, row["bandwidth_gb_per_second"] * 1e9)
        for row in read_json(paths.data_folder() / "gpus.json")["gpus"]
        for name in (row["name"], *row["driver_names"])
    }


def _bare(name: str) -> str:
    return re.sub(r"nvidia|geforce|tesla|[^a-z0-9]", "", name.lower())


def machine_gpus() -> tuple[GPU, ...]:
    """This machine's NVIDIA GPUs that CUDA_VISIBLE_DEVICES allows, with the memory that is free now."""
    if not shutil.which(NVIDIA_SMI[0]):
        return ()
    try:
        done = subprocess.run(NVIDIA_SMI, capture_output=True, text=True, timeout=NVIDIA_SMI_TIMEOUT_SECONDS)
    except (OSError, subprocess.TimeoutExpired):
        return ()
    visible = os.environ.get("CUDA_VISIBLE_DEVICES")
    return gpus_from_driver(done.stdout, visible) if done.returncode == 0 else ()


def gpus_from_driver(listing: str, visible: str | None = None) -> tuple[GPU, ...]:
    """GPUs from lines "index, uuid, name, total MiB, free MiB"; `visible` is CUDA_VISIBLE_DEVICES."""
    rows = [[cell.strip() for cell in line.split(",")] for line in listing.splitlines()]
    rows = [row for row in rows if len(row) == 5 and row[3].isdigit() and row[4].isdigit()]
    if visible is not None:
        named = [next((row for row in rows if _is_gpu(one.strip(), row)), None) for one in visible.split(",")]
        rows = list(itertools.takewhile(bool, named))  # CUDA, too, stops at the first that is not there
    found = []
    for _, _, name, _, free_mib in rows:
        known = known_gpu(name)
        found.append(GPU(name, int(free_mib) * 2**20, known and known.bandwidth_bytes_per_second))
    return tuple(found)


def _is_gpu(wanted: str, row: list[str]) -> bool:
    return bool(wanted) and (wanted == row[0] or (wanted.startswith("GPU-") and row[1].startswith(wanted)))
