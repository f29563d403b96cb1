"""Will a model run on these GPUs, how, and how fast at best? Calculated from its configuration, without torch."""

import itertools
import json
import math
import os
import re
import shutil
import subprocess
from collections import Counter
from dataclasses import asdict, dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path

from qvq_nb import paths
from qvq_nb.errors import QvqError
from qvq_nb.media import resize
from qvq_nb.memory import network
from qvq_nb.memory.device_map import Network, auto_device_map, balanced, expanded
from qvq_nb.models import profiles
from qvq_nb.models.config import read_config
from qvq_nb.models.resolve import resolve

GIB = 2**30
USABLE_SHARE = 0.95  # the rest of a GPU belongs to CUDA itself
USABLE_SHARE_OF_RAM = 0.9  # as transformers has it
QUANTIZER_SHARE = 0.9  # what the quantizers of transformers offer of max_memory (`adjust_max_memory`)
SHORTEST_ANSWER_TOKENS = 1024  # an answer with less room than this is not worth advising
MOST_GPUS_ADVISED = 16
PCIE_BYTES_PER_SECOND = 32e9  # PCIe 4.0 with 16 lanes, one way, at best
COMFORTABLE_BYTES = (
    2 * GIB
)  # less than this to spare on a GPU is tight: fragmentation and libraries need some
TEXT_TOKENS = 128  # system prompt, chat template and a question of a few sentences
TOKENS_AROUND_AN_IMAGE = 2
DEFAULT_IMAGES = ((1024, 768),)
LARGEST_NUMBER_OF_GPUS = 64
NVIDIA_SMI = (
    "nvidia-smi",
    "--query-gpu=index,uuid,name,memory.total,memory.free",
    "--format=csv,noheader,nounits",
)
NVIDIA_SMI_TIMEOUT_SECONDS = 20


@dataclass(frozen=True)
class Precision:
    """A number format of the weights. Quantized ones apply to the linear weights of the decoder layers only.

    `counted_bytes` is what transformers counts per quantized weight when it places layers; in memory each of the
    weights' rows, or of their blocks of 64, has a scale of 4 bytes besides.
    """

    name: str
    bytes_per_number: int = network.BYTES_PER_BF16  # also of activations and of the KV cache
    counted_bytes: float | None = None
    weights_per_scale: int | None = None  # None: one row

    @property
    def is_quantized(self) -> bool:
        return self.counted_bytes is not None

    def counted(self, module, tensor, shape) -> float:
        """Bytes of a parameter as transformers counts them for its device map."""
        return math.prod(shape) * (
            self.counted_bytes if self._applies_to(module, shape) else self.bytes_per_number
        )

    def stored(self, module, tensor, shape) -> int:
        """Bytes of a parameter in memory."""
        if not self._applies_to(module, shape):
            return math.prod(shape) * self.bytes_per_number
        scales = (
            shape[0]
            if self.weights_per_scale is None
            else math.ceil(math.prod(shape) / self.weights_per_scale)
        )
        return math.ceil(math.prod(shape) * self.counted_bytes) + 4 * scales

    def _applies_to(self, module, shape) -> bool:
        return self.is_quantized and len(shape) == 2 and ".layers." in module.name


PRECISIONS = {
    precision.name: precision
    for precision in (
        Precision("fp32", bytes_per_number=4),
        Precision("bf16"),
        Precision("int8", counted_bytes=1),
        Precision("fp8", counted_bytes=1),
        Precision("nf4", counted_bytes=0.5, weights_per_scale=64),
    )
}
LOADED = ("bf16", "int8", "nf4")  # by `qvq_nb.load`; servers such as vLLM load fp8
CHEAPER = {
    "fp32": ("bf16", "int8", "nf4"),
    "bf16": ("int8", "nf4"),
    "int8": ("nf4",),
    "fp8": ("nf4",),
    "nf4": (),
}


@dataclass(frozen=True)
class GPU:
    """One GPU: its name, its memory (free memory where it is there, nominal where it is only planned), its bandwidth if known."""

    name: str
    memory_bytes: int
    bandwidth_bytes_per_second: float | None = None

    @property
    def usable_bytes(self) -> int:
        """What a model may take: 95 %; the rest is for CUDA itself."""
        return int(self.memory_bytes * USABLE_SHARE)


