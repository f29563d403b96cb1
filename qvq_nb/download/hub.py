"""A small ModelScope hub on 127.0.0.1 that serves one model folder, to learn and to test with."""

import json
import re
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from qvq_nb.download.listing import MANIFEST_FILE, WORK_FOLDER
from qvq_nb.download.manifest import sha256_of
from qvq_nb.errors import QvqError

PIECE_BYTES = 64 * 1024


class LocalHub:
    """`with LocalHub(folder, "local/qvq-mini") as hub:` serves the folder's files at `hub.endpoint` to this machine only.

    In a notebook, where `with` cannot span cells: `start()` and `stop()`.

    `bytes_per_second` is the most that one connection gets; None is as fast as it goes.
    """

    def __init__(self, folder: str | Path, model: str, bytes_per_second: float | None = None):
        folder = Path(folder).expanduser().resolve()
        if not folder.is_dir():
            raise QvqError(f"There is no folder {folder} to serve; check the path.")
        found = {
            path.relative_to(folder).as_posix(): path for path in sorted(folder.rglob("*")) if path.is_file()
        }
        self.files = {
            name: path
            for name, path in found.items()
            if not name.startswith((WORK_FOLDER + "/", MANIFEST_FILE))
        }
        self.model, self.bytes_per_second = model, bytes_per_second
        self._server = _Server(("127.0.0.1", 0), type("Handler", (_Handler,), {"hub": self}))
        self.endpoint = f"http://127.0.0.1:{self._server.server_port}"

    def start(self) -> "LocalHub":
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
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


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *request):
        pass  # a client that was stopped hangs up, and that is all there is to it


class _Handler(BaseHTTPRequestHandler):
    hub: LocalHub
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        address = urlsplit(self.path)
        wanted = parse_qs(address.query)
        if address.path == f"/api/v1/models/{self.hub.model}/repo/files":
            self._json(200, {"Code": 200, "Success": True, "Data": {"Files": self.hub.listing()}})
        elif (
            address.path == f"/api/v1/models/{self.hub.model}/repo"
            and wanted.get("FilePath", [""])[0] in self.hub.files
        ):
            self._file(self.hub.files[wanted["FilePath"][0]])
        else:
            self._json(404, {"Code": 404, "Message": "not found", "Success": False})

    def _file(self, path: Path) -> None:
        size = path.stat().st_size
        resumed = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range", ""))
        start, end = (
            int(resumed[1]) if resumed else 0,
            int(resumed[2]) if resumed and resumed[2] else size - 1,
        )
        end = min(end, size - 1)
        if start > end and size:
            return self._json(416, {"Code": 416, "Message": "no such range", "Success": False})
        self.send_response(206 if resumed else 200)
        self.send_header("Content-Length", str(end - start + 1))
        if resumed:
            self.send_header("Content-Range", f"bytes {start}-{end}/{size}")
        self.end_headers()
        with path.open("rb") as file:
            file.seek(start)
            left = end - start + 1
            while left and (piece := file.read(min(PIECE_BYTES, left))):
                self.wfile.write(piece)
                left -= len(piece)
                if self.hub.bytes_per_second:
                    time.sleep(len(piece) / self.hub.bytes_per_second)

    def _json(self, status: int, content: dict) -> None:
        body = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments):
        pass
