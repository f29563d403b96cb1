"""The parent's end of the process in which a hub's client works."""

import importlib.metadata
import json
import os
import queue
import subprocess
import sys
import threading
from dataclasses import asdict
from pathlib import Path
from urllib.parse import urlsplit

from qvq_nb.download.listing import HubFile
from qvq_nb.download.transfer.settings import check_settings
from qvq_nb.errors import AuthorisationError, DiskError, IntegrityError, NetworkError, NotFoundError, QvqError
from qvq_nb.paths import home_folder

HUBS = {
    # name here: name for people, distribution, oldest version, environment variable with another address,
    # address
    "modelscope": (
        "ModelScope",
        "modelscope-hub",
        "0.5.1",
        "MODELSCOPE_ENDPOINT",
        "https://www.modelscope.cn",
    ),
    "huggingface": ("Hugging Face", "huggingface-hub", "2.4", "HF_ENDPOINT", "https://huggingface.co"),
}
FILES_AT_ONCE = 4
OFFICIAL_HOSTS = (
    "modelscope.cn",
    "www.modelscope.cn",
    "modelscope.ai",
    "www.modelscope.ai",
    "huggingface.co",
)
TOKEN_VARIABLES = ("MODELSCOPE_API_TOKEN", "HF_TOKEN", "HUGGING_FACE_HUB_TOKEN", "HUGGINGFACE_HUB_TOKEN")
ERRORS = {
    "integrity": IntegrityError,
    "authorisation": AuthorisationError,
    "missing": NotFoundError,
    "disk": DiskError,
    "network": NetworkError,
}
# The kit tries again, locks and counts by itself; a shard may take days on a slow line.
CLIENT_SETTINGS = {
    "MODELSCOPE_DOWNLOAD_MAX_RETRIES": "0",
    "MODELSCOPE_DOWNLOAD_TOTAL_TIMEOUT": str(30 * 24 * 3600),
    "MODELSCOPE_DOWNLOAD_PARALLEL_WORKERS": "1",
    "MODELSCOPE_DOWNLOAD_FILE_LOCK": "false",
    "MODELSCOPE_CACHE": os.devnull,  # everything goes into the model's own folder
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "HF_HUB_DISABLE_PROGRESS_BARS": "1",
    "TQDM_DISABLE": "1",
}


class Failure(Exception):
    """A request that the hub's client could not fulfil: `kind` as in worker.kind_of, `wait` in seconds if
    the hub asks for it."""

    def __init__(self, kind: str, message: str, wait: float = 0):
        super().__init__(message)
        self.kind, self.wait = kind, wait


class Client:
    """A hub's client at work for one model and one folder, in a process that `close` kills."""

    def __init__(self, hub: str, endpoint: str, model: str, folder: Path):
        check_version(hub)
        settings = environment(endpoint)
        check_settings(hub, endpoint, settings)
        self.hub, self.endpoint = hub, endpoint
        setting = {
            "hub": hub, "endpoint": endpoint, "model": model, "folder": str(folder),
            "token": is_official(endpoint), "files_at_once": FILES_AT_ONCE,
        }  # fmt: skip
        self._process = subprocess.Popen(
            [sys.executable, "-m", "qvq_nb.download.transfer.worker"],
            cwd=Path(__file__).parents[3],  # `-m` looks there first: not among a learner's own files
            env=settings,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            encoding="utf-8",
            start_new_session=True,  # Ctrl-C is for the parent, which ends this process
        )
        self._answers: queue.Queue = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()
        self.send(setting)

    def __str__(self) -> str:
        return f"{HUBS[self.hub][0]} ({self.endpoint})"

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.close()

    def close(self) -> None:
        """End the process at once; what has come stays on the disk."""
        self._process.kill()
        self._process.wait()

    def ask(self, do: str, **arguments):
        """The answer to a request, with nothing else under way; raises Failure."""
        self.send({"do": do, **arguments})
        while True:
            if answer := self.answer(seconds=0.2):
                if "failed" in answer:
                    raise Failure(**answer["failed"])
                return answer["value"]

    def begin(self, file: HubFile) -> None:
        """Begin to fetch a file; `answer` will tell how that ended."""
        self.send({"do": "fetch", "file": asdict(file)})

    def answer(self, seconds: float) -> dict | None:
        """The next answer, or None if there is none within so many seconds."""
        try:
            answer = self._answers.get(timeout=seconds)
        except queue.Empty:
            return None
        if answer is None:
            raise NetworkError(
                "The hub's client ended unexpectedly; what has come is kept. Run this again to continue."
            )
        return answer

    def send(self, request: dict) -> None:
        """Hand over a request; `answer` will tell what came of it."""
        try:
            self._process.stdin.write(json.dumps(request) + "\n")
            self._process.stdin.flush()
        except OSError:
            pass  # the process is gone: `answer` says so

    def _read(self) -> None:
        try:
            for line in self._process.stdout:
                self._answers.put(json.loads(line))
        finally:
            self._answers.put(None)


