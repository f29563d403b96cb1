"""What the programs of the GPU drivers say, in all the words that they have used: nvidia-smi and rocm-smi.

nvidia-smi is read from the drivers of 2013 (310) to those that say "KMD Version" (610), with MIG, in
containers and under WSL; what it does not tell is None. Its exit code is not trusted: a warning sets it.
"""

import json
import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from qvq_nb.files import NOT_WHAT_WAS_EXPECTED

NVIDIA_SMI = (
    "nvidia-smi",
    "--query-gpu=index,uuid,name,memory.total,memory.free",
    "--format=csv,noheader,nounits",
)
ROCM_SMI = ("rocm-smi", "--showproductname", "--showmeminfo", "vram", "--json")
WSL_FOLDER = Path("/usr/lib/wsl/lib")  # where WSL puts nvidia-smi, often outside PATH
TIMEOUT_SECONDS = 60
MIB = 2**20
CELLS = ("index", "uuid", "name", "total", "free")
NUMBER = re.compile(r"(\d{1,9})(?: ?MiB)?", re.ASCII)
LISTED_GPU = re.compile(r"GPU\s+(\d{1,3}):\s+(.+?)\s+\(UUID:\s*(GPU-[\w-]+)\)", re.ASCII)
LISTED_SLICE = re.compile(
    r"MIG\s+(\S*?(\d+)gb\S*)\s+Device\s+(\d{1,3}):\s+\(UUID:\s*(MIG-[\w/-]+)\)", re.ASCII
)
SLICE_MEMORY = re.compile(
    r"^\|\s+(\d{1,3})(?:\s+(?:\d+|N/A)){2}\s+(\d{1,3})\s+\|\s+(\d{1,9})MiB\s*/\s*(\d{1,9})MiB",
    re.ASCII | re.M,
)
TABLE_GPU = re.compile(  # two lines of the table
    r"^\|\s+(\d{1,3})\s+(\S[^|]*?)\s+(?:On|Off|N/A|TCC|WDDM|MCDM)\s*\|[^\n]*\n"
    r"\|[^|\n]*\|\s*(?:(\d{1,9})MiB\s*/\s*(\d{1,9})MiB|[^|\n]*)\s*\|",
    re.ASCII | re.M,
)
DRIVER_VERSION = re.compile(r"\b(?:Driver|KMD)\s+Version\s*:\s*(\d{1,5}(?:\.\d{1,5})*)", re.ASCII)
CUDA_VERSION = re.compile(r"\bCUDA(?:\s+\w+)?\s+Version\s*:\s*(\d{1,3}\.\d{1,3})", re.ASCII)
BANNER = re.compile(r"NVIDIA-SMI\s+\d|NVSMI LOG|\b(?:Driver|KMD)\s+Version\s*:", re.ASCII)


@dataclass(frozen=True)
class Device:
    """A GPU, or a slice of one (MIG), as a driver lists it; bytes are None where the driver does not tell."""

    index: str
    uuid: str
    name: str
    total_bytes: int | None
    free_bytes: int | None


def program(name: str) -> str | None:
    """Where a driver's program is, None where there is none."""
    return shutil.which(name) or shutil.which(name, path=str(WSL_FOLDER))


def said_by(command: tuple[str, ...]) -> str | None:
    """All that a driver's program says, its complaints last; None where there is none, "" where it hangs."""
    found = program(command[0])
    if not found:
        return None
    plain = {"encoding": "utf-8", "errors": "replace", "env": os.environ | {"LC_ALL": "C"}}
    plain |= {"stdin": subprocess.DEVNULL, "capture_output": True, "timeout": TIMEOUT_SECONDS}
    try:
        done = subprocess.run([found, *command[1:]], **plain)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return f"{done.stdout}\n{done.stderr}".strip()


def listed(text: str) -> list[Device]:
    """The GPUs of lines "index, uuid, name, total MiB, free MiB"; all other lines are passed over."""
    found = []
    for line in text.splitlines():
        row = dict(zip(CELLS, cells := [cell.strip() for cell in line.split(",")]))
        if len(cells) == len(CELLS) and re.fullmatch(r"\d{1,3}", row["index"], re.ASCII) and row["name"]:
            sizes = _bytes(row["total"]), _bytes(row["free"])
            found.append(Device(row["index"], row["uuid"], row["name"], *sizes))
    return found


