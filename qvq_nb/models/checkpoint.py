"""Is a folder a whole model? Looked at before loading, so that the message names the file and what to do."""

import json
import re
import struct
from pathlib import Path

from qvq_nb.errors import QvqError

SINGLE_FILE = "model.safetensors"
INDEX_FILE = "model.safetensors.index.json"
MODEL_TYPE = "qwen2_vl"
LARGEST_HEADER_BYTES = 100_000_000  # the limit of the safetensors format
STAND_IN_KEY = (
    "qvq_nb_stand_in"  # marks the config and every shard of a rehearsal's checkpoint, which has no weights
)


def check_folder(folder: Path) -> Path:
    """The folder, if it holds a complete Qwen2-VL model; else QvqError naming what is missing or cut."""
    config = read_json(folder, "config.json", f"{folder} is no model folder: it has no config.json.")
    if config.get("model_type") != MODEL_TYPE:
        raise QvqError(
            f"{folder} holds a model of type {config.get('model_type')!r}; this kit runs Qwen2-VL models such as QVQ ({MODEL_TYPE!r})."
        )
    if config.get(STAND_IN_KEY):
        raise QvqError(_stand_in(folder))
    read_json(folder, "preprocessor_config.json", _missing(folder, "preprocessor_config.json"))
    if not (folder / "tokenizer.json").is_file() and not (folder / "vocab.json").is_file():
        raise QvqError(_missing(folder, "tokenizer.json"))
    for file in weight_files(folder):
        check_weights(file)
    return folder


def weight_files(folder: Path) -> list[Path]:
    """The safetensors files that the model consists of; QvqError where one is missing."""
    if (folder / INDEX_FILE).is_file():
        index = read_json(folder, INDEX_FILE, "")
        weight_map = index.get("weight_map")
        names = sorted({str(name) for name in weight_map.values()}) if isinstance(weight_map, dict) else []
        if not all(re.fullmatch(r"[\w.-]+\.safetensors", name) for name in names):
            raise QvqError(
                f"{folder / INDEX_FILE} names files that are no weights files beside it; fetch this file again."
            )
        absent = [name for name in names if not (folder / name).is_file()]
        if absent or not names:
            raise QvqError(
                f"{folder} lacks {len(absent)} of its {len(names)} weights files, first {(absent or ['?'])[0]}; "
                "fetch the missing ones, the others can stay."
            )
        return [folder / name for name in names]
    if (folder / SINGLE_FILE).is_file():
        return [folder / SINGLE_FILE]
    if any(folder.glob("*.bin")) or any(folder.glob("*.pt*")):
        raise QvqError(
            f"{folder} has its weights as pickle files, which can run code when opened; fetch the safetensors edition."
        )
    raise QvqError(_missing(folder, SINGLE_FILE))


def check_weights(file: Path) -> None:
    """QvqError unless the file is as long as its own safetensors header says."""
    actual_bytes = file.stat().st_size
    again = "delete it and fetch it again."
    with file.open("rb") as stream:
        start = stream.read(8)
        if start == b"version ":
            raise QvqError(
                f"{file} is only a Git LFS pointer, not the weights; run `git lfs pull`, or fetch the file itself."
            )
        header_bytes = struct.unpack("<Q", start)[0] if len(start) == 8 else 0
        if not 2 <= header_bytes <= LARGEST_HEADER_BYTES:
            raise QvqError(f"{file} is no safetensors file ({actual_bytes:,} bytes); {again}")
        try:
            header = json.loads(stream.read(header_bytes))
            if header.get("__metadata__", {}).get(STAND_IN_KEY):
                raise QvqError(_stand_in(file))
            ends = [entry["data_offsets"][1] for name, entry in header.items() if name != "__metadata__"]
        except (ValueError, KeyError, TypeError, IndexError, AttributeError):
            raise QvqError(
                f"{file} is cut off or damaged within its header ({actual_bytes:,} bytes); {again}"
            ) from None
    expected_bytes = 8 + header_bytes + max(ends, default=0)
    if actual_bytes != expected_bytes:
        raise QvqError(f"{file} has {actual_bytes:,} bytes where its header says {expected_bytes:,}; {again}")


def read_json(folder: Path, name: str, when_missing: str) -> dict:
    """The JSON object in a file of a model folder; QvqError with `when_missing`, or saying that it is damaged."""
    try:
        content = json.loads((folder / name).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise QvqError(when_missing) from None
    except (OSError, ValueError):
        raise QvqError(f"{folder / name} cannot be read as JSON; fetch this file again.") from None
    if not isinstance(content, dict):
        raise QvqError(f"{folder / name} is not what a model folder holds there; fetch this file again.")
    return content


def _stand_in(path: Path) -> str:
    return f"{path} is a stand-in that was made for a rehearsal: it has no weights and cannot answer. Load the downloaded model's folder."


def _missing(folder: Path, name: str) -> str:
    return f"{folder} is an incomplete model: {name} is missing. Fetch that file, the others can stay."
