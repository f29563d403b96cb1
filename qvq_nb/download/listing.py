"""The files that a hub says a model has, and whether it is safe to write them."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from qvq_nb.errors import IntegrityError

MANIFEST_FILE = "qvq-manifest.json"
WORK_FOLDER = ".qvq-nb"  # inside the model's folder: the lock, and what was verified so far
PARTIAL_SUFFIX = ".incomplete"  # the name that the ModelScope client gives to the part that has come
WEIGHTS_SUFFIXES = (".safetensors", ".bin", ".pt", ".pth", ".gguf", ".onnx", ".h5", ".msgpack")
LARGEST_SMALL_FILE_BYTES = 64 * 2**20
LONGEST_NAME_BYTES = 255 - len(PARTIAL_SUFFIX)  # of one part of a path, on the usual file systems


@dataclass(frozen=True)
class HubFile:
    """One file of a model: its path within the model, its size in bytes, its fingerprints as far as they
    are known."""

    path: str
    size: int
    sha256: str | None = None
    git_sha1: str | None = None  # Hugging Face gives this one for files outside large-file storage

    @property
    def is_weights(self) -> bool:
        return self.path.endswith(WEIGHTS_SUFFIXES)

    @property
    def is_small(self) -> bool:
        """Config, tokenizer, index …: what is fetched first."""
        return not self.is_weights and self.size <= LARGEST_SMALL_FILE_BYTES

    @property
    def has_fingerprint(self) -> bool:
        return bool(self.sha256 or self.git_sha1)


def check_listing(entries: Iterable[dict], where: str) -> tuple[HubFile, ...]:
    """The files of a listing, sorted by path; IntegrityError naming the first entry that is not safe or makes
    no sense.

    An entry has `path`, `size` and, where known, `sha256` and `git_sha1`. `where` says in the message who
    listed it.
    """
    files: dict[str, HubFile] = {}
    for entry in entries:
        path, size = entry.get("path"), entry.get("size")
        wrong = why_unsafe(path)
        if not wrong and (isinstance(size, bool) or not isinstance(size, int) or size < 0):
            wrong = f"has the size {size!r}"
        for kind, digits in (("sha256", 64), ("git_sha1", 40)):
            if (
                not wrong
                and entry.get(kind)
                and not re.fullmatch(rf"[0-9a-fA-F]{{{digits}}}", str(entry[kind]))
            ):
                wrong = f"has the {kind} {entry[kind]!r}"
        if not wrong and _on_any_disk(path) in files:
            wrong = "is listed twice (on some disks capital and small letters are the same)"
        if wrong:
            raise IntegrityError(
                f"{where} lists a file {path!r} that {wrong}, so nothing was fetched. Take the model from "
                "elsewhere."
            )
        fingerprints = {kind: str(entry[kind]).lower() for kind in ("sha256", "git_sha1") if entry.get(kind)}
        files[_on_any_disk(path)] = HubFile(path, size, **fingerprints)
    if not files:
        raise IntegrityError(
            f"{where} lists no file at all; check the model's name, or take it from elsewhere."
        )
    for key, file in files.items():
        parents = key.split("/")[:-1]
        if any("/".join(parents[:depth]) in files for depth in range(1, len(parents) + 1)):
            raise IntegrityError(
                f"{where} lists {file.path!r} inside something that it lists as a file, so nothing was "
                "fetched."
            )
    return tuple(sorted(files.values(), key=lambda file: file.path))


def why_unsafe(path) -> str | None:
    """Why a listed path must not be written into a model folder, or None if it may."""
    if not isinstance(path, str) or not path:
        return "has no name"
    try:
        parts = path.encode().decode().split("/")
    except UnicodeEncodeError:
        return "has a name that is no valid text"
    if any(unicodedata.category(character) == "Cc" for character in path):
        return "has a control character in its name"
    if "\\" in path or ":" in path:
        return "has a backslash or a drive in its name"
    if not all(parts) or {".", ".."} & set(parts):
        return "would be written outside the model's folder"
    if any(len(part.encode()) > LONGEST_NAME_BYTES for part in parts):
        return "has a name too long for a disk"
    if _on_any_disk(parts[0]) in (WORK_FOLDER, MANIFEST_FILE) or _on_any_disk(path).endswith(PARTIAL_SUFFIX):
        return "bears a name that this kit keeps for its own files"
    return None


def check_links(folder: Path, files: Iterable[HubFile]) -> None:
    """IntegrityError if a file, its partial file or a folder on the way to it is a link, which may lead
    outside."""
    for file in files:
        target = folder / file.path
        on_the_way = [
            parent for parent in target.parents if parent.is_relative_to(folder) and parent != folder
        ]
        for path in (target, partial(target), *on_the_way):
            if path.is_symlink():
                raise IntegrityError(
                    f"{path} is a link and could lead outside of {folder}: delete the link, then run this "
                    "again."
                )


def partial(target: Path) -> Path:
    """Where the part of a file lies that has come so far."""
    return target.with_name(target.name + PARTIAL_SUFFIX)


def _on_any_disk(path: str) -> str:
    """What some file systems take for the same name becomes the same."""
    return unicodedata.normalize("NFC", path).casefold()