@dataclass(frozen=True)
class Placement:
    """What lies on one device, in bytes. `layers` counts decoder layers; `free_bytes` is negative where it does not fit."""

    device: int | str
    memory_bytes: int | None  # None for the disk
    vision_bytes: int
    embedding_bytes: int  # embeddings, output layer and last norm
    layer_bytes: int
    layers: int
    kv_bytes: int
    activation_bytes: int

    @property
    def weight_bytes(self) -> int:
        return self.vision_bytes + self.embedding_bytes + self.layer_bytes

    @property
    def free_bytes(self) -> int | None:
        if self.memory_bytes is None:
            return None
        return self.memory_bytes - self.weight_bytes - self.kv_bytes - self.activation_bytes

    def to_dict(self) -> dict:
        return {**asdict(self), "weight_bytes": self.weight_bytes, "free_bytes": self.free_bytes}


@dataclass(frozen=True)
class TensorParallel:
    """Every layer cut into `ranks` slices, one per GPU; the vision tower whole on each. Bytes per rank, on the smallest GPU.

    `tokens_per_second` is an upper bound from the memory bandwidth, None where that is not known.
    """

    ranks: int
    weight_bytes: int
    kv_bytes: int
    activation_bytes: int
    free_bytes: int
    verdict: str
    tokens_per_second: float | None


