"""`verify`: is a downloaded folder still what its manifest says?"""

import shlex
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from qvq_nb.download.display import Progress, shown
from qvq_nb.download.fetch import Meter
from qvq_nb.download.listing import MANIFEST_FILE
from qvq_nb.download.manifest import State, read_manifest, sha256_of
from qvq_nb.download.transfer.client import HUBS, is_official
from qvq_nb.errors import QvqError
from qvq_nb.files import gigabytes
from qvq_nb.models.checkpoint import check_folder

NEEDED_TO_LOAD = (".safetensors", ".json", ".jinja", ".txt")  # not the model card and its pictures


@dataclass(frozen=True)
class Verification:
    """What a look at a model folder found. `bad` maps the path of each bad file to what is wrong with it."""

    model: str
    folder: Path
    full: bool
    files: int
    bytes_total: int
    bad: dict[str, str]
    unverified: tuple[str, ...] = ()  # never had a fingerprint to be compared with
    hub: str = ""  # where the last download took it from; "" where that is not known, or was a folder
    endpoint: str = ""

    @property
    def repair(self) -> str:
        """The command that fetches the bad files again, and only these."""
        return command(self.model, self.folder, self.hub, self.endpoint)

    @property
    def ok(self) -> bool:
        return not self.bad

    def to_dict(self) -> dict:
        """Everything as plain values, ready for JSON."""
        return {
            **asdict(self),
            "folder": str(self.folder),
            "unverified": list(self.unverified),
            "ok": self.ok,
        }

    def __str__(self) -> str:
        if self.bad:
            lines = [f"{path} {reason}" for path, reason in self.bad.items()]
            return "\n".join([f"Bad among the {self.files} files of {self.model}: {len(lines)}", *lines])
        how = (
            "every byte was read and is right"
            if self.full
            else "sizes and times are those of the last full check"
        )
        return f"{self.model}: {self.files} files, {gigabytes(self.bytes_total)}; {how}."


def verify(
    folder: str | Path,
    *,
    full: bool = False,
    manifest: str | Path | None = None,
    progress: Callable[[Progress], None] | bool | None = None,
) -> Verification:
    """Compare a model folder with its manifest, or with the one given.

    Quick: sizes, and whether a file was touched since it was hashed. `full` reads every byte again. Raises
    QvqError where there is no folder or no manifest, IntegrityError where the manifest is damaged.
    """
    folder = Path(folder).expanduser().resolve()
    if not folder.is_dir():
        raise QvqError(f"There is no folder {folder}; check the path.")
    wanted = read_manifest(Path(manifest).expanduser() if manifest else folder)
    state = State(folder)
    bad = {}
    with shown(progress) as (show, _):
        meter = Meter(folder, wanted.files, "verify", show)
        for file in wanted.files if full else ():
            meter.restart(file.path)
        for file in wanted.files:
            path = folder / file.path
            try:
                size = _size(path)
                if size != file.size:
                    bad[file.path] = (
                        "is missing" if size is None else f"has {size:,} bytes where {file.size:,} belong"
                    )
                    continue
                if full:
                    sha256 = sha256_of(path, lambda count, path=file.path: meter.add(path, count))
                    meter.finish(file.path)
                    state.remember(file.path, sha256, verified=file.path not in wanted.unverified)
                else:
                    sha256 = state.sha256(file.path)
            except OSError as error:
                bad[file.path] = f"cannot be read ({error.strerror})"
                continue
            if sha256 is None:
                bad[file.path] = (
                    "was touched since it was verified; the full check (--full) says whether it is right"
                )
            elif sha256 != file.sha256:
                bad[file.path] = "has the wrong sha256"
    if full:
        for path in bad:
            state.forget(path)
        with suppress(OSError):  # a read-only disk can be verified, too
            state.save()
    return Verification(
        wanted.model, folder, full, len(wanted.files), sum(file.size for file in wanted.files), bad,
        tuple(sorted(wanted.unverified)), **_origin(state),
    )  # fmt: skip


def standing(folder: Path, hub_id: str | None) -> str | None:
    """What is to be said before a folder is loaded, or None. `hub_id` is where its model is to be had, None
    if nowhere.

    Looks at sizes and times only. Raises QvqError with the first file that is missing or cut, and how to
    fetch it.
    """
    state = State(folder)
    model = state.source.get("model") or hub_id or ""
    again = f"`{command(model, folder, **_origin(state))}`"
    if not (folder / MANIFEST_FILE).is_file():
        if state.source:
            try:
                check_folder(folder)
            except QvqError as error:
                raise QvqError(f"{error} This download is not finished: {again} continues it.") from None
        return f"{folder} was never verified: {again} compares every byte with the hub." if model else None
    manifest = read_manifest(folder)
    cut = [
        file.path
        for file in manifest.files
        if file.path.endswith(NEEDED_TO_LOAD) and _size(folder / file.path) != file.size
    ]
    if cut:
        more = f" and {len(cut) - 1} more are missing or cut" if cut[1:] else " is missing or cut"
        raise QvqError(f"{folder} is incomplete: {cut[0]}{more}; {again} fetches what is missing.")
    if touched := [file.path for file in manifest.files if state.sha256(file.path) != file.sha256]:
        return (
            f"{touched[0]} in {folder} was touched since it was verified: `qvq-nb verify --full` on that "
            "folder reads every byte."
        )
    if manifest.unverified:
        return (
            f"{min(manifest.unverified)} in {folder} was never verified, as no hub gave a fingerprint for it."
        )
    return None


def command(model: str, folder: Path, hub: str = "", endpoint: str = "") -> str:
    """The command line that downloads into a folder, from where the last download came."""
    options = {"--to": folder, "--hub": hub, "--endpoint": "" if is_official(endpoint) else endpoint}
    return shlex.join(
        ["qvq-nb", "download", model, *(str(part) for pair in options.items() if pair[1] for part in pair)]
    )


def _origin(state: State) -> dict[str, str]:
    """The hub and endpoint of the last download; empty after a copy from a folder."""
    return (
        {name: state.source[name] for name in ("hub", "endpoint")} if state.source.get("hub") in HUBS else {}
    )


def _size(path: Path) -> int | None:
    return path.stat().st_size if path.is_file() else None
