"""GPUs: planned ones from a text, this machine's own from its driver, and those that are known by name."""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache

import psutil

from qvq_nb import paths
from qvq_nb.errors import QvqError
from qvq_nb.files import GIB, read_json
from qvq_nb.memory import driver

USABLE_SHARE = 0.95  # the rest of a GPU belongs to CUDA itself
USABLE_SHARE_OF_RAM = 0.9  # as transformers has it
LARGEST_NUMBER_OF_GPUS = 64
LARGEST_GPU_GIB = 512  # a larger bare number, such as 4090, is the name of a card
LONGEST_TEXT = 1000
FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}  # as Chinese keyboards write
LINKED = re.compile(r"[,;、+]|\band\b|和")
FILLERS = re.compile(r"[()\[\]{}]|\b(?:gpus?|cards?|of|with|each|nvidia|hgx)\b|显卡|显存|英伟达|各")
CHINESE = {"单": 1, "一": 1, "双": 2, "两": 2, "二": 2} | {
    one: at for at, one in enumerate("三四五六七八九十", 3)
}
ENGLISH = {"single": 1, "one": 1, "dual": 2, "two": 2, "three": 3, "four": 4, "quad": 4, "six": 6, "eight": 8}
NUMBERS = {**CHINESE, **ENGLISH}
COUNT = rf"(?P<count>\d{{1,4}}|{'|'.join(NUMBERS)})"
PIECES = "[张块个片枚卡路]"  # Chinese measure words
COUNTED = [
    re.compile(one, re.ASCII)
    for one in (
        rf"{COUNT}\s*(?:[x×✕*]|{PIECES})\s*(?P<what>.+)",
        rf"(?P<what>.+?)\s*[x×✕*]\s*{COUNT}\s*{PIECES}?",
        rf"(?P<what>.+?)\s*{COUNT}\s*{PIECES}",
        rf"(?P<count>{'|'.join(CHINESE)})(?P<what>.+)",
        rf"{COUNT}\s+(?P<what>.+)",
    )
]
BARE = re.compile(r"\d{1,3}(?:\.\d{1,3})?", re.ASCII)
BANDWIDTH = re.compile(r"@\s*(\d{1,5}(?:\.\d{1,3})?)\s*(?:(t|g)b?/s)?\s*$", re.ASCII)
SIZE = re.compile(r"(?<![a-z0-9.])(\d{1,6}(?:\.\d{1,3})?)\s*(g|m)(?:i?b)?(?![a-z0-9])", re.ASCII)
FORM = re.compile(r"sxm\d?|pcie|oam|hbm\d?e?|blackwell|workstation|server|edition|generation")
MAKER = re.compile(r"nvidia|geforce|tesla|quadro|rtx|gtx|amd|radeon|instinct|[^a-z0-9]")
SHARES_RAM = re.compile(r"\b(?:GB10|N1X?|Orin|Xavier|Thor|Tegra|Jetson)\b", re.IGNORECASE)


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
    """GPUs as people write them: "4x48" (GiB), "2x80@2039" (with GB/s), "2x4090", "A100 80GB x4", "8张H20".

    Kinds are joined by commas. A bare number up to 512 is a size, a larger one a name.
    """
    found = []
    written = str(text).translate(FULL_WIDTH).lower()
    if len(written) > LONGEST_TEXT:
        raise QvqError(f"Nobody has GPUs for {len(written):,} characters; write them as in 2x80,1x24.")
    for part in LINKED.split(written):
        count, gpus = _meant(part.strip())
        if count < 1 or len(found) + count * len(gpus) > LARGEST_NUMBER_OF_GPUS:
            raise QvqError(f"{part.strip()!r}: the number of GPUs is from 1 to {LARGEST_NUMBER_OF_GPUS}.")
        found += count * gpus
    return tuple(found)