@dataclass(frozen=True, repr=False)
class Plan:
    """Where everything would lie for one question, and whether that works. All sizes in bytes.

    `verdict`: "fits", "tight" (under 2 GiB to spare on a device), "offload" (layers in RAM, fetched for every token) or
    "no". `activation_bytes` is the peak while the prompt is read. `tokens_per_second` is an upper bound: every token reads
    all weights and the cache once, GPU after GPU; None where a bandwidth is not known or layers are not on GPUs.
    `max_memory` and `device_map` are for `from_pretrained`: the first with device_map="auto" gives the second.
    """

    model: str
    dtype: str
    gpus: tuple[GPU, ...]
    images: tuple[tuple[int, int], ...]
    new_tokens: int
    parameters: int
    checkpoint_bytes: int | None
    weight_bytes: int
    kv_bytes_per_token: int
    visual_tokens: int
    prompt_tokens: int
    kv_bytes: int
    activation_bytes: int
    placement: tuple[Placement, ...]
    verdict: str
    max_new_tokens: int
    tokens_per_second: float | None
    tensor_parallel_sizes: tuple[int, ...]
    tensor_parallel: tuple[TensorParallel, ...]
    max_memory: dict
    device_map: dict
    _budget: tuple[int, int] = field(repr=False)
    _config: dict = field(repr=False)
    _ram_bytes: int = field(repr=False)

    @cached_property
    def verdicts(self) -> dict[str, str]:
        """{number format: verdict} for the same GPUs and question."""
        return {name: self._with(dtype=name).verdict for name in (*LOADED, "fp8")}

    @cached_property
    def advice(self) -> str:
        """What to do next, in one or two sentences."""
        if self.verdict == "fits":
            return f"It runs as asked, with memory for {self.max_new_tokens:,} new tokens."
        if self.verdict == "tight":
            narrow = min(self._gpu_placement(), key=lambda place: place.free_bytes)
            said = f"It runs, with only {narrow.free_bytes / GIB:.1f} GiB to spare on {_device_name(narrow.device)}."
            return f"{said} Keep other programs away from there. {self.what_fits}".strip()
        if self.verdict == "offload":
            said = f"{self._offloaded()}."
        elif self.gpus:
            said = "It does not fit as asked."
        else:
            said = "There is no GPU here, and it does not fit into the free RAM."
        helpful = "; ".join(filter(None, (self.what_fits.rstrip("."), self._if_offloaded())))
        return f"{said} {helpful[0].upper()}{helpful[1:]}." if helpful else said

    @cached_property
    def what_fits(self) -> str:
        """The smallest concession on these GPUs that makes it fit better than now, else how many GPUs like the first do; "" for neither."""
        if self.verdict == "fits":
            return ""
        if self._concession:
            return f"{'More comfortable' if self.verdict == 'tight' else 'It fits'} {self._concession}."
        counts = {} if self.verdict == "tight" or not self.gpus else self._enough_gpus()
        if not counts:
            return ""
        (fewest, dtype), *others = counts.items()
        said = f"{fewest} GPUs like the first one hold it in {dtype}"
        return ", ".join([said, *(f"{count} in {dtype}" for count, dtype in others)]) + "."

    def table(self) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
        """(column titles, one row of texts per device) in GiB."""
        parts = (
            "vision_bytes",
            "embedding_bytes",
            "layer_bytes",
            "kv_bytes",
            "activation_bytes",
            "free_bytes",
        )
        rows = []
        for place in self.placement:
            numbers = [getattr(place, part) for part in parts]
            texts = ["" if number is None else f"{number / GIB:.1f}" for number in numbers]
            rows.append((_device_name(place.device), str(place.layers), *texts))
        return ("On", "Layers", "Vision", "Embeddings", "Decoder", "Cache", "Activations", "Free"), rows

    def summary(self) -> str:
        """The plan but for its table, in a few lines."""
        images = ", ".join(f"{width}×{height}" for width, height in self.images) or "no image"
        lines = [
            f"{self.model} in {self.dtype}: {self.parameters:,} parameters, {self.weight_bytes:,} bytes ({self.weight_bytes / GIB:.2f} GiB)",
            f"{images}: {self.visual_tokens:,} visual tokens; prompt {self.prompt_tokens:,} and up to {self.new_tokens:,} new tokens",
            f"KV cache {self.kv_bytes_per_token:,} bytes per token, {self.kv_bytes / GIB:.2f} GiB in all",
            f"Verdict: {self.verdict}. {self.advice}",
            "Verdicts: "
            + ", ".join(f"{name} {self.verdicts[name]}" for name in LOADED)
            + f"; fp8 {self.verdicts['fp8']} (for servers; not loaded here)",
        ]
        if self.tokens_per_second:
            lines.append(
                f"At most {self.tokens_per_second:.1f} tokens per second, one GPU after the other (weights and cache read once per token)"
            )
        for share in self.tensor_parallel:
            shown = share.tokens_per_second and share.verdict != "no"
            speed = f", at most {share.tokens_per_second:.1f} tokens per second" if shown else ""
            lines.append(
                f"Tensor parallel on {share.ranks}: {share.weight_bytes / GIB:.1f} GiB of weights per GPU, {share.verdict}{speed}"
            )
        return "\n".join(lines)

    def __str__(self) -> str:
        columns, rows = self.table()
        widths = [max(map(len, column)) for column in zip(columns, *rows)]
        lines = ["  ".join(cell.rjust(width) for cell, width in zip(row, widths)) for row in (columns, *rows)]
        return "\n".join([*lines, "(GiB)", self.summary()])

    __repr__ = __str__

    def to_dict(self) -> dict:
        """Plain values for JSON."""
        shown = {
            name: value
            for name, value in vars(self).items()
            if not name.startswith("_") and name not in ("verdicts", "advice", "what_fits")
        }
        return {
            **shown,
            "gpus": [asdict(gpu) for gpu in self.gpus],
            "placement": [place.to_dict() for place in self.placement],
            "tensor_parallel": [asdict(share) for share in self.tensor_parallel],
            "verdicts": self.verdicts,
            "advice": self.advice,
        }

    def _with(self, **changes) -> "Plan":
        """The same plan but for these arguments of `plan`."""
        arguments = {
            "gpus": self.gpus, "images": self.images, "new_tokens": self.new_tokens, "dtype": self.dtype,
            "visual_tokens": self._budget, "ram_bytes": self._ram_bytes,
        }  # fmt: skip
        return plan(self._config, **(arguments | changes))

    def _gpu_placement(self) -> list[Placement]:
        return [place for place in self.placement if place.device not in ("cpu", "disk")] or list(
            self.placement
        )

    @property
    def _good_verdicts(self) -> tuple[str, ...]:
        return ("fits",) if self.verdict == "tight" else ("fits", "tight")

    @cached_property
    def _concession(self) -> str:
        """What to give up so that it fits here, such as "in nf4 with at most 7,424 new tokens"; the length or the picture before the number format."""
        smaller = min(1280, self._budget[1])
        reduced = {"visual_tokens": (self._budget[0], smaller)}
        cheaper = CHEAPER[self.dtype]
        attempts = [
            (self.dtype, {}, True),
            (self.dtype, reduced, False),
            *((dtype, {}, False) for dtype in cheaper),
        ]
        attempts += [(dtype, images, True) for images in ({}, reduced) for dtype in cheaper]
        for dtype, images, shorter in attempts:
            if images and self.visual_tokens <= smaller * len(self.images):
                continue
            other = self._with(dtype=dtype, **images)
            longest = other.max_new_tokens // 256 * 256
            given_up = [f"a budget of {smaller:,} visual tokens per image"] if images else []
            if other.verdict not in self._good_verdicts:
                if (
                    self.verdict == "tight"
                    or not shorter
                    or not SHORTEST_ANSWER_TOKENS <= longest < self.new_tokens
                ):
                    continue
                given_up.append(f"at most {longest:,} new tokens")
            said = f"with {' and '.join(given_up)}" if given_up else ""
            return said if dtype == self.dtype else f"in {dtype} {said}".strip()
        return ""

    def _enough_gpus(self) -> dict[int, str]:
        """{number of GPUs like the first that hold it: the best number format for so many}, fewest first."""
        found = {}
        for dtype in (self.dtype, *CHEAPER[self.dtype]):
            for count in range(len(self.gpus) + 1, MOST_GPUS_ADVISED + 1):
                if self._with(dtype=dtype, gpus=(self.gpus[0],) * count).verdict in self._good_verdicts:
                    found.setdefault(count, dtype)
                    break
        return dict(sorted(found.items()))

    def _if_offloaded(self) -> str:
        """What it would mean to leave in RAM or in the files what does not fit; "" where that is not possible or not needed."""
        if self.verdict != "no" or PRECISIONS[self.dtype].is_quantized or self._concession:
            return ""
        if not self.gpus:
            return f"with offload=True it stays in its files, and {self.weight_bytes / GIB:.0f} GiB are read for every token"
        offloaded = self._with(ram_bytes=2 * self.weight_bytes)
        return (
            f"with offload=True it runs here, but {offloaded._offloaded()}"
            if offloaded.verdict == "offload"
            else ""
        )

    def _offloaded(self) -> str:
        """What lies in RAM, and the least time that its way to the GPU takes."""
        size = sum(place.weight_bytes for place in self.placement if place.device == "cpu")
        seconds = size / PCIE_BYTES_PER_SECOND
        return f"{size / GIB:.0f} GiB of weights go from RAM to the GPU for every token, which takes {seconds:.2g} s at best (PCIe 4.0)"


