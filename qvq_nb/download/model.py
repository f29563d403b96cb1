"""`download` a model: list, check, preflight, small files, facts, fetch, manifest. `look` stops before the
first byte."""

import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from qvq_nb.download.display import Progress, shown
from qvq_nb.download.facts import Facts, Judge, facts_of
from qvq_nb.download.fetch import Meter, adopt, bytes_here, clean, copy, fetch
from qvq_nb.download.listing import MANIFEST_FILE, HubFile, check_links
from qvq_nb.download.lock import locked
from qvq_nb.download.manifest import Manifest, State, read_manifest, write_manifest
from qvq_nb.download.preflight import Preflight, check_room, preflight_of
from qvq_nb.download.source import Source, open_source
from qvq_nb.download.transfer.client import HUBS
from qvq_nb.errors import DiskError, QvqError
from qvq_nb.files import gigabytes
from qvq_nb.models.profiles import EMBEDDED
from qvq_nb.models.resolve import resolve


@dataclass(frozen=True)
class Report:
    """What a download did. `unverified` names the files for which nobody had a fingerprint to compare
    with."""

    model: str
    folder: Path
    hub: str  # "modelscope", "huggingface", "folder", or "" where everything was there already
    endpoint: str
    bytes_total: int
    bytes_fetched: int
    seconds: float
    complete: bool  # False after only="config", and where confirm said no
    unverified: tuple[str, ...] = ()
    facts: Facts | None = None

    def to_dict(self) -> dict:
        """Everything as plain values, ready for JSON."""
        return {**asdict(self), "folder": str(self.folder), "unverified": list(self.unverified)}

    def __str__(self) -> str:
        if not self.complete:
            return f"{self.model}: the small files are in {self.folder}, the weights are not yet."
        checked = "every byte is verified" if not self.unverified else (
            f"but there is no fingerprint for {len(self.unverified)} files, first {self.unverified[0]}, so "
            "these are NOT verified"
        )  # fmt: skip
        fetched = (
            f"{gigabytes(self.bytes_fetched)} fetched in {self.seconds:.1f} s"
            if self.bytes_fetched
            else "nothing to fetch"
        )
        return f"{self.model} is in {self.folder}: {gigabytes(self.bytes_total)}, {fetched}, {checked}."


def download(
    model: str,
    to: str | Path,
    *,
    hub: str = "auto",
    endpoint: str | None = None,
    only: str | None = None,
    manifest: str | Path | None = None,
    source_folder: str | Path | None = None,
    confirm: Callable[[Facts], bool] | None = None,
    judge: Judge | None = None,
    progress: Callable[[Progress], None] | bool | None = None,
) -> Report:
    """Bring a model into the folder `to`, verify every byte, and write a manifest; what is there already is
    kept.

    `model` is a profile name or a hub id (OWNER/NAME). `hub` is "modelscope", "huggingface" or "auto", which
    measures both and takes the faster; an `endpoint` alone means a ModelScope hub at that address.
    `only="config"` fetches the small files. `manifest` pins every size and sha256, so that nobody else need
    be trusted. `source_folder` takes the files from a folder. `confirm(facts)` may stop before the weights,
    and `judge` tells for these facts whether the model fits this machine. `progress` is a function of one
    Progress, False for silence, None for what suits the place.

    Raises DiskError, NetworkError, IntegrityError, AuthorisationError, NotFoundError, BusyError, or QvqError
    for another mistake, and KeyboardInterrupt saying what is kept; the same call continues from there.
    """
    started = time.monotonic()
    if only not in (None, "config"):
        raise QvqError(f'only="config" fetches the small files; {only!r} is not known.')
    repository, folder, pinned = _asked(model, to, hub, endpoint, manifest)
    if finished := _finished(repository, folder, pinned):
        return finished
    files: Sequence[HubFile] = ()
    try:
        with shown(progress) as (show, note), locked(folder), ExitStack() as stack:
            state = State(folder)
            _check_same_model(repository, folder, state)
            source, files = open_source(stack, repository, folder, hub, endpoint, pinned, source_folder, note)
            check_links(folder, files)
            preflight = preflight_of(repository, folder, source, files)
            check_room(preflight)
            state.source = {"model": repository, "hub": source.hub, "endpoint": source.endpoint}
            _drop_manifest_of_others(folder, files)
            adopt(folder, files, state, Meter(folder, files, "verify", show))

            here = sum(bytes_here(folder, file) for file in files)
            note(str(replace(preflight, bytes_here=here)))
            meter = Meter(folder, files, "copy" if source.folder else "fetch", show)
            _bring(source, repository, folder, [file for file in files if file.is_small], state, meter)
            facts = facts_of(repository, folder, files, judge)
            note(str(facts))
            complete = only is None and (confirm is None or bool(confirm(facts)))
            if complete:
                _bring(
                    source, repository, folder, [file for file in files if not file.is_small], state, meter
                )
                _complete(repository, folder, files, state)
            fetched = sum(bytes_here(folder, file) for file in files) - here
            unverified = tuple(file.path for file in files if complete and not state.is_verified(file.path))
            return Report(
                repository, folder, source.hub, source.endpoint, sum(file.size for file in files), fetched,
                time.monotonic() - started, complete, unverified, facts,
            )  # fmt: skip
    except KeyboardInterrupt:
        kept = (
            f"{gigabytes(sum(bytes_here(folder, file) for file in files))} of "
            f"{gigabytes(sum(file.size for file in files))}"
        )
        what = (
            f"{kept} are kept in {folder}. The same again continues there."
            if files
            else "nothing was fetched."
        )
        raise KeyboardInterrupt(f"Stopped: {what}") from None
    except OSError as error:
        raise DiskError(
            f"{error.filename or folder}: {error.strerror or error}. Make room, or choose another folder "
            "with --to; "
            "what has come is kept, and the same again continues."
        ) from None