def _meant(part: str) -> tuple[int, list[GPU]]:
    """(how many, of which GPUs), by the first reading that makes sense; QvqError if none does."""
    bandwidth = BANDWIDTH.search(part)
    rest = " ".join(FILLERS.sub(" ", part[: bandwidth.start()] if bandwidth else part).split())
    readings = []
    for count, what in _readings(rest):
        gpus = _planned(what)
        if gpus and 1 <= count <= LARGEST_NUMBER_OF_GPUS:
            break
        readings += [(count, gpus)] if gpus else []
    else:
        if readings:  # only the number is wrong
            return readings[0]
        raise QvqError(
            f"{part[:80]!r} names no GPUs. Write 4x48 for four of 48 GiB, 4x48@864 with their bandwidth in "
            "GB/s, or 4xL40S by name; data/gpus.json has the names, and 2x24GB goes for any other."
        )
    if bandwidth and float(bandwidth[1]):
        per_second = float(bandwidth[1]) * (1e12 if bandwidth[2] == "t" else 1e9)
        gpus = [replace(gpu, bandwidth_bytes_per_second=per_second) for gpu in gpus]
    return count, gpus


def _readings(part: str) -> Iterator[tuple[int, str]]:
    """(count, what) in every way in which it can be read; a bare number is no GPU without a count."""
    for form in COUNTED:
        if match := form.fullmatch(part):
            count, what = match["count"], match["what"].strip()
            if form is COUNTED[0] or not BARE.fullmatch(what):
                yield NUMBERS.get(count) or int(count), what
    if not BARE.fullmatch(part):
        yield 1, part


def _planned(what: str) -> list[GPU]:
    """The GPU of that size or name, the GPUs of that system; none if it is neither. QvqError where it is open
    which of two cards is meant."""
    if system := _table()["systems"].get(_bare(what)):
        return list(parse_gpus(system))
    size = SIZE.search(what)
    stated = float(size[1]) / (1 if size[2] == "g" else 1024) if size else None
    name = f"{what[: size.start()]} {what[size.end() :]}".strip() if size else what
    if not size and BARE.fullmatch(what):
        stated, name = float(what), ""
    if stated is not None and not 0 < stated <= LARGEST_GPU_GIB:
        return []
    if not re.search(r"[a-z0-9]", name):
        return [GPU(f"{stated:g} GiB", round(stated * GIB))] if stated is not None else []
    card = known_gpu(what) or _card(what, name, stated)
    return [card] if card else []