def plan(
    model,
    gpus=None,
    *,
    images=DEFAULT_IMAGES,
    new_tokens=None,
    dtype="bf16",
    visual_tokens=None,
    ram_bytes=None,
) -> Plan:
    """Where a model would lie on these GPUs while it answers one question, and whether that works.

    model: a profile's name, a Qwen2-VL or Qwen2.5-VL folder, a config.json's content, or a transformers config.
    gpus: a text such as "4x48" (see `parse_gpus`), GPUs, () for none, or None for this machine's own.
    images: (width, height) in pixels of each image; visual_tokens: the (minimum, maximum) for each, else the profile's.
    new_tokens: the length of the answer, thinking included; else the profile's.
    dtype: fp32, bf16, int8, nf4, or fp8, which servers such as vLLM load and `qvq_nb.load` does not; fp16 counts like bf16.
    ram_bytes: what offloaded layers may take; on this machine 90 % of the free memory, on planned GPUs nothing.
    """
    if dtype == "fp16":
        dtype = "bf16"
    if dtype not in PRECISIONS:
        raise QvqError(f"There is no number format {dtype!r} here; choose one of {', '.join(PRECISIONS)}.")
    name, config, profile, checkpoint_bytes = _find(model)
    on_this_machine = gpus is None or gpus in ((), [])
    if gpus is None:
        gpus = machine_gpus()
    gpus = parse_gpus(gpus) if isinstance(gpus, str) else gpus
    if not isinstance(gpus, (tuple, list)) or not all(isinstance(gpu, GPU) for gpu in gpus):
        raise QvqError(f'GPUs are a text such as "4x48", or a list of GPU(…); {gpus!r} is neither.')
    gpus = tuple(gpus)
    if ram_bytes is None:
        ram_bytes = _free_ram_bytes() if on_this_machine else 0
    new_tokens = profile.max_new_tokens if new_tokens is None else new_tokens
    if isinstance(new_tokens, bool) or not isinstance(new_tokens, int) or new_tokens < 1:
        raise QvqError(f"The number of new tokens is a whole number above zero; {new_tokens!r} is not.")
    budget = _budget(visual_tokens or profile.visual_tokens)
    images = tuple(_size(image) for image in images)
    seen = sum(resize.visual_tokens(*image, *budget) for image in images)
    prompt_tokens = seen + len(images) * TOKENS_AROUND_AN_IMAGE + TEXT_TOKENS

    precision = PRECISIONS[dtype]
    question = _Question(config, precision, prompt_tokens, new_tokens, seen)
    placing = _place(question, gpus, ram_bytes)
    return Plan(
        model=name,
        dtype=dtype,
        gpus=gpus,
        images=images,
        new_tokens=new_tokens,
        parameters=question.tree.numbers,
        checkpoint_bytes=checkpoint_bytes,
        weight_bytes=question.weight_bytes,
        kv_bytes_per_token=question.kv_bytes_per_token,
        visual_tokens=seen,
        prompt_tokens=prompt_tokens,
        kv_bytes=question.kv_bytes_per_token * (prompt_tokens + new_tokens),
        activation_bytes=max(question.vision_activation_bytes, question.activation_bytes()),
        placement=placing.placement,
        verdict=_verdict(placing.placement, precision),
        max_new_tokens=_longest_answer(question, placing.placement),
        tokens_per_second=_tokens_per_second(question, gpus, placing.placement),
        tensor_parallel_sizes=_tensor_parallel_sizes(config),
        tensor_parallel=_tensor_parallel(question, gpus),
        max_memory=placing.max_memory,
        device_map=placing.device_map,
        _budget=budget,
        _config=config,
        _ram_bytes=ram_bytes,
    )


