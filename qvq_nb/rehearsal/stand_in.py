"""A stand-in for a checkpoint: real tensor names, shapes, dtype and shards around holes in sparse files.

The 137 GiB of the 72B take less than one MiB on the disk and read as zeros.
"""

import contextlib
import json
import math
import mmap
import re
import shutil
import struct
import tempfile
from dataclasses import dataclass
from pathlib import Path

from qvq_nb import paths
from qvq_nb.errors import QvqError
from qvq_nb.files import as_json, gibibytes
from qvq_nb.leftovers import abandoned, owned_folder, usual_places
from qvq_nb.memory.network import BYTES_PER_BF16, network_of
from qvq_nb.models.checkpoint import INDEX_FILE, MODEL_TYPE, STAND_IN_KEY
from qvq_nb.models.config import read_config
from qvq_nb.models.resolve import resolve

LARGEST_SHARD_BYTES = 4_000_000_000  # as published
PROBE_BYTES = 16 * 2**20
NEEDED_BYTES = 2 * PROBE_BYTES  # so much must be free: a mapped hole that finds no room kills the process
KIND = "rehearsal"


@dataclass(frozen=True)
class StandIn:
    """A stand-in checkpoint: `apparent_bytes` as a loader sees it, `disk_bytes` as it lies on the disk."""

    folder: Path
    config: dict
    layers: int
    all_layers: int
    parameters: int
    shards: int
    apparent_bytes: int
    disk_bytes: int


@contextlib.contextmanager
def stand_in(model="qvq-72b", *, layers=None, folder=None):
    """A StandIn for `model` that is deleted at the end of the `with` block, also after an error or Ctrl-C.

    It is made inside `folder`, or inside the first of the usual places whose file system has holes. Stand-ins
    of rehearsals that were killed are deleted first.
    """
    config = _config_of(model)
    places = [paths.expanded(folder)] if folder else usual_places()
    for _ in abandoned(KIND, places=places):
        pass  # deleted as soon as the next one is asked for
    for place in places:
        with contextlib.suppress(QvqError):
            check_holes(place)
            break
    else:
        check_holes(places[-1])
    with owned_folder(KIND, place=place) as inside:
        yield write_stand_in(config, inside / "stand-in", layers)


def write_stand_in(config: dict, folder: Path, layers: int | None = None) -> StandIn:
    """Writes config, index and shards of a stand-in into an empty folder; QvqError where files have no holes.

    Tensors stand in the published order, greedily, in shards of at most 4,000,000,000 bytes, as published.
    `layers` cuts the model down to its first so many decoder layers.
    """
    from huggingface_hub import split_state_dict_into_shards_factory

    folder = Path(folder)
    config, all_layers = _cut(config, layers)
    if folder.is_dir() and any(folder.iterdir()):
        raise QvqError(f"{folder} is not empty; a stand-in is only written into an empty folder.")
    check_holes(folder if folder.is_dir() else folder.parent)
    shapes = tensor_shapes(config)
    split = split_state_dict_into_shards_factory(
        shapes,
        get_storage_size=_bytes,
        filename_pattern="model{suffix}.safetensors",
        max_shard_size=LARGEST_SHARD_BYTES,
    )
    index = {"metadata": split.metadata, "weight_map": split.tensor_to_filename}
    try:
        folder.mkdir(exist_ok=True)
        for name, tensors in split.filename_to_tensors.items():
            write_hole(folder / name, {tensor: shapes[tensor] for tensor in tensors})
        for name, content in ((INDEX_FILE, index), ("config.json", config)):
            (folder / name).write_text(as_json(content), encoding="utf-8")
    except OSError as error:
        for file in folder.glob("*"):  # it was empty before
            file.unlink()
        raise _not_written(folder, error) from None
    files = list(folder.iterdir())
    return StandIn(
        folder=folder,
        config=config,
        layers=read_config(config)["num_hidden_layers"],
        all_layers=all_layers,
        parameters=split.metadata["total_size"] // BYTES_PER_BF16,
        shards=len(split.filename_to_tensors),
        apparent_bytes=sum(file.stat().st_size for file in files),
        disk_bytes=sum(map(disk_bytes, files)),
    )


