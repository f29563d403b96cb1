"""Is a folder a whole model? Looked at before loading, so that the message names the file and what to do."""

import os
import re
from pathlib import Path

from qvq_nb.errors import QvqError
from qvq_nb.files import read_json, read_safetensors_header, shown
from qvq_nb.models.config import read_config

SINGLE_FILE = "model.safetensors"
INDEX_FILE = "model.safetensors.index.json"
MODEL_TYPE = "qwen2_vl"
# Whatever transformers reads from a folder besides weights; the last three are vocabularies, not settings.
JSON_FILES = (
    "config.json", "generation_config.json", "preprocessor_config.json", "video_preprocessor_config.json",
    "processor_config.json", "tokenizer_config.json", "special_tokens_map.json", "chat_template.json",
    "tokenizer.json", "vocab.json", "added_tokens.json",
)  # fmt: skip
VOCABULARIES = JSON_FILES[-3:]
DTYPES = ("BF16", "F16", "F32")
STAND_IN_KEY = "qvq_nb_stand_in"  # in the config and in every shard of a rehearsal's checkpoint


def check_folder(folder: Path) -> Path:
    """The folder, if it holds a complete Qwen2-VL model that brings no code of its own; else QvqError naming
    the file that is missing, damaged or cut."""
    config = read_json(folder / "config.json", f"{folder} is no model folder: it has no config.json.")
    if config.get("model_type") != MODEL_TYPE:
        raise QvqError(
            f"{folder} holds a model of type {shown(repr(config.get('model_type')))}; "
            f"this kit runs Qwen2-VL models such as QVQ ({MODEL_TYPE!r})."
        )
    if config.get(STAND_IN_KEY):
        raise QvqError(_stand_in(folder))
    for name in JSON_FILES:
        if os.path.lexists(folder / name):
            content = read_json(folder / name)
            if name not in VOCABULARIES:
                _check_no_code(folder / name, content)
    if (folder / "adapter_config.json").exists():
        raise QvqError(f"{folder} holds an adapter, which needs another model; fetch the whole model.")
    try:
        read_config(config)
    except QvqError as error:
        raise QvqError(f"{folder / 'config.json'}: {error}") from None
    is_quantized = _is_quantized(folder / "config.json", config.get("quantization_config"))
    for name in ("preprocessor_config.json", "tokenizer.json"):
        if not (folder / name).is_file() and not (name == "tokenizer.json" and _has_old_tokenizer(folder)):
            raise QvqError(_missing(folder, name))
    for file in weight_files(folder):
        check_weights(file, is_quantized)
    return folder


def _has_old_tokenizer(folder: Path) -> bool:
    return (folder / "vocab.json").is_file() and (folder / "merges.txt").is_file()


def _check_no_code(file: Path, content) -> None:
    """QvqError where a setting would run code from the folder or from a hub."""
    waiting = [content]
    while waiting:
        part = waiting.pop()
        waiting += part if isinstance(part, list) else part.values() if isinstance(part, dict) else ()
        for name, value in part.items() if isinstance(part, dict) else ():
            from_a_hub = name.endswith("_implementation") and "/" in str(value)
            if (name == "auto_map" and value) or from_a_hub:
                raise QvqError(
                    f"{file} asks for code that is not transformers' own ({shown(name)}), and this kit runs "
                    "none; fetch the edition of the model that needs no code."
                )


def _is_quantized(file: Path, quantization) -> bool:
    if quantization is None:
        return False
    if not isinstance(quantization, dict) or not isinstance(quantization.get("quant_method"), str):
        raise QvqError(
            f"{file} is damaged: quantization_config says no method (quant_method); fetch this file again."
        )
    return True


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


def check_weights(file: Path, is_quantized: bool = False) -> None:
    """QvqError unless the file has weights in a format of numbers that runs, and is as long as its own
    safetensors header says."""
    header, actual_bytes = read_safetensors_header(file), file.stat().st_size
    if header.metadata.get(STAND_IN_KEY):
        raise QvqError(_stand_in(file))
    if actual_bytes != header.expected_bytes:
        raise QvqError(
            f"{file} has {actual_bytes:,} bytes where its header says {header.expected_bytes:,}; "
            "delete it and fetch it again."
        )
    for name, entry in header.tensors.items():
        if entry["dtype"] not in DTYPES and not is_quantized:
            raise QvqError(
                f"{file} has {shown(name)} as {entry['dtype']}, and weights are {', '.join(DTYPES)}; "
                "delete it and fetch it again."
            )


def _stand_in(path: Path) -> str:
    return (
        f"{path} is a stand-in that was made for a rehearsal: it has no weights and cannot answer. "
        "Load the downloaded model's folder."
    )


def _missing(folder: Path, name: str) -> str:
    return f"{folder} is an incomplete model: {name} is missing. Fetch that file, the others can stay."