# --- the GPUs


def parse_gpus(text: str) -> tuple[GPU, ...]:
    """GPUs from a text: "4x48" (four of 48 GiB), "2x80@2039" (with the bandwidth in GB/s), "2xL40S" (by name), joined by commas."""
    found = []
    for part in str(text).split(","):
        match = re.fullmatch(
            r"\s*(\d{1,4})\s*[x×]\s*([\w. -]+?)\s*(?:@\s*(\d+(?:\.\d+)?))?\s*", part, re.ASCII | re.IGNORECASE
        )
        gpu = match and _gpu(match[2], match[3])
        if not gpu:
            raise QvqError(
                f"{part.strip()!r} names no GPUs. Write 4x48 for four of 48 GiB, 4x48@864 with their bandwidth in GB/s, "
                "or 4xL40S by name; data/gpus.json has the names."
            )
        if not int(match[1]) >= 1 or len(found) + int(match[1]) > LARGEST_NUMBER_OF_GPUS:
            raise QvqError(f"{part.strip()!r}: the number of GPUs is from 1 to {LARGEST_NUMBER_OF_GPUS}.")
        found += [gpu] * int(match[1])
    return tuple(found)


def _gpu(what: str, bandwidth: str | None) -> GPU | None:
    """A GPU from its size in GiB or its name; None if it is neither."""
    bytes_per_second = float(bandwidth) * 1e9 if bandwidth else None
    if re.fullmatch(r"\d{1,4}(\.\d+)?", what):
        size = round(float(what) * GIB)
        return GPU(f"{what} GiB", size, bytes_per_second or None) if size else None
    row = _row_of(what)
    return row and GPU(
        row["name"], row["memory_gib"] * GIB, bytes_per_second or row["bandwidth_gb_per_second"] * 1e9
    )


@lru_cache(maxsize=1)
def _known_gpus() -> list[dict]:
    return json.loads((paths.data_folder() / "gpus.json").read_text(encoding="utf-8"))["gpus"]


def _row_of(name: str) -> dict | None:
    """The row of the GPU table for a name as people or drivers write it."""
    wanted = _bare(name)
    return next(
        (row for row in _known_gpus() if wanted in map(_bare, (row["name"], *row["driver_names"]))), None
    )


def _bare(name: str) -> str:
    return re.sub(r"nvidia|geforce|tesla|[^a-z0-9]", "", name.lower())


def machine_gpus() -> tuple[GPU, ...]:
    """This machine's NVIDIA GPUs with the memory that is free now, those that CUDA_VISIBLE_DEVICES allows; () without any."""
    if not shutil.which(NVIDIA_SMI[0]):
        return ()
    try:
        done = subprocess.run(NVIDIA_SMI, capture_output=True, text=True, timeout=NVIDIA_SMI_TIMEOUT_SECONDS)
    except (OSError, subprocess.TimeoutExpired):
        return ()
    return (
        gpus_from_driver(done.stdout, os.environ.get("CUDA_VISIBLE_DEVICES")) if done.returncode == 0 else ()
    )


