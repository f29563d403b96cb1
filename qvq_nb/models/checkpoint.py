"""Is a folder a whole model? Looked at before loading, so that the message names the file and what to do."""

import re
from pathlib import Path

from qvq_nb.errors import QvqError
from qvq_nb.files import read_json, read_safetensors_header

SINGLE_FILE = "model.safetensors"
INDEX_FILE = "model.safetensors.index.json"
MODEL_TYPE = "qwen2_vl"
STAND_IN_KEY = "qvq_nb_stand_in"  # in the config and in every shard of a rehearsal's checkpoint


def check_folder(folder: Path) -> Path:
    """The folder, if it holds a complete Qwen2-VL model; else QvqError naming what is missing or cut."""
    config = read_json(folder / "config.json", f"{folder} is no model folder: it has no config.json.")
    if config.get("model_type") != MODEL_TYPE:
        raise QvqError(
            f"{folder} holds a model of type {config.get('model_type')!r}; "
            f"this kit runs Qwen2-VL models such as QVQ ({MODEL_TYPE!r})."
        )
    if config.get(STAND_IN_KEY):
        raise QvqError(_stand_in(folder))
    read_json(folder / "preprocessor_config.json", _missing(folder, "preprocessor_config.json"))
    if not (folder / "tokenizer.json").is_file() and not (folder / "vocab.json").is_file():
        raise QvqError(_missing(folder, "tokenizer.json"))
    for file in weight_files(folder):
        check_weights(file)
    return folder


def weight_files(folder: Path) -> list[Path]:
    """The safetensors files that the model consists of; QvqError where one is missing."""
    if (folder / INDEX_FILE).is_file():
        weight_map = read_json(folder / INDEX_FILE).get("weight_map")
        names = sorted({str(name) for name in weight_map.values()}) if isinstance(weight_map, dict) else []
        if not all(re.fullmatch(r"[\w.-]+\.safetensors", name) for name in names):
            raise QvqError(
                f"{folder / INDEX_FILE} names files that are no weights files beside it; "
                "fetch this file again."
            )
        absent = [name for name in names if not (folder / name).is_file()]
        if absent or not names:
            raise QvqError(
                f"{folder} lacks {len(absent)} of its {len(names)} weights files, "
                f"first {(absent or ['?'])[0]}; fetch the missing ones, the others can stay."
            )
        return [folder / name for name in names]
    if (folder / SINGLE_FILE).is_file():
        return [folder / SINGLE_FILE]
    if any(folder.glob("*.bin")) or any(folder.glob("*.pt*")):
        raise QvqError(
            f"{folder} has its weights as pickle files, which can run code when opened; "
            "fetch the safetensors edition."
        )
    raise QvqError(_missing(folder, SINGLE_FILE))


def weight_bytes(folder: Path) -> int:
    """Bytes of the weights files on the disk; QvqError where one is missing."""
    return sum(file.stat().st_size for file in weight_files(folder))


def check_weights(file: Path) -> None:
    """QvqError unless the file has weights, and is as long as its own safetensors header says."""
    header, actual_bytes = read_safetensors_header(file), file.stat().st_size
    if header.metadata.get(STAND_IN_KEY):
        raise QvqError(_stand_in(file))
    if actual_bytes != header.expected_bytes:
        raise QvqError(
            f"{file} has {actual_bytes:,} bytes where its header says {header.expected_bytes:,}; "
            "delete it and fetch it again."
        )


def _stand_in(path: Path) -> str:
    return (
        f"{path} is a stand-in that was made for a rehearsal: it has no weights and cannot answer. "
        "Load the downloaded model's folder."
    )


def _missing(folder: Path, name: str) -> str:
    return f"{folder} is an incomplete model: {name} is missing. Fetch that file, the others can stay."
