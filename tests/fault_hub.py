"""A small model hub on 127.0.0.1 that fails on order: the routes of ModelScope and Hugging Face, and a record of every request.

    with FaultHub({"model.safetensors": content}) as hub:
        hub.faults["model.safetensors"] = [Cut(1000), Status(503)]   # the first request, the second; then all is well
        hub.always["config.json"] = Status(404)                      # every request
        ...                                                          # the client's endpoint is hub.endpoint
        hub.sent["model.safetensors"]                                # bytes of content that left the hub

The faults of `LISTING` are for the list of files.
"""

import hashlib
import json
import threading
import time
from collections import Counter, defaultdict
from contextlib import suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit

MODEL = "owner/name"
LISTING = "the listing"
PIECE_BYTES = 1 << 16
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


@dataclass
class FaultHub:
    """The hub; a context manager. `files` maps names to contents, `hashes` says whether ModelScope's listing has their sha256."""

    files: dict[str, bytes]
    hashes: bool = True
    model: str = MODEL

    def __post_init__(self):
        self.faults = defaultdict(list)
        self.always = {}
        self.requests: list[Request] = []
        self.sent = Counter()
        self.on_piece = None  # called as on_piece(name) after every piece of a body
        self.healed = threading.Event()
        self.sha256 = {name: hashlib.sha256(content).hexdigest() for name, content in self.files.items()}
        self._lock = threading.Lock()

    def __enter__(self):
        hub = self

        class Handler(_Handler):
            pass

        Handler.hub = hub
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.port = self._server.server_address[1]
        threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True
        ).start()
        return self

    def __exit__(self, *failure):
        self.healed.set()
        self._server.shutdown()
        self._server.server_close()

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.port}"

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

    def entry(self, name: str) -> dict:
        """One file as ModelScope lists it."""
        sha256 = self.sha256[name] if self.hashes else None
        return {
            "Path": name,
            "Name": name.split("/")[-1],
            "Size": len(self.files[name]),
            "Sha256": sha256,
            "Type": "blob",
        }

    def take_fault(self, name: str):
        """The next fault for a file, or None."""
        with self._lock:
            if self.faults[name]:
                return self.faults[name].pop(0)
            return self.always.get(name)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    hub: FaultHub

    def log_message(self, *arguments):
        """The record is kept in `hub.requests`."""

    def handle(self):
        with suppress(ConnectionError):  # a client that went away
            super().handle()

    def do_GET(self):
        parts = urlsplit(self.path)
        query = {key: values[0] for key, values in parse_qs(parts.query).items()}
        path, model = unquote(parts.path), self.hub.model
        legacy = f"/api/v1/models/{model}"
        if path == f"{legacy}/repo/files":
            self._listing(
                {
                    "Code": 200,
                    "Success": True,
                    "Data": {"Files": [self.hub.entry(name) for name in self.hub.files]},
                }
            )
        elif path == f"{legacy}/repo":
            self._file(query.get("FilePath", ""))
        elif path in (f"/api/models/{model}/tree/{COMMIT}", f"/api/models/{model}/tree/main"):
            self._listing([self._tree_entry(name) for name in self.hub.files])
        elif path in (f"/api/models/{model}", f"/api/models/{model}/revision/main"):
            siblings = [{"rfilename": name} for name in self.hub.files]
            self._json(200, {"id": model, "sha": COMMIT, "siblings": siblings, "private": False})
        elif path.startswith(f"/{model}/resolve/"):
            self._file(path.split("/", 5)[5])
        else:
            self._json(404, {"Code": 404, "Message": "not found", "Success": False})

    do_HEAD = do_GET

    def _tree_entry(self, name: str) -> dict:
        """One file as Hugging Face lists it: sha256 for weights only, git's own hash for the rest."""
        content = self.hub.files[name]
        entry = {"type": "file", "path": name, "size": len(content)}
        if name.endswith(".safetensors"):
            return entry | {
                "oid": COMMIT,
                "lfs": {"oid": self.hub.sha256[name], "size": len(content), "pointerSize": 130},
            }
        return entry | {"oid": hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()}

    def _listing(self, value) -> None:
        fault = self.hub.take_fault(LISTING)
        if isinstance(fault, Status):
            self._error(fault, LISTING)
        elif isinstance(fault, Redirect):
            self._redirect(fault, LISTING)
        else:
            self._json(200, value, LISTING)

    def _file(self, name: str) -> None:
        content = self.hub.files.get(name)
        if content is None:
            self._json(404, {"Code": 404, "Message": "no such file", "Success": False}, name)
            return
        fault = self.hub.take_fault(name)
        if isinstance(fault, Status):
            self._error(fault, name)
            return
        if isinstance(fault, Redirect):
            self._redirect(fault, name)
            return
        if isinstance(fault, Truncated):
            content = content[: fault.size]
        if isinstance(fault, Flip):
            content = bytearray(content)
            content[fault.position] ^= 1
        first, last = self._range(len(content))
        if first > last and self.headers.get("Range"):
            self._head(416, name, first, {"Content-Range": f"bytes */{len(content)}", "Content-Length": "0"})
            return
        headers = {
            "Content-Length": str(last - first + 1),
            "Accept-Ranges": "bytes",
            "ETag": f'"{self.hub.sha256[name]}"',
            "X-Repo-Commit": COMMIT,
        }
        status = 200
        if self.headers.get("Range"):
            headers["Content-Range"] = f"bytes {first}-{last}/{len(content)}"
            status = 200 if isinstance(fault, RangeAs200) else 206
        self._head(status, name, first, headers)
        if self.command == "GET":
            self._body(name, memoryview(content)[first : last + 1], fault)

    def _range(self, size: int) -> tuple[int, int]:
        """The first and the last byte asked for."""
        wanted = (self.headers.get("Range") or "bytes=0-").removeprefix("bytes=")
        first, _, last = wanted.partition("-")
        return int(first or 0), min(int(last) if last else size - 1, size - 1)

    def _body(self, name: str, content: memoryview, fault) -> None:
        end = min(len(content), fault.after_bytes) if isinstance(fault, (Cut, Stall)) else len(content)
        piece_bytes = max(1, fault.bytes_per_second // 20) if isinstance(fault, Slow) else PIECE_BYTES
        for start in range(0, end, piece_bytes):
            piece = content[start : min(start + piece_bytes, end)]
            self.hub.count(
                name, len(piece)
            )  # before: whoever has received the bytes may look at the count at once
            try:
                self.wfile.write(piece)
            except OSError:
                self.hub.count(name, -len(piece))
                raise
            if self.hub.on_piece:
                self.hub.on_piece(name)
            if isinstance(fault, Slow):
                time.sleep(len(piece) / fault.bytes_per_second)
        if isinstance(fault, Stall):
            self.hub.healed.wait()
        if end < len(content) or isinstance(fault, (Cut, Stall)):
            self.close_connection = True

    def _error(self, fault: Status, name: str) -> None:
        body = json.dumps({"Code": fault.code, "Message": "an injected fault", "Success": False}).encode()
        headers = {"Content-Type": "application/json", "Content-Length": str(len(body))}
        if fault.retry_after_seconds is not None:
            headers["Retry-After"] = str(fault.retry_after_seconds)
        self._head(fault.code, name, 0, headers)
        if self.command == "GET":
            self.wfile.write(body)

    def _redirect(self, fault: Redirect, name: str) -> None:
        self._head(302, name, 0, {"Location": fault.endpoint + self.path, "Content-Length": "0"})

    def _json(self, status: int, value, name: str | None = None) -> None:
        body = json.dumps(value).encode()
        self._head(status, name, 0, {"Content-Type": "application/json", "Content-Length": str(len(body))})
        if self.command == "GET":
            self.wfile.write(body)

    def _head(self, status: int, name: str | None, first_byte: int, headers: dict[str, str]) -> None:
        asked = {key.lower(): value for key, value in self.headers.items()}
        self.hub.requests.append(Request(self.command, self.path, name, asked, first_byte, status))
        self.send_response(status)
        for key, value in headers.items():
            self.send_header(key, value)
        self.end_headers()