def gpus_from_driver(listing: str, visible: str | None = None) -> tuple[GPU, ...]:
    """GPUs from the lines "index, uuid, name, total MiB, free MiB" of nvidia-smi; `visible` is CUDA_VISIBLE_DEVICES."""
    rows = [[cell.strip() for cell in line.split(",")] for line in listing.splitlines()]
    rows = [row for row in rows if len(row) == 5 and row[3].isdigit() and row[4].isdigit()]
    if visible is not None:
        wanted = [one.strip() for one in visible.split(",")]
        wanted = list(
            itertools.takewhile(lambda one: any(one and _is_gpu(one, row) for row in rows), wanted)
        )  # as CUDA does
        rows = [next(row for row in rows if _is_gpu(one, row)) for one in wanted]
    found = []
    for _, _, name, _, free_mib in rows:
        row = _row_of(name)
        found.append(GPU(name, int(free_mib) * 2**20, row["bandwidth_gb_per_second"] * 1e9 if row else None))
    return tuple(found)


def _is_gpu(wanted: str, row: list[str]) -> bool:
    return wanted == row[0] or (wanted.startswith("GPU-") and row[1].startswith(wanted))


def _free_ram_bytes() -> int:
    import psutil

    return int(psutil.virtual_memory().available * USABLE_SHARE_OF_RAM)


def parse_size(text: str) -> tuple[int, int]:
    """(width, height) in pixels from a text such as "2480x3508"."""
    match = re.fullmatch(r"\s*(\d{1,6})\s*[x×]\s*(\d{1,6})\s*", text, re.ASCII | re.IGNORECASE)
    if not match:
        raise QvqError(f"{text!r} is no size of an image; write width x height in pixels, such as 2480x3508.")
    return int(match[1]), int(match[2])


def _size(image) -> tuple[int, int]:
    if (
        not isinstance(image, (tuple, list))
        or len(image) != 2
        or not all(type(side) is int for side in image)
    ):
        raise QvqError(f"An image is (width, height) in pixels, such as (2480, 3508); {image!r} is not.")
    return tuple(image)


def gib(number: float) -> int:
    """Bytes of so many GiB."""
    if not 0 <= number < 1_000_000:  # also refuses nan
        raise QvqError(f"{number} is no number of GiB; give one from 0 upwards.")
    return int(number * GIB)


# --- the model


def _find(model) -> tuple[str, dict, profiles.Profile, int | None]:
    """(name, flat configuration, profile, bytes of the weights on disk if known) of whatever `plan` takes."""
    named = resolve(model)
    stored = _checkpoint_bytes(named.folder) if named.folder else None
    config = _unquantized(read_config(named.config()), named.name)
    return named.name, config, named.profile, stored or named.profile.bytes


def _unquantized(config: dict, name: str) -> dict:
    quantization = config.get("quantization_config")
    if quantization:
        method = quantization.get("quant_method", "unknown") if isinstance(quantization, dict) else "unknown"
        raise QvqError(
            f"{name} has weights that are quantized already ({method}), which is not planned here; "
            "plan the unquantized model with --dtype nf4 or int8 for about the same size."
        )
    return config


def _checkpoint_bytes(folder: Path) -> int | None:
    """Bytes of all tensors as the safetensors index of a folder, or its only file, has them; None without."""
    try:
        index = folder / "model.safetensors.index.json"
        if index.is_file():
            return int(json.loads(index.read_text(encoding="utf-8"))["metadata"]["total_size"])
        single = folder / "model.safetensors"
        with single.open("rb") as file:
            header_bytes = int.from_bytes(file.read(8), "little")
        return max(single.stat().st_size - 8 - header_bytes, 0)
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _budget(pair) -> tuple[int, int]:
    whole = isinstance(pair, (tuple, list)) and len(pair) == 2 and all(type(number) is int for number in pair)
    if not whole or not 1 <= pair[0] <= pair[1]:
        raise QvqError(
            f"visual_tokens is (minimum, maximum) with 1 ≤ minimum ≤ maximum, such as (4, 1280); {pair!r} is not."
        )
    return tuple(pair)


# --- the calculation


