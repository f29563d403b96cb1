"""Files: written whole or not at all, JSON, headers of safetensors files, and bytes in words for people."""

import json
import os
import struct
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from qvq_nb.errors import QvqError

GIB = 2**30
LARGEST_HEADER_BYTES = 100_000_000  # the limit of the safetensors format
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
    """The JSON object in a file; QvqError with `when_missing`, or saying that the file is damaged."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise QvqError(when_missing or f"There is no file {path}; check the path.") from None
    except (OSError, ValueError, RecursionError):
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
    """The header of a safetensors file; QvqError where the file is none, or is cut off within its header."""
    actual_bytes = path.stat().st_size
    again = "delete it and fetch it again."
    with path.open("rb") as stream:
        start = stream.read(8)
        if start == b"version ":
            raise QvqError(
                f"{path} is only a Git LFS pointer, not the weights; "
                "run `git lfs pull`, or fetch the file itself."
            )
        header_bytes = struct.unpack("<Q", start)[0] if len(start) == 8 else 0
        if not 2 <= header_bytes <= LARGEST_HEADER_BYTES:
            raise QvqError(f"{path} is no safetensors file ({actual_bytes:,} bytes); {again}")
        try:
            entries = json.loads(stream.read(header_bytes))
            metadata = entries.pop("__metadata__", {})
            header = SafetensorsHeader(entries, dict(metadata), 0)
            return SafetensorsHeader(entries, dict(metadata), 8 + header_bytes + header.tensor_bytes)
        except NOT_WHAT_WAS_EXPECTED:
            raise QvqError(
                f"{path} is cut off or damaged within its header ({actual_bytes:,} bytes); {again}"
            ) from None


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
