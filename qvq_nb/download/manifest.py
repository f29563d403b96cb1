"""What every byte of a model should be (the manifest, which may travel), and what was verified on this
disk (the state)."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from qvq_nb.download.listing import MANIFEST_FILE, WORK_FOLDER, HubFile, check_listing
from qvq_nb.errors import IntegrityError, QvqError
from qvq_nb.files import NOT_WHAT_WAS_EXPECTED, as_json, replace

FORMAT = 1
BLOCK_BYTES = 4 * 2**20


@dataclass(frozen=True)
class Manifest:
    """The files of one model with their sizes and fingerprints; the same whatever hub they came from.

    `unverified` names the files whose fingerprint was only taken from what came, as no hub had listed one.
    """

    model: str
    files: tuple[HubFile, ...]
    unverified: frozenset[str] = frozenset()

    def to_dict(self) -> dict:
        entries = [
            {"path": file.path, "size": file.size, "sha256": file.sha256}
            | ({"verified": False} if file.path in self.unverified else {})
            for file in self.files
        ]
        return {"format": FORMAT, "model": self.model, "files": entries}


def read_manifest(path: Path) -> Manifest:
    """The manifest in a file, or in a model folder; QvqError if there is none, IntegrityError if it cannot
    be trusted."""
    path = path / MANIFEST_FILE if path.is_dir() else path
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        if content["format"] != FORMAT:
            raise QvqError(
                f"{path} is a manifest of format {content['format']!r}; this kit knows format {FORMAT}, a "
                "newer kit more."
            )
        model, entries = str(content["model"]), [dict(entry) for entry in content["files"]]
    except FileNotFoundError:
        raise QvqError(
            f"There is no manifest at {path}; a finished `qvq-nb download` writes one ({MANIFEST_FILE})."
        ) from None
    except OSError as error:
        raise QvqError(f"The manifest {path} cannot be read ({error.strerror}).") from None
    except NOT_WHAT_WAS_EXPECTED:
        raise IntegrityError(
            f"{path} is no manifest of this kit, or is damaged; download again, or give the right file."
        ) from None
    files = check_listing(entries, f"The manifest {path}")
    if bare := [file.path for file in files if not file.sha256]:
        raise IntegrityError(f"The manifest {path} has no sha256 for {bare[0]}; give a whole one.")
    return Manifest(
        model, files, frozenset(entry["path"] for entry in entries if entry.get("verified") is False)
    )


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Write the manifest into a model folder, whole or not at all."""
    replace(folder / MANIFEST_FILE, as_json(manifest.to_dict()))


class State:
    """Which files of a folder were hashed, and the size and time they had then: whoever changes a file
    changes these.

    `verified` is False for a file that had no fingerprint to be compared with.
    """

    def __init__(self, folder: Path):
        self.folder = folder
        self._path = folder / WORK_FOLDER / "state.json"
        self._files: dict[str, dict] = {}
        self.source: dict = {}  # model, hub and endpoint of the last download
        try:
            content = json.loads(self._path.read_text(encoding="utf-8"))
            files = {
                path: {key: entry[key] for key in ("stat", "sha256", "verified")}
                for path, entry in content["files"].items()
            }
            self._files, self.source = files, dict(content["source"])
        except (OSError, *NOT_WHAT_WAS_EXPECTED):
            pass  # without it, files are hashed again

    def sha256(self, path: str) -> str | None:
        """The fingerprint of a file that has not been touched since it was hashed, or None."""
        entry = self._files.get(path)
        return entry["sha256"] if entry and entry["stat"] == _size_and_time(self.folder / path) else None

    def is_verified(self, path: str) -> bool:
        return bool(self._files.get(path, {}).get("verified"))

    def remember(self, path: str, sha256: str, verified: bool) -> None:
        self._files[path] = {
            "stat": _size_and_time(self.folder / path),
            "sha256": sha256,
            "verified": verified,
        }

    def forget(self, path: str) -> None:
        self._files.pop(path, None)

    def save(self) -> None:
        replace(self._path, as_json({"source": self.source, "files": self._files}))


def sha256_of(path: Path, on_bytes: Callable[[int], None] = lambda count: None) -> str:
    """The sha256 of a file in lower-case hex; `on_bytes` hears after each block how long it was."""
    return _digest_of(path, hashlib.sha256(), on_bytes)


def is_right(file: HubFile, path: Path, sha256: str) -> bool:
    """Whether the file at `path`, whose sha256 was taken, has the listed fingerprint; True if none is
    listed."""
    if file.sha256:
        return sha256 == file.sha256
    if file.git_sha1:  # git hashes a header with the size, then the bytes
        header = b"blob %d\0" % path.stat().st_size
        return _digest_of(path, hashlib.sha1(header, usedforsecurity=False)) == file.git_sha1
    return True


def _digest_of(path, digest, on_bytes=lambda count: None) -> str:
    with path.open("rb") as stream:
        while block := stream.read(BLOCK_BYTES):
            digest.update(block)
            on_bytes(len(block))
    return digest.hexdigest()


def _size_and_time(path: Path) -> list[int] | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return [status.st_size, status.st_mtime_ns]
