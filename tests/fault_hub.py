"""A small model hub on 127.0.0.1 that fails on order: the routes of ModelScope and Hugging Face, and a record
of every request.

with FaultHub({"model.safetensors": content}) as hub:
hub.faults["model.safetensors"] = [Cut(1000), Status(503)] # the first request, the second; then all is well
hub.always["config.json"] = Status(404) # every request
... # the client's endpoint is hub.endpoint
hub.sent["model.safetensors"] # bytes of content that left the hub

The faults of `LISTING` are for the list of files.
"""

import hashlib
import threading
import time
from collections import Counter, defaultdict
from dataclasses import dataclass

from qvq_nb.download.hub import Handler, LocalHub

MODEL = "owner/name"
LISTING = "the listing"
PIECE_BYTES = 1 << 16
NO_SUCH_FILE = {"Code": 404, "Message": "no such file", "Success": False}
COMMIT = "0" * 40


@dataclass(frozen=True)
class Cut:
    """The connection ends after so many bytes of the body."""

    after_bytes: int


@dataclass(frozen=True)
class Status:
    """An HTTP error."""

    code: int
    retry_after_seconds: int | None = None


@dataclass(frozen=True)
class Flip:
    """The byte at this position of the file comes with its lowest bit turned over."""

    position: int


@dataclass(frozen=True)
class Truncated:
    """The object on the server is shorter than the listing says, and its Content-Length agrees with that."""

    size: int


@dataclass(frozen=True)
class Slow:
    """The body comes at this speed."""

    bytes_per_second: int


@dataclass(frozen=True)
class Stall:
    """After so many bytes nothing more comes, but the connection stays open until `heal`."""

    after_bytes: int


@dataclass(frozen=True)
class Redirect:
    """302 to the same path of another server."""

    endpoint: str


@dataclass(frozen=True)
class RangeAs200:
    """A range is answered with 200 and Content-Range instead of 206, as ModelScope's site does."""


@dataclass(frozen=True)
class Request:
    """What a client asked for and how it was answered."""

    method: str
    path: str
    name: str | None  # the file, LISTING, or None for any other route
    headers: dict[str, str]  # names in lower case
    first_byte: int
    status: int


