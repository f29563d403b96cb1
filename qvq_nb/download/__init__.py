"""A model from a hub onto this disk: list, check, preflight, fetch, verify.

The work is left to the hubs' own clients (`modelscope-hub`, `huggingface_hub`); this package adds what they lack: checked
names, a look at the disk first, retries as long as bytes arrive, and proof that every byte is right.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True)
class Progress:
    """How far a download or a verification is. Sizes in bytes; a shard is a file of weights."""

    phase: str  # "fetch" | "verify" | "copy"
    bytes_done: int
    bytes_total: int
    bytes_per_second: float
    shards_done: int
    shards_total: int


@dataclass(frozen=True)
class Report:
    """What a download did. `unverified` names the files for which neither hub nor manifest had a fingerprint."""

    model: str
    folder: Path
    hub: str  # "modelscope" | "huggingface" | "folder" | "" (nothing was fetched: all was there)
    endpoint: str
    bytes_total: int
    bytes_fetched: int
    seconds: float
    complete: bool  # False after only="config", and after confirm said no
    unverified: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Verification:
    """What a look at a downloaded folder found. `bad` maps each bad file to what is wrong with it."""

    model: str
    folder: Path
    full: bool
    files: int
    bad: dict[str, str]
    unverified: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        return not self.bad


def download(
    model: str,
    to: str | Path,
    *,
    hub: str = "auto",
    endpoint: str | None = None,
    only: str | None = None,
    manifest: str | Path | None = None,
    source_folder: str | Path | None = None,
    confirm: Callable | None = None,
    progress: Callable[[Progress], None] | bool | None = None,
) -> Report:
    raise NotImplementedError


def verify(
    folder: str | Path,
    *,
    full: bool = False,
    manifest: str | Path | None = None,
    progress: Callable[[Progress], None] | bool | None = None,
) -> Verification:
    raise NotImplementedError