def tensor_shapes(config: dict) -> dict[str, tuple[int, ...]]:
    """Tensor name → shape of a Qwen2-VL checkpoint, in published order and with published (4.4x) names."""
    published = {"visual": "visual", "language_model": "model"}
    return {
        re.sub(r"^model\.(\w+)", lambda found: published[found[1]], f"{module.name}.{tensor}"): shape
        for module in network_of(config).walk()
        for tensor, shape in module.parameters.items()
    }


def write_hole(file: Path, shapes: dict) -> None:
    """A safetensors file with a header, and a hole where the data would be."""
    header, end = {"__metadata__": {"format": "pt", STAND_IN_KEY: "true"}}, 0
    for name, shape in shapes.items():
        start, end = end, end + _bytes(shape)
        header[name] = {"dtype": "BF16", "shape": shape, "data_offsets": [start, end]}
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)  # the data begins at a multiple of 8 bytes
    with file.open("wb") as stream:
        stream.write(struct.pack("<Q", len(text)) + text)
        stream.truncate(8 + len(text) + end)


def check_holes(folder: Path) -> None:
    """QvqError unless files in this folder can have holes that take no room, when written and when read.

    Measured on a file of 16 MiB. On a file system in memory (tmpfs) the hole is free until a loader maps and
    reads it: then it fills the memory, and where that is full the system kills the process (SIGBUS).
    """
    try:
        free = shutil.disk_usage(folder).free
        if free < NEEDED_BYTES:
            raise QvqError(
                f"Only {gibibytes(free)} are free in {folder}, too little to try whether files can have "
                "holes there; nothing was written: make room, or choose another folder with --folder."
            )
        with tempfile.NamedTemporaryFile(dir=folder, prefix="qvq-probe-") as probe:
            probe.truncate(PROBE_BYTES)
            with mmap.mmap(probe.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
                sum(mapped[:: mmap.PAGESIZE])
            taken = disk_bytes(Path(probe.name))
    except OSError as error:
        raise _not_written(folder, error) from None
    if taken is None or taken > PROBE_BYTES // 2:
        raise QvqError(
            f"The file system of {folder} keeps no holes in files that are read. A stand-in would really "
            "fill it, so none is made; choose a folder on a disk (ext4, xfs, btrfs or APFS, say)."
        )


def disk_bytes(file: Path) -> int | None:
    """What a file takes on its file system; None where that is not told (Windows)."""
    blocks = getattr(file.stat(), "st_blocks", None)
    return None if blocks is None else blocks * 512


def _bytes(shape) -> int:
    return math.prod(shape) * BYTES_PER_BF16


def _not_written(folder, error) -> QvqError:
    return QvqError(f"The stand-in cannot be written to {folder} ({error.strerror}); choose another folder.")


def _config_of(model) -> dict:
    """The config.json of a model as it stands there; QvqError for one that is not rehearsed."""
    config = resolve(model).config()
    kind = config.get("model_type")
    if kind != MODEL_TYPE:
        raise QvqError(
            f"This is the configuration of a model of type {kind!r}; "
            f"rehearsed are Qwen2-VL models such as QVQ ({MODEL_TYPE!r})."
        )
    if config.get("quantization_config"):
        raise QvqError(
            "This model's weights are quantized already, which is not rehearsed; "
            "rehearse the unquantized one with nf4 for about the same size."
        )
    read_config(config)  # says what is wrong with it, if anything
    return config


def _cut(config: dict, layers) -> tuple[dict, int]:
    """(the config of the stand-in, the layers that the whole model has)."""
    all_layers = read_config(config)["num_hidden_layers"]
    config = {**config, STAND_IN_KEY: True}
    if layers is None:
        return config, all_layers
    if type(layers) is not int or not 1 <= layers <= all_layers:
        raise QvqError(
            f"layers is a whole number from 1 to {all_layers}, as many as this model has; {layers!r} is not."
        )
    text = config
    if "text_config" in config:
        text = config["text_config"] = dict(config["text_config"])
    text["num_hidden_layers"] = layers
    if "layer_types" in text:
        text["layer_types"] = text["layer_types"][:layers]
    return config, all_layers