class FaultHandler(Handler):
    """The routes of both hubs, with the faults that were ordered; every request is recorded."""

    name = None  # what is asked for now: a file, LISTING, or None
    first_byte = 0

    def do_GET(self):
        self.name, self.first_byte = None, 0
        super().do_GET()

    do_HEAD = do_GET

    def send_elsewhere(self, path: str) -> None:
        model = self.hub.model
        if path in (f"/api/models/{model}/tree/{COMMIT}", f"/api/models/{model}/tree/main"):
            self.send_listing([self.hub.tree_entry(name) for name in self.hub.files])
        elif path in (f"/api/models/{model}", f"/api/models/{model}/revision/main"):
            siblings = [{"rfilename": name} for name in self.hub.files]
            self.send_json(200, {"id": model, "sha": COMMIT, "siblings": siblings, "private": False})
        elif path.startswith(f"/{model}/resolve/"):
            self.send_file(path.split("/", 5)[5])
        else:
            super().send_elsewhere(path)

    def send_listing(self, value) -> None:
        self.name = LISTING
        if not self.failed(self.hub.take_fault(LISTING)):
            self.send_json(200, value)

    def send_file(self, name: str) -> None:
        self.name, content = name, self.hub.files.get(name)
        if content is None:
            return self.send_json(404, NO_SUCH_FILE)
        fault = self.hub.take_fault(name)
        if self.failed(fault):
            return
        if isinstance(fault, Truncated):
            content = content[: fault.size]
        if isinstance(fault, Flip):
            content = bytearray(content)
            content[fault.position] ^= 1
        self.first_byte, last = self.range_of(len(content))
        more = {"Accept-Ranges": "bytes", "ETag": f'"{self.hub.sha256[name]}"', "X-Repo-Commit": COMMIT}
        status = 200 if isinstance(fault, RangeAs200) else 206
        if self.send_part(len(content), self.first_byte, last, more, status):
            self.send_body(memoryview(content)[self.first_byte : last + 1], fault)

    def send_body(self, content: memoryview, fault) -> None:
        end = min(len(content), fault.after_bytes) if isinstance(fault, (Cut, Stall)) else len(content)
        piece_bytes = max(1, fault.bytes_per_second // 20) if isinstance(fault, Slow) else PIECE_BYTES
        for start in range(0, end, piece_bytes):
            piece = content[start : min(start + piece_bytes, end)]
            # Counted before: whoever has received the bytes may look at the count at once.
            self.hub.count(self.name, len(piece))
            try:
                self.wfile.write(piece)
            except OSError:
                self.hub.count(self.name, -len(piece))
                raise
            if self.hub.on_piece:
                self.hub.on_piece(self.name)
            if isinstance(fault, Slow):
                time.sleep(len(piece) / fault.bytes_per_second)
        if isinstance(fault, Stall):
            self.hub.healed.wait()
        if end < len(content) or isinstance(fault, (Cut, Stall)):
            self.close_connection = True

    def failed(self, fault) -> bool:
        """Whether the fault was an answer of its own, which is sent."""
        if isinstance(fault, Status):
            later = fault.retry_after_seconds
            retry = {} if later is None else {"Retry-After": str(later)}
            self.send_json(
                fault.code, {"Code": fault.code, "Message": "an injected fault", "Success": False}, retry
            )
        elif isinstance(fault, Redirect):
            self.send_head(302, {"Location": fault.endpoint + self.path, "Content-Length": "0"})
        return isinstance(fault, (Status, Redirect))

    def send_head(self, status: int, headers: dict[str, str]) -> None:
        asked = {key.lower(): value for key, value in self.headers.items()}
        self.hub.requests.append(Request(self.command, self.path, self.name, asked, self.first_byte, status))
        super().send_head(status, headers)


class FaultHub(LocalHub):
    """The hub; a context manager. `files` maps names to contents; `hashes`: does ModelScope's listing have
    sha256?"""

    handler = FaultHandler

    def __init__(self, files: dict[str, bytes], hashes: bool = True, model: str = MODEL):
        self.files, self.hashes, self.model = files, hashes, model
        self.faults = defaultdict(list)
        self.always = {}
        self.requests: list[Request] = []
        self.sent = Counter()
        self.on_piece = None  # called as on_piece(name) after every piece of a body
        self.healed = threading.Event()
        self.sha256 = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
        self._lock = threading.Lock()

    def __enter__(self):
        self.listen()
        return self.start()

    def __exit__(self, *failure):
        self.healed.set()
        self.stop()

    def listing(self) -> list[dict]:
        return [self.entry(name) for name in self.files]

    def entry(self, name: str) -> dict:
        """One file as ModelScope lists it."""
        size, sha256 = len(self.files[name]), self.sha256[name] if self.hashes else None
        named = {"Path": name, "Name": name.split("/")[-1], "Type": "blob"}
        return named | {"Size": size, "Sha256": sha256}

    def tree_entry(self, name: str) -> dict:
        """One file as Hugging Face lists it: sha256 for weights only, git's own hash for the rest."""
        content = self.files[name]
        entry = {"type": "file", "path": name, "size": len(content)}
        if name.endswith(".safetensors"):
            lfs = {"oid": self.sha256[name], "size": len(content), "pointerSize": 130}
            return entry | {"oid": COMMIT, "lfs": lfs}
        return entry | {"oid": hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()}

    def count(self, name: str, number: int) -> None:
        """Count bytes of a file that leave the hub."""
        with self._lock:
            self.sent[name] += number

    def heal(self) -> None:
        """From now on a healthy server; the record starts anew, and connections that stall end."""
        self.faults.clear()
        self.always.clear()
        self.requests.clear()
        self.sent.clear()
        self.healed.set()

    def requests_for(self, name: str) -> list[Request]:
        return [request for request in self.requests if request.name == name]

    def take_fault(self, name: str):
        """The next fault for a file, or None."""
        with self._lock:
            if self.faults[name]:
                return self.faults[name].pop(0)
            return self.always.get(name)