class _Question:
    """What one question costs a network: bytes of the cache, of activations, of each part of the weights."""

    def __init__(self, config, precision, prompt_tokens, new_tokens, visual_tokens):
        self.config, self.precision = config, precision
        self.prompt_tokens, self.tokens = prompt_tokens, prompt_tokens + new_tokens
        self.visual_tokens = visual_tokens
        self.tree = network.module_tree(config)
        self.network = Network(self.tree, precision.counted)
        self.stored = {
            module.name: sum(
                precision.stored(module, name, shape) for name, shape in module.parameters.items()
            )
            for module in self.tree.walk()
        }
        self.weight_bytes = sum(self.stored.values())
        self.kv_bytes_per_layer = (
            2 * config["num_key_value_heads"] * config["head_dim"] * precision.bytes_per_number
        )
        self.kv_bytes_per_token = self.kv_bytes_per_layer * config["num_hidden_layers"]
        self.layer_names = [
            f"model.language_model.layers.{number}" for number in range(config["num_hidden_layers"])
        ]
        self.layer_bytes_in_all = sum(size for name, size in self.stored.items() if ".layers." in name)
        self.layer_bytes = self.layer_bytes_in_all // len(self.layer_names)
        self.counted_layer_bytes = self.network.bytes[self.layer_names[0]]
        self.output_bytes = self.stored["lm_head"] or self.stored["model.language_model.embed_tokens"]

    def activation_bytes(self, ranks=1) -> int:
        """The peak in a decoder layer while the whole prompt is read, in its feed-forward part.

        tokens × bytes per number × (3 × intermediate / ranks + 4 × hidden + 2 × head): three wide tensors (gate, up and
        their product), four of the hidden size, and the rotary cosines and sines. Counted operation by operation on
        Qwen2VLDecoderLayer of transformers 5.23 (tests/test_plan.py).
        """
        widths = (
            3 * self.config["intermediate_size"] // ranks
            + 4 * self.config["hidden_size"]
            + 2 * self.config["head_dim"]
        )
        return self.prompt_tokens * self.precision.bytes_per_number * widths

    @property
    def vision_activation_bytes(self) -> int:
        """The peak in the vision tower, while rotating queries and keys, which happens in fp32.

        patches × (17 × width × bytes per number + rotary cosines and sines and pixels in fp32); four patches make a token.
        """
        vision = self.config["vision_config"]
        patches = self.visual_tokens * vision["spatial_merge_size"] ** 2
        pixels = vision["in_channels"] * vision["temporal_patch_size"] * vision["patch_size"] ** 2
        rotary = 2 * vision["width"] // vision["num_heads"]
        return patches * (17 * vision["width"] * self.precision.bytes_per_number + 4 * (rotary + pixels))


@dataclass(frozen=True)
class _Placing:
    max_memory: dict
    device_map: dict
    placement: tuple[Placement, ...]


def _place(question, gpus, ram_bytes) -> _Placing:
    """What device_map="auto" gives; where cache and activations would not fit then, with so much less memory offered."""
    room = {**{number: gpu.usable_bytes for number, gpu in enumerate(gpus)}, "cpu": ram_bytes}
    first = placing = _placed(question, room, room)
    step = question.counted_layer_bytes / 4
    while gpus and (
        short := {
            place.device: -place.free_bytes for place in placing.placement if (place.free_bytes or 0) < 0
        }
    ):
        if (
            _spills(placing.placement, question.precision)
            or min(placing.max_memory[device] for device in short) <= 0
        ):
            return first
        offered = balanced(question.network, placing.max_memory)
        less = {
            device: max(0, int(offered[device] - max(missing, step))) for device, missing in short.items()
        }
        placing = _placed(question, room, {**placing.max_memory, **less})
    return first if _spills(placing.placement, question.precision) else placing


def _placed(question, room, max_memory) -> _Placing:
    """The map for that offer, and what then lies on each device that has `room`."""
    share = QUANTIZER_SHARE if question.precision.is_quantized else 1
    device_map = auto_device_map(question.network, max_memory, share)
    device_of = expanded(question.network, device_map)
    devices = [device for device in room if device != "cpu" or device in device_of.values() or len(room) == 1]
    devices += ["disk"] if "disk" in device_of.values() else []
    computing = devices[0]  # offloaded layers are computed there, one after the other
    offloaded = {"cpu", "disk"} - {computing}
    layers = Counter(device_of[f"{name}.mlp.gate_proj"] for name in question.layer_names)
    elsewhere = sum(layers[device] for device in offloaded)
    weights = Counter()
    for name, device in device_of.items():
        part = "vision" if ".visual." in name else "layers" if ".layers." in name else "embedding"
        weights[device, part] += question.stored[name]
    placement = []
    for device in devices:
        computed = 0 if device in offloaded else layers[device] + (elsewhere if device == computing else 0)
        activations = question.activation_bytes() if computed else 0
        if weights[device, "vision"] and device not in offloaded:
            activations = max(activations, question.vision_activation_bytes)
        if elsewhere and device == computing:
            activations += question.layer_bytes
        placement.append(
            Placement(
                device=device,
                memory_bytes=room.get(device),
                vision_bytes=weights[device, "vision"],
                embedding_bytes=weights[device, "embedding"],
                layer_bytes=weights[device, "layers"],
                layers=layers[device],
                kv_bytes=computed * question.kv_bytes_per_layer * question.tokens,
                activation_bytes=activations,
            )
        )
    return _Placing(dict(max_memory), device_map, tuple(placement))