def look(
    model: str,
    to: str | Path,
    *,
    hub: str = "auto",
    endpoint: str | None = None,
    manifest: str | Path | None = None,
    source_folder: str | Path | None = None,
) -> Preflight:
    """What `download` would do, with its checks and a measured speed; writes nothing. Raises what
    `download` raises."""
    repository, folder, pinned = _asked(model, to, hub, endpoint, manifest)
    with ExitStack() as stack:
        source, files = open_source(
            stack, repository, folder, hub, endpoint, pinned, source_folder, lambda text: None
        )
        check_links(folder, files)
        return preflight_of(repository, folder, source, files, probe_above_bytes=0)


def repository_of(model: str, endpoint: str | None) -> str:
    """The hub id that a learner means: of a profile, or written out; QvqError if there is none."""
    named = resolve(model)
    if named.name == EMBEDDED and not endpoint:
        raise QvqError(
            f"{model} travels with the kit and needs no download; lesson 01 fetches it from a hub of its own."
        )
    return named.id_on_hubs()


def _asked(model, to, hub, endpoint, manifest) -> tuple[str, Path, Manifest | None]:
    if hub != "auto" and hub not in HUBS:
        raise QvqError(f"There is no hub {hub!r}; choose one of auto, {', '.join(HUBS)}.")
    folder = Path(to).expanduser().resolve()
    return (
        repository_of(model, endpoint),
        folder,
        read_manifest(Path(manifest).expanduser()) if manifest else None,
    )


def _finished(repository: str, folder: Path, pinned: Manifest | None) -> Report | None:
    """The report for a folder in which nothing is left to do, without a look at the hub; None if there is."""
    manifest = _manifest_here(folder)
    if not manifest:
        return None
    state = State(folder)
    whole = all(state.sha256(file.path) == file.sha256 for file in manifest.files)
    if manifest.model != repository or not whole or (pinned and pinned.files != manifest.files):
        return None
    total = sum(file.size for file in manifest.files)
    return Report(repository, folder, "", "", total, 0, 0.0, True, tuple(sorted(manifest.unverified)))


def _manifest_here(folder: Path) -> Manifest | None:
    """The manifest of a folder; None if there is none that can be read."""
    try:
        return read_manifest(folder)
    except QvqError:
        return None


def _check_same_model(repository: str, folder: Path, state: State) -> None:
    here = state.source.get("model")
    if not here and (manifest := _manifest_here(folder)):
        here = manifest.model
    if here and here != repository:
        raise QvqError(f"{folder} holds {here}; choose another folder for {repository} with --to.")


def _drop_manifest_of_others(folder: Path, files: Sequence[HubFile]) -> None:
    """Delete a manifest that is not of these files: from here on the folder is no longer what it says."""
    if manifest := _manifest_here(folder):
        promised = {file.path: file for file in manifest.files}
        same = promised.keys() == {file.path for file in files} and all(
            promised[file.path].size == file.size and file.sha256 in (None, promised[file.path].sha256)
            for file in files
        )
        if not same:
            (folder / MANIFEST_FILE).unlink()


def _bring(
    source: Source, repository: str, folder: Path, files: Sequence[HubFile], state: State, meter: Meter
) -> None:
    missing = [file for file in files if state.sha256(file.path) is None]
    if source.folder:
        copy(source.folder, folder, missing, state, meter)
    else:
        fetch(source.client, repository, folder, missing, state, meter)


def _complete(repository: str, folder: Path, files: Sequence[HubFile], state: State) -> None:
    whole = tuple(HubFile(file.path, file.size, state.sha256(file.path)) for file in files)
    for file in whole:
        clean(folder, file, {file.path for file in files})
    state.save()
    write_manifest(
        folder,
        Manifest(
            repository, whole, frozenset(file.path for file in whole if not state.is_verified(file.path))
        ),
    )
