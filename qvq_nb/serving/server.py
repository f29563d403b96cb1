"""A model server on this machine, started and stopped by whoever needs it: a lesson, or a test."""

import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from importlib.util import find_spec
from pathlib import Path

from qvq_nb.errors import QvqError
from qvq_nb.models.resolve import resolve

SECONDS_TO_START = 180
SECONDS_TO_STOP = 10
SECONDS_BETWEEN_LOOKS = 0.2


class LocalServer:
    """`with LocalServer("qvq-mini") as server:` serves a folder on this machine by `transformers serve`.

    In a notebook, where `with` cannot span cells: `start()` and `stop()`. `address` is what `load` takes,
    `name` what the server calls the model. Only this machine reaches it, and it ends with the process that
    started it. It opens any local file that a client names, so it is nothing for a class.
    """

    def __init__(self, model="qvq-mini"):
        if not (find_spec("fastapi") and find_spec("uvicorn")):
            raise QvqError(
                'The server needs fastapi and uvicorn; install them with: pip install "qvq-notebooks[serve]"'
            )
        self.folder = resolve(model).folder_to_load()
        self.name = self.folder.name
        self.port = _free_port()
        self.address = f"http://127.0.0.1:{self.port}/v1"
        self._process = None

    def __repr__(self):
        return f"LocalServer({self.name!r} at {self.address})"

    def start(self) -> "LocalServer":
        """Start the server and wait until it answers; QvqError with its last words where it does not."""
        self._said = tempfile.TemporaryFile()  # noqa: SIM115, closed in `stop`
        command = [
            sys.executable,
            "-m",
            "qvq_nb.serving.transformers_serve",
            self.name,
            "--port",
            str(self.port),
        ]
        environment = {**os.environ, "HF_HUB_OFFLINE": "1", "NO_PROXY": "127.0.0.1"}
        environment["PYTHONPATH"] = os.pathsep.join(
            filter(None, [_checkout(), environment.get("PYTHONPATH")])
        )
        self._process = subprocess.Popen(
            command,
            env=environment,
            cwd=self.folder.parent,
            stdin=subprocess.PIPE,
            stdout=self._said,
            stderr=self._said,
        )
        deadline = time.monotonic() + SECONDS_TO_START
        try:
            while not self._is_ready():
                if self._process.poll() is not None or time.monotonic() > deadline:
                    raise QvqError(f"The server for {self.name} did not start: {self._last_words()}")
                time.sleep(SECONDS_BETWEEN_LOOKS)
        except BaseException:
            self.stop()
            raise
        return self

    def stop(self) -> None:
        """End the server; a second time does nothing."""
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(SECONDS_TO_STOP)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None
        self._said.close()

    __enter__ = start

    def __exit__(self, *error):
        self.stop()

    def _is_ready(self) -> bool:
        opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({})
        )  # a proxy cannot reach this machine
        try:
            return opener.open(f"http://127.0.0.1:{self.port}/health", timeout=5).status == 200
        except (urllib.error.URLError, OSError):
            return False

    def _last_words(self) -> str:
        self._said.seek(0)
        lines = self._said.read().decode("utf-8", "replace").strip().splitlines()
        return lines[-1] if lines else "it said nothing"


def _free_port() -> int:
    with socket.socket() as asking:
        asking.bind(("127.0.0.1", 0))
        return asking.getsockname()[1]


def _checkout() -> str:
    return str(Path(__file__).resolve().parents[2])