def _spills(placement, precision) -> bool:
    """Does something lie where this number format cannot be used from, or on the disk?"""
    devices = {place.device for place in placement if place.weight_bytes}
    return "disk" in devices or (precision.is_quantized and "cpu" in devices and len(placement) > 1)


def _verdict(placement, precision) -> str:
    spare = [place.free_bytes for place in placement if place.free_bytes is not None]
    if _spills(placement, precision) or min(spare) < 0:
        return "no"
    if len(placement) > 1 and any(place.device == "cpu" and place.weight_bytes for place in placement):
        return "offload"
    return "fits" if min(spare) >= COMFORTABLE_BYTES else "tight"


def _longest_answer(question, placement) -> int:
    """New tokens until the cache fills the first device."""
    if _spills(placement, question.precision):
        return 0
    room = math.inf
    for place in placement:
        without_cache = place.free_bytes + place.kv_bytes
        if without_cache < 0:
            return 0
        if place.kv_bytes:
            room = min(room, without_cache * question.tokens // place.kv_bytes)
    context = question.config.get("max_position_embeddings", math.inf)
    return max(0, min(room, context) - question.prompt_tokens)


def _tokens_per_second(question, gpus, placement) -> float | None:
    """An upper bound: for each token every GPU in turn reads its layers, the cache of the prompt and the output layer once."""
    used = [place for place in placement if place.weight_bytes]
    if not gpus or any(
        place.device in ("cpu", "disk") or not gpus[place.device].bandwidth_bytes_per_second for place in used
    ):
        return None
    seconds = 0.0
    for place in used:
        cache = place.kv_bytes * question.prompt_tokens // question.tokens
        seconds += (place.layer_bytes + cache) / gpus[place.device].bandwidth_bytes_per_second
    return 1 / (seconds + question.output_bytes / gpus[used[-1].device].bandwidth_bytes_per_second)


def _tensor_parallel_sizes(config) -> tuple[int, ...]:
    """Numbers of GPUs among which all heads, the feed-forward part and the vocabulary can be shared out evenly."""
    shared = ("num_key_value_heads", "num_attention_heads", "intermediate_size", "vocab_size")
    return tuple(
        ranks
        for ranks in range(1, config["num_key_value_heads"] + 1)
        if not any(config[name] % ranks for name in shared)
    )


def _tensor_parallel(question, gpus) -> tuple[TensorParallel, ...]:
    """The shares for every possible number of ranks from 2 to the number of GPUs; none for quantized weights.

    As the tensor-parallel plan of transformers has it: the linear weights of the layers, embeddings and output layer are
    cut, norms and the biases that follow a summed product stay whole, and so does the vision tower.
    """
    if question.precision.is_quantized:
        return ()
    found = []
    for ranks in _tensor_parallel_sizes(question.config):
        if not 2 <= ranks <= len(gpus):
            continue
        smallest = min(gpus[:ranks], key=lambda gpu: gpu.usable_bytes)
        weights = sum(
            size if ".visual." in name or "norm" in name else size // ranks
            for name, size in question.stored.items()
        )
        cache = question.kv_bytes_per_token * question.tokens // ranks
        activations = max(question.activation_bytes(ranks), question.vision_activation_bytes)
        free = smallest.usable_bytes - weights - cache - activations
        bandwidths = [gpu.bandwidth_bytes_per_second for gpu in gpus[:ranks]]
        read = (
            question.layer_bytes_in_all
            + question.output_bytes
            + question.kv_bytes_per_token * question.prompt_tokens
        )
        speed = min(bandwidths) * ranks / read if all(bandwidths) else None
        verdict = "no" if free < 0 else "fits" if free >= COMFORTABLE_BYTES else "tight"
        found.append(TensorParallel(ranks, weights, cache, activations, free, verdict, speed))
    return tuple(found)


# --- for people


def _device_name(device) -> str:
    return f"GPU {device}" if isinstance(device, int) else {"cpu": "CPU", "disk": "disk"}[device]
