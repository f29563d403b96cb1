"""Files: written whole or not at all, JSON, headers of safetensors files, and bytes in words for people."""

import json
import math
import os
import struct
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from qvq_nb.errors import QvqError

GIB = 2**30
LARGEST_HEADER_BYTES = 100_000_000  # the limit of the safetensors format
LARGEST_JSON_BYTES = 100_000_000  # tokenizer.json, the largest that models come with, has 7 to 35 MB
LFS_POINTER = "version https://git-lfs"
LONGEST_SHOWN = 80  # characters of a name within a message
BYTES_PER_NUMBER = {
    "F64": 8, "I64": 8, "U64": 8, "F32": 4, "I32": 4, "U32": 4, "F16": 2, "BF16": 2, "I16": 2, "U16": 2,
    "F8_E4M3": 1, "F8_E5M2": 1, "F8_E8M0": 1, "I8": 1, "U8": 1, "BOOL": 1,
}  # fmt: skip  # the dtypes of the safetensors format
NOT_WHAT_WAS_EXPECTED = (
    ValueError,
    KeyError,
    TypeError,
    AttributeError,
    IndexError,
    RecursionError,
)  # of JSON of another kind


@contextmanager
def replacing(path: Path):
    """A path beside `path` to write to; at the end what was written takes the place of `path`, or nothing.

    A reader finds the old file or the new one, never half of it. Raises OSError where the disk refuses.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-", suffix=path.suffix)
    os.close(handle)
    unfinished = Path(name)
    try:
        yield unfinished
        os.chmod(unfinished, 0o644)  # mkstemp lets nobody else read
        os.replace(unfinished, path)
    finally:
        unfinished.unlink(missing_ok=True)


def replace(path: Path, content: str | bytes) -> None:
    """Write a file whole or not at all; OSError where the disk refuses."""
    with replacing(path) as unfinished:
        unfinished.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)


def write_whole(path: Path, content: str | bytes) -> None:
    """Write a file whole or not at all; QvqError where the disk refuses."""
    try:
        replace(path, content)
    except OSError as error:
        raise QvqError(
            f"{path} could not be written ({error.strerror}); what was there before is kept. "
            "Make room, or choose another folder."
        ) from None


def as_json(value) -> str:
    """JSON for files and for `--json`: readable, Chinese as it is."""
    return json.dumps(value, ensure_ascii=False, indent=1)


def read_json(path: Path, when_missing: str = "") -> dict:
    """The JSON object in a file; QvqError with `when_missing`, or saying what the file is instead."""
    path = Path(path)
    try:
        size = path.stat().st_size
        if not path.is_file():
            raise QvqError(f"{path} is no plain file; fetch this file again.")
        if size > LARGEST_JSON_BYTES:
            raise QvqError(f"{path} has {gigabytes(size)}, far more than it should; fetch this file again.")
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise QvqError(when_missing or f"There is no file {path}; check the path.") from None
    except (OSError, ValueError):
        raise QvqError(f"{path} cannot be read as JSON; fetch this file again.") from None
    if text.startswith(LFS_POINTER):
        raise QvqError(_only_a_pointer(path))
    try:
        content = json.loads(text)
    except (ValueError, RecursionError):
        raise QvqError(f"{path} cannot be read as JSON; fetch this file again.") from None
    if not isinstance(content, dict):
        raise QvqError(f"{path} is not what a model folder holds there; fetch this file again.")
    return content


@dataclass(frozen=True)
class SafetensorsHeader:
    """What a safetensors file says of itself: `tensors` name → {"dtype", "shape", "data_offsets"}, and its
    own metadata."""

    tensors: dict[str, dict]
    metadata: dict
    expected_bytes: int  # of the whole file

    @property
    def tensor_bytes(self) -> int:
        return max((entry["data_offsets"][1] for entry in self.tensors.values()), default=0)


def read_safetensors_header(path: Path) -> SafetensorsHeader:
    """The header of a safetensors file; QvqError where the file is none, is cut off within its header, or
    has tensors of an unknown dtype, of another size than their shape needs, or that overlap."""
    actual_bytes = path.stat().st_size
    again = "delete it and fetch it again."
    with path.open("rb") as stream:
        start = stream.read(8)
        if start == LFS_POINTER[:8].encode():
            raise QvqError(_only_a_pointer(path))
        header_bytes = struct.unpack("<Q", start)[0] if len(start) == 8 else 0
        if not 2 <= header_bytes <= LARGEST_HEADER_BYTES:
            raise QvqError(f"{path} is no safetensors file ({actual_bytes:,} bytes); {again}")
        try:
            entries = json.loads(stream.read(header_bytes))
            metadata = dict(entries.pop("__metadata__", {}))
            tensor_bytes = _checked_tensors(entries)
        except NOT_WHAT_WAS_EXPECTED as problem:
            said = f": {problem}" if isinstance(problem, _WrongTensor) else ""
            raise QvqError(
                f"{path} is cut off or damaged within its header ({actual_bytes:,} bytes){said}; {again}"
            ) from None
    return SafetensorsHeader(entries, metadata, 8 + header_bytes + tensor_bytes)


class _WrongTensor(ValueError):
    """A tensor that cannot be as its header says, told in words."""


def _checked_tensors(entries: dict) -> int:
    """Bytes that the tensors take, which must lie one behind the other; an error for anything else."""
    places = []
    for name, entry in entries.items():
        dtype, shape, (begin, end) = entry["dtype"], entry["shape"], entry["data_offsets"]
        if dtype not in BYTES_PER_NUMBER:
            raise _WrongTensor(f"{shown(name)} has the unknown dtype {shown(str(dtype))}")
        if not all(type(number) is int and number >= 0 for number in (begin, end, *shape)):
            raise _WrongTensor(f"shape or place of {shown(name)} is no list of whole numbers")
        if end - begin != math.prod(shape) * BYTES_PER_NUMBER[dtype]:
            raise _WrongTensor(f"{shown(name)} has another size than its shape needs")
        places.append((begin, end, name))
    filled = 0
    for begin, end, name in sorted(places):
        if begin != filled:
            raise _WrongTensor(f"{shown(name)} does not begin where the tensor before it ends")
        filled = end
    return filled


def _only_a_pointer(path: Path) -> str:
    return f"{path} is only a Git LFS pointer, not the file itself; run `git lfs pull`, or fetch the file."


def shown(text: str, longest: int = LONGEST_SHOWN) -> str:
    """A name from elsewhere for a message: on one line, printable, its middle left out where it is long."""
    plain = "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in text)
    half = longest // 2
    return plain if len(plain) <= longest else f"{plain[:half]}…{plain[-half:]}"


def gigabytes(size: float) -> str:
    """Bytes on disks and lines, in powers of 1000: 146.8 GB."""
    if size < 999.5:
        return f"{size:.0f} B"
    for unit in ("kB", "MB"):
        size /= 1000
        if size < 999.5:
            return f"{size:.1f} {unit}"
    return f"{size / 1000:.1f} GB"


def gibibytes(size: float) -> str:
    """Bytes in memory, in powers of 1024: 12.3 MiB, 34.56 GiB."""
    return f"{size / GIB:.2f} GiB" if size >= GIB else f"{size / 2**20:.1f} MiB"


def duration(seconds: float) -> str:
    """Seconds for people: 3 h 20 min."""
    minutes, seconds = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return (
        f"{hours} h {minutes:02} min"
        if hours
        else f"{minutes} min {seconds:02} s"
        if minutes
        else f"{seconds} s"
    )