def check_version(hub: str) -> None:
    """QvqError unless the hub's client is installed in a version that tells its failures."""
    from packaging.version import Version

    _, package, oldest, *_ = HUBS[hub]
    try:
        version = importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        version = None
    if version is None or Version(version) < Version(oldest):
        found = f"is {version}, which is too old" if version else "is not installed"
        raise QvqError(
            f'{package} {found}; nothing was fetched. Install it: pip install "{package}>={oldest}"'
        )


def endpoint_of(hub: str, endpoint: str | None) -> str:
    """The address of a hub: the one given, else the one in the environment, else the official one;
    QvqError if it is none."""
    name, _, _, variable, official = HUBS[hub]
    address = (endpoint or os.environ.get(variable) or official).strip()
    address = address if "://" in address else f"https://{address}"
    try:
        parts = urlsplit(address)
        sound = (
            parts.scheme in ("http", "https")
            and parts.hostname
            and parts.port != 0
            and not (parts.username or parts.query)
        )
    except ValueError:
        sound = False
    if not sound or any(character.isspace() or not character.isprintable() for character in address):
        raise QvqError(
            f"{name} cannot be at {address!r}; give an address such as {official} (without a user name or a "
            "key)."
        )
    return address.rstrip("/")


def is_official(endpoint: str) -> bool:
    """Whether a login may be sent there: to the hubs themselves, encrypted; never to a mirror."""
    parts = urlsplit(endpoint)
    return parts.scheme == "https" and parts.hostname in OFFICIAL_HOSTS


def environment(endpoint: str) -> dict[str, str]:
    """The environment in which the client works: without settings that break it, without tokens that are
    not for this address."""
    kept = {name: value for name, value in os.environ.items() if name != "MODELSCOPE_LOG_LEVEL"}
    if not is_official(endpoint):
        kept = {name: value for name, value in kept.items() if name not in TOKEN_VARIABLES}
    host = urlsplit(endpoint).hostname
    if host in ("localhost", "::1") or host.startswith(
        "127."
    ):  # a proxy cannot reach this machine's own addresses
        for variable in ("NO_PROXY", "no_proxy"):
            kept[variable] = ",".join(filter(None, [kept.get(variable), host]))
    login = Path(kept.get("MODELSCOPE_HOME") or home_folder() / ".modelscope")
    if not is_official(endpoint) or not login.is_dir():
        login = os.devnull  # where no folder can be made: nothing is read there, nothing is left behind
    return {"MODELSCOPE_DOWNLOAD_TIMEOUT": "30", **kept, **CLIENT_SETTINGS, "MODELSCOPE_HOME": str(login)}


def told(failure: Failure, client: Client, model: str, path: str | None = None, kept: str = "") -> QvqError:
    """The error for learners behind a failure that stays."""
    what = f"{path} of {model}" if path else model
    kept = kept or "Nothing was fetched."
    messages = {
        "authorisation": f"{client} does not give {what} to you ({failure}): it may want a login, which is "
        "only sent to the hubs' own "
        f"addresses, or an agreement on its page. {kept}",
        "missing": f"{client} has no {what} ({failure}); check the spelling, or take another hub with --hub. "
        f"{kept}",
        "disk": f"The disk does not take {what} ({failure}): make room or choose another disk, then run this "
        f"again. {kept}",
        "integrity": f"{what} came wrong from {client} twice ({failure}), and both were thrown away: "
        f"take another hub with --hub. {kept}",
        "network": f"{client} sends nothing for {what} ({failure}): look at the line, the address and the "
        "proxy, "
        f"then run this again. {kept}",
    }
    return ERRORS[failure.kind](messages[failure.kind])