def in_table(text: str) -> list[Device]:
    """The GPUs in the table that nvidia-smi draws, for a driver that does not know the question for lines."""
    return [
        Device(
            index,
            "",
            name,
            int(total) * MIB if total else None,
            (int(total) - int(used)) * MIB if total else None,
        )
        for index, name, used, total in TABLE_GPU.findall(text)
    ]


def slices(listing: str, table: str = "") -> dict[str, list[Device]]:
    """{uuid of a GPU: its MIG slices}, from `nvidia-smi -L`, their memory from the table of `nvidia-smi`.

    Without the table a slice has what its name says: "MIG 3g.40gb" is 40 × 10^9 bytes, of which all are free.
    """
    memory = {(gpu, number): sizes for gpu, number, *sizes in SLICE_MEMORY.findall(table)}
    found, index, uuid, name = {}, "", "", ""
    for line in listing.splitlines():
        if gpu := LISTED_GPU.search(line):
            index, name, uuid = gpu.groups()
        elif uuid and (one := LISTED_SLICE.search(line)):
            profile, gigabytes, number, own = one.groups()
            used, total = map(int, memory.get((index, number), (0, 0)))
            size = total * MIB or int(gigabytes) * 10**9
            device = Device(f"{index}:{number}", own, f"{name} MIG {profile}", size, size - used * MIB)
            found.setdefault(uuid, []).append(device)
    return found


def amd_devices(text: str) -> list[Device]:
    """The GPUs in what `rocm-smi --json` says, also between warnings."""
    try:
        cards = json.loads(text[text.index("{") : text.rindex("}") + 1])
        found = []
        for number, (card, told) in enumerate(
            (card, told) for card, told in cards.items() if re.fullmatch(r"card\d{1,3}", card, re.ASCII)
        ):
            told = {key.lower(): value for key, value in told.items()}
            name = told.get("card series") or told.get("card model") or "AMD GPU"
            total, used = (_number(told.get(f"vram total {what}(b)")) for what in ("memory ", "used memory "))
            free = None if total is None or used is None else max(0, total - used)
            found.append(Device(str(number), card, str(name), total, free))
        return found
    except NOT_WHAT_WAS_EXPECTED:
        return []


def visible_devices(
    devices: list[Device], parts: dict[str, list[Device]], visible: str | None
) -> list[Device]:
    """Those that CUDA takes under CUDA_VISIBLE_DEVICES, in its order; None is all of them.

    As CUDA does it: it stops at the first that is not there, a GPU named twice leaves none, and as soon as a
    GPU is cut into slices (MIG) a process gets one slice only, the first.
    """
    everything = [*devices, *(one for those in parts.values() for one in those)]
    if visible is None:
        chosen = devices
    else:
        chosen = []
        for wanted in (one.strip() for one in visible.split(",")):
            device = next((one for one in everything if _is_called(one, wanted)), None)
            if device in chosen:
                return []
            if device is None:
                break
            chosen.append(device)
    cut = [parts[one.uuid][0] if parts.get(one.uuid) else one for one in chosen]
    sliced = [one for one in cut if one.uuid.startswith("MIG-")]
    return sliced[:1] or cut


def _is_called(device, wanted) -> bool:
    if wanted.startswith(("GPU-", "MIG-")):
        return device.uuid.startswith(wanted)
    number = re.match(r"\+?\d{1,9}", wanted, re.ASCII)  # CUDA, too, reads "1gpu" as 1
    return bool(number) and ":" not in device.index and int(number[0]) == int(device.index)


def speaks(text: str) -> bool:
    """Does what nvidia-smi says come from a driver that runs?"""
    return bool(BANNER.search(text)) and "has failed because" not in text


def versions(text: str) -> tuple[str | None, str | None]:
    """(version of the driver, newest CUDA that it knows) in what nvidia-smi says; None where it does not."""
    return tuple(found and found[1] for found in (DRIVER_VERSION.search(text), CUDA_VERSION.search(text)))


def _bytes(cell: str) -> int | None:
    number = NUMBER.fullmatch(cell)
    return int(number[1]) * MIB if number else None


def _number(written) -> int | None:
    return int(written) if re.fullmatch(r"\d{1,18}", str(written), re.ASCII) else None


def complaint(text: str) -> str:
    """The line of nvidia-smi that says why no GPU is listed; "" where there is none to tell."""
    lines = [line.strip() for line in text.splitlines() if re.search(r"\w", line)]
    if not lines:
        return "it says nothing"
    return "" if "No devices were found" in text else lines[0][:160].rstrip(".")