def _card(what: str, name: str, stated: float | None) -> GPU | None:
    """The card that people call so; a stated size counts more than what the card has from its maker."""
    key, form = _family(name), set(FORM.findall(name))
    key = key if key in _families() else key.removesuffix("s")  # two 4090s
    cards = _families().get(key, [])
    fitting = [card for card in cards if stated in (None, card.memory_bytes / GIB)]
    fitting = [card for card in fitting if form and form & set(FORM.findall(card.name.lower()))] or fitting
    if not fitting and stated is not None and re.search(r"[a-z]", name + (cards and "x" or "")):
        bandwidth = cards[0].bandwidth_bytes_per_second if cards else None
        return GPU(f"{cards[0].name if cards else name} with {stated:g} GiB", round(stated * GIB), bandwidth)
    sizes = sorted({card.memory_bytes // GIB for card in fitting})
    if len(sizes) > 1:
        ways = " or ".join(f"{key.upper()} {size}GB" for size in sizes)
        raise QvqError(f"There are several GPUs called {what!r}; write {ways}.")
    return fitting[0] if fitting else None


def known_gpu(name: str) -> GPU | None:
    """The GPU that people or drivers call so, with its nominal memory; None if data/gpus.json has none."""
    return _known_gpus().get(_bare(name))


@cache
def _table() -> dict:
    table = read_json(paths.data_folder() / "gpus.json")
    return {**table, "systems": {_bare(name): gpus for name, gpus in table["systems"].items()}}


@cache
def _known_gpus() -> dict[str, GPU]:
    return {
        _bare(name): GPU(row["name"], row["memory_gib"] * GIB, row["bandwidth_gb_per_second"] * 1e9)
        for row in _table()["gpus"]
        for name in (row["name"], *row["driver_names"], *row.get("also", ()))
    }


@cache
def _families() -> dict[str, list[GPU]]:
    """Cards by their name without maker, form and size: "a100" → those with 80 and with 40 GiB."""
    found = {}
    for row in _table()["gpus"]:
        for key in {_family(SIZE.sub(" ", name.lower())) for name in (row["name"], *row["driver_names"])}:
            found.setdefault(key, []).append(known_gpu(row["name"]))
    return found


def _family(name: str) -> str:
    return MAKER.sub("", FORM.sub("", name.lower()))


def _bare(name: str) -> str:
    return re.sub(r"nvidia|geforce|tesla|[^a-z0-9]", "", name.lower())


@dataclass(frozen=True)
class Machine:
    """This machine: its GPUs with the memory that is free, what offloaded layers may take of its RAM, and
    what is to be said of GPUs that are not among them ("" for nothing)."""

    gpus: tuple[GPU, ...]
    ram_bytes: int
    said: str


def machine() -> Machine:
    """Look at this machine's GPUs as far as CUDA_VISIBLE_DEVICES allows; changes nothing."""
    visible, listing = os.environ.get("CUDA_VISIBLE_DEVICES"), driver.said_by(driver.NVIDIA_SMI)
    amd = "" if listing is not None else driver.said_by(driver.ROCM_SMI) or ""
    if amd:
        visible = os.environ.get("HIP_VISIBLE_DEVICES", visible)
    devices, parts = driver.amd_devices(amd) if amd else driver.listed(listing or ""), {}
    if listing and not devices:
        devices = driver.in_table(driver.said_by(driver.NVIDIA_SMI[:1]) or "")
    if listing and devices:
        names = driver.said_by((driver.NVIDIA_SMI[0], "-L")) or ""
        table = (driver.said_by(driver.NVIDIA_SMI[:1]) or "") if "MIG" in names else ""
        parts = driver.slices(names, table)
    used = driver.visible_devices(devices, parts, visible)
    gpus = {device: _as_gpu(device) for device in used}
    silent = [f"GPU {device.index} ({device.name})" for device, gpu in gpus.items() if gpu is None]
    said = ""
    if silent:
        said = f"{', '.join(silent)}: the driver does not tell how much memory is free"
    elif not used and devices and (visible or "").startswith("MIG-") and not parts:
        said = "CUDA_VISIBLE_DEVICES names a MIG slice, and nvidia-smi does not tell how much memory it has"
    elif not used and devices:
        said = f"CUDA_VISIBLE_DEVICES={visible} leaves none of this machine's {len(devices)} GPUs to be seen"
    elif not used and listing is not None and driver.complaint(listing):
        said = f"nvidia-smi reaches no GPU ({driver.complaint(listing)}; `qvq-nb doctor` says what helps)"
    elif not used:
        said = "No NVIDIA GPU is seen on this machine"
    shared = any(gpu and SHARES_RAM.search(device.name) for device, gpu in gpus.items())
    return Machine(tuple(filter(None, gpus.values())), 0 if shared else free_memory_bytes(), said)


def machine_gpus() -> tuple[GPU, ...]:
    """This machine's GPUs that CUDA_VISIBLE_DEVICES allows, with the memory that is free now."""
    return machine().gpus


def gpus_from_driver(listing: str, visible: str | None = None) -> tuple[GPU, ...]:
    """GPUs from lines "index, uuid, name, total MiB, free MiB"; `visible` is CUDA_VISIBLE_DEVICES."""
    used = driver.visible_devices(driver.listed(listing), {}, visible)
    return tuple(filter(None, map(_as_gpu, used)))


def _as_gpu(device: driver.Device) -> GPU | None:
    """With the memory that is free, the machine's own where the GPU has none besides; None if not told."""
    known, free = known_gpu(device.name), device.free_bytes
    if device.total_bytes is None and free is None and SHARES_RAM.search(device.name):
        free = psutil.virtual_memory().available
    return None if free is None else GPU(device.name, free, known and known.bandwidth_bytes_per_second)


def free_memory_bytes() -> int:
    """What a model may take of this machine's memory now."""
    return int(psutil.virtual_memory().available * USABLE_SHARE_OF_RAM)
