"""A small ModelScope hub on 127.0.0.1 that serves one model folder, to learn and to test with."""

import json
import threading
import time
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from qvq_nb.download.listing import MANIFEST_FILE, WORK_FOLDER
from qvq_nb.download.manifest import sha256_of
from qvq_nb.errors import QvqError

PIECE_BYTES = 64 * 1024


class Handler(BaseHTTPRequestHandler):
    """The routes that ModelScope's client asks: the list of files, and a file or a part of it."""

    hub: "LocalHub"
    protocol_version = "HTTP/1.1"

    def log_message(self, *arguments):
        pass

    def handle(self):
        with suppress(ConnectionError):  # a client that was stopped hangs up
            super().handle()

    def do_GET(self):
        parts = urlsplit(self.path)
        path, routes = unquote(parts.path), f"/api/v1/models/{self.hub.model}/repo"
        if path == f"{routes}/files":
            self.send_listing({"Code": 200, "Success": True, "Data": {"Files": self.hub.listing()}})
        elif path == routes:
            self.send_file(parse_qs(parts.query).get("FilePath", [""])[0])
        else:
            self.send_elsewhere(path)

    def send_elsewhere(self, path: str) -> None:
        """The answer to any other address."""
        self.send_json(404, {"Code": 404, "Message": "not found", "Success": False})

    def send_listing(self, value) -> None:
        self.send_json(200, value)

    def send_file(self, name: str) -> None:
        if name not in self.hub.files:
            return self.send_elsewhere(name)
        path = self.hub.files[name]
        first, last = self.range_of(path.stat().st_size)
        with path.open("rb") as file:
            file.seek(first)
            if self.send_part(path.stat().st_size, first, last):
                self.send_pieces(iter(lambda: file.read(min(PIECE_BYTES, last + 1 - file.tell())), b""))

    def send_pieces(self, pieces) -> None:
        for piece in pieces:
            self.wfile.write(piece)
            if self.hub.bytes_per_second:
                time.sleep(len(piece) / self.hub.bytes_per_second)

    def range_of(self, size: int) -> tuple[int, int]:
        """The first and the last byte asked for."""
        first, _, last = (self.headers.get("Range") or "bytes=0-").removeprefix("bytes=").partition("-")
        return int(first or 0), min(int(last) if last else size - 1, size - 1)

    def send_part(
        self, size: int, first: int, last: int, headers: dict | None = None, status: int = 206
    ) -> bool:
        """The head of a file or of the part that was asked for; False where there is no such part."""
        if not self.headers.get("Range"):
            self.send_head(200, {"Content-Length": str(size), **(headers or {})})
        elif first > last:
            self.send_head(416, {"Content-Length": "0", "Content-Range": f"bytes */{size}"})
            return False
        else:
            part = {"Content-Length": str(last - first + 1), "Content-Range": f"bytes {first}-{last}/{size}"}
            self.send_head(status, part | (headers or {}))
        return self.command == "GET"

    def send_json(self, status: int, content, headers: dict | None = None) -> None:
        body = json.dumps(content).encode()
        kind = {"Content-Type": "application/json", "Content-Length": str(len(body))}
        self.send_head(status, kind | (headers or {}))
        if self.command == "GET":
            self.wfile.write(body)

    def send_head(self, status: int, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()


class LocalHub:
    """`with LocalHub(folder, "local/qvq-mini") as hub:` serves the folder at `hub.endpoint` to this machine
    only.

    In a notebook, where `with` cannot span cells: `start()` and `stop()`.

    `bytes_per_second` is the most that one connection gets; None is as fast as it goes.
    """

    handler = Handler

    def __init__(self, folder: str | Path, model: str, bytes_per_second: float | None = None):
        folder = Path(folder).expanduser().resolve()
        if not folder.is_dir():
            raise QvqError(f"There is no folder {folder} to serve; check the path.")
        own = (WORK_FOLDER + "/", MANIFEST_FILE)
        paths = {path.relative_to(folder).as_posix(): path for path in sorted(folder.rglob("*"))}
        self.files = {
            name: path for name, path in paths.items() if path.is_file() and not name.startswith(own)
        }
        self.model, self.bytes_per_second = model, bytes_per_second
        self.listen()

    def listen(self) -> None:
        """Take a free port of this machine."""
        self._server = ThreadingHTTPServer(
            ("127.0.0.1", 0), type("OwnHandler", (self.handler,), {"hub": self})
        )
        self._server.daemon_threads = True
        self.endpoint = f"http://127.0.0.1:{self._server.server_port}"

    def start(self):
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    __enter__ = start

    def __exit__(self, *error):
        self.stop()

    def listing(self) -> list[dict]:
        """The files as ModelScope lists them."""
        return [
            {"Path": name, "Size": path.stat().st_size, "Sha256": sha256_of(path), "Type": "blob"}
            for name, path in self.files.items()
        ]
