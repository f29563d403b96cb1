"""JupyterLab on a copy of the lessons, so that nobody's work is lost and no file of the kit is changed."""

import json
import os
import secrets
import socket
import subprocess
import sys
from contextlib import suppress
from hashlib import sha256
from importlib.util import find_spec
from itertools import chain, count
from pathlib import Path

from qvq_nb import paths
from qvq_nb.cases import LANGUAGES
from qvq_nb.errors import QvqError, Terminated
from qvq_nb.files import NOT_WHAT_WAS_EXPECTED, as_json, read_json, write_whole
from qvq_nb.leftovers import owned_folder
from qvq_nb.lessons.finding import find_lessons
from qvq_nb.lessons.kernels import Family, kernel_environment, put_first
from qvq_nb.lessons.runner import finish_killed_runs
from qvq_nb.screen import note

FOLDER = Path("my-lessons")  # in the working directory
RECORD = ".copied.json"  # lesson → its files there → fingerprint of what was copied to each
ADDRESS = "127.0.0.1"
PORTS_TO_TRY = 50
LAST_PORT = 65535
GRACE_SECONDS = 10  # how long JupyterLab may take to stop its kernels


def open_lab(language: str = "en", browser: bool = True, port: int = 8888) -> int:
    """Open JupyterLab at the first lesson, on this machine only and with a token; return its exit code.

    It opens `my-lessons/` in the working directory, its kernel is this Python, and it starts as root, too (in
    containers). Raises QvqError without JupyterLab, without lessons, without a free port among the 50 from
    `port` on, or where the lessons cannot be copied.
    """
    if not find_spec("jupyterlab"):
        raise QvqError("JupyterLab is not installed in this Python; install it with: pip install jupyterlab")
    start = f"/lab/tree/{language}/{find_lessons((), language)[0].name}"
    port, folder = free_port(port), FOLDER.resolve()
    finish_killed_runs()
    newer = [path.relative_to(folder).as_posix() for path in prepared_lessons(folder)]
    note(f"Your lessons are in {folder}; what you change there is kept.")
    if newer:
        note(f"Newer than lessons that you changed, and put beside them: {', '.join(newer)}.")
    options = {"ip": ADDRESS, "port": port, "root_dir": folder, "allow_root": True}
    options = [f"--ServerApp.{option}={value}" for option, value in options.items()]
    options += [f"--LabApp.default_url={start}", *([] if browser else ["--no-browser"])]
    with owned_folder("lab") as temporary:
        environment = kernel_environment(temporary)
        put_first(environment, "JUPYTER_CONFIG_PATH", temporary)
        token = environment.get("JUPYTER_TOKEN") or secrets.token_hex(24)
        settings = {"IdentityProvider": {"token": token}}
        if not environment.get("JUPYTER_TOKEN"):  # Jupyter itself shows no token but one of its own making
            settings["ServerApp"] = {"custom_display_url": f"http://{ADDRESS}:{port}{start}?token={token}"}
        # In a file: anybody can read a command line. It overrules a user's settings without a token.
        write_whole(temporary / "jupyter_server_config.json", as_json(settings))
        try:
            return _served(options, environment)
        except Terminated:
            raise Terminated(f"the lab is stopped. Your lessons are kept in {folder}.") from None


def _served(options: list[str], environment: dict[str, str]) -> int:
    """Run JupyterLab to its end and return its exit code; Terminated ends it with all that it started."""
    watched, held = os.pipe()
    command = [sys.executable, "-m", "qvq_nb.lessons.workers.lab", str(watched), *options]
    inherited = {"pass_fds": (watched,)} if os.name == "posix" else {}
    server = subprocess.Popen(command, env=environment, **inherited)
    os.close(watched)
    family = Family(server.pid)
    try:
        while True:
            try:
                return server.wait()
            except Terminated:
                raise
            except KeyboardInterrupt:  # Ctrl-C is for JupyterLab, which asks back
                continue
    finally:
        len(family)  # its kernels are children now, and nobody's when the server is gone
        os.close(held)
        with suppress(subprocess.TimeoutExpired):
            server.wait(GRACE_SECONDS)
        server.kill()
        server.wait()
        family.kill()


def free_port(first: int) -> int:
    """The first port from `first` on that is free on this machine; QvqError if none is."""
    if not 1 <= first <= LAST_PORT:
        raise QvqError(f"A port is a number from 1 to {LAST_PORT}, not {first}; choose another with --port.")
    for port in range(first, min(first + PORTS_TO_TRY, LAST_PORT + 1)):
        with suppress(OSError), socket.create_server((ADDRESS, port)) as server:
            return server.getsockname()[1]
    raise QvqError(f"No port from {first} on is free on {ADDRESS}; choose another one with --port.")


def prepared_lessons(folder: Path) -> list[Path]:
    """Copy the lessons of both languages to `folder`; return those that were put beside the learner's own.

    A lesson that is as it was copied is replaced when the kit has a newer one; one that the learner changed
    stays, and the newer one is put beside it once (`05_invoice.new.ipynb`). Raises QvqError where `folder`
    cannot be written.
    """
    try:
        copied = read_json(folder / RECORD)
    except QvqError:  # without it, every lesson that differs from the kit's counts as changed
        copied = {}
    beside = []
    for language in LANGUAGES:
        for shipped in sorted((paths.notebooks_folder() / language).glob("*.ipynb")):
            place = _copy(shipped, folder / language, copied)
            if place and place.name != shipped.name:
                beside.append(place)
    write_whole(folder / RECORD, as_json(copied))
    return beside


def _copy(shipped: Path, folder: Path, copied: dict[str, dict]) -> Path | None:
    """Copy a lesson to where it overwrites no work, and note it; None if the learner has had this version."""
    content = shipped.read_bytes()
    version, own = fingerprint(content), folder / shipped.name
    versions = copied.setdefault(f"{folder.name}/{shipped.stem}", {})
    if own.is_file() and fingerprint(own.read_bytes()) == version:
        versions[own.name] = version
        return None
    if own.is_file() and version in versions.values():
        return None
    for ending in chain(["", ".new"], (f".new{number}" for number in count(2))):
        place = folder / f"{shipped.stem}{ending}.ipynb"
        if not place.is_file() or fingerprint(place.read_bytes()) == versions.get(place.name):
            write_whole(place, content)
            versions[place.name] = version
            return place


def fingerprint(notebook: bytes) -> str:
    """A hash of the cells, outputs too: Jupyter changes a notebook's metadata as soon as it is opened."""
    try:
        cells = json.dumps(json.loads(notebook)["cells"], sort_keys=True).encode()
    except NOT_WHAT_WAS_EXPECTED:
        cells = notebook
    return sha256(cells).hexdigest()
