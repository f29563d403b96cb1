"""Has this machine what the lessons need: Python, memory, disk, ports, the embedded model, a kernel?"""

import os
import platform
import shutil
import socket
import sys
from pathlib import Path

from qvq_nb import paths
from qvq_nb.doctor.finding import Finding
from qvq_nb.errors import QvqError
from qvq_nb.files import GIB
from qvq_nb.models.checkpoint import check_folder

OLDEST_PYTHON = (3, 10)
NEEDED_MEMORY_BYTES = 2 * GIB
NEEDED_DISK_BYTES = GIB // 2
USUAL_PORTS = (8888, 8000)  # JupyterLab, a model server


def python_version() -> Finding:
    """Is this Python new enough?"""
    version = platform.python_version()
    if sys.version_info < OLDEST_PYTHON:
        return Finding("python", False, f"Python {version} is too old; install Python 3.10 or newer.")
    return Finding("python", True, f"Python {version}.")


def room() -> list[Finding]:
    """Is there memory for the embedded model, and disk for executed notebooks where the command runs?"""
    import psutil

    here = next(iter(paths.working_folder()), None)
    free_memory = psutil.virtual_memory().available
    close, move = (
        "close other programs or shut down idle notebook kernels",
        "work in a folder on another disk",
    )
    memory = enough("memory", free_memory, NEEDED_MEMORY_BYTES, close)
    if here is None:
        return [memory, Finding("disk", False, "The working folder was deleted; change to another one.")]
    free_disk = shutil.disk_usage(here).free
    return [memory, enough("disk", free_disk, NEEDED_DISK_BYTES, f"make room, or {move}")]


def enough(name: str, free_bytes: int, needed_bytes: int, advice: str) -> Finding:
    """Compare what is free with what is needed."""
    free, needed = f"{free_bytes / GIB:.1f} GiB", f"{needed_bytes / GIB:.1f} GiB"
    if free_bytes < needed_bytes:
        return Finding(name, False, f"Only {free} are free and the lessons need {needed}: {advice}.")
    return Finding(name, True, f"{free} are free; the lessons need {needed}.")


def ports() -> Finding:
    """Can a server listen on 127.0.0.1, and which of the usual ports are taken?"""
    try:
        with socket.socket() as listening:
            listening.bind(("127.0.0.1", 0))
    except OSError as error:
        said = (
            f"No port on 127.0.0.1 can be opened ({error.strerror}); neither JupyterLab nor a server will "
            "start: ask who runs this machine."
        )
        return Finding("ports", False, said)
    taken = [str(port) for port in USUAL_PORTS if not _is_free(port)]
    said = f"{' and '.join(map(str, USUAL_PORTS))} are free"
    if taken:
        said = f"in use now: {', '.join(taken)} (choose another with --port)"
    return Finding("ports", True, f"Ports on 127.0.0.1 can be opened; {said}.")


def _is_free(port: int) -> bool:
    with socket.socket() as asking:
        asking.settimeout(1)
        return asking.connect_ex(("127.0.0.1", port)) != 0


def embedded_model(folder: Path | None = None) -> Finding:
    """Is qvq-mini there, with all of its weights?"""
    try:
        check_folder(folder or paths.data_folder() / "qvq-mini")
    except QvqError as error:
        said = f"The embedded model is not whole; fetch the repository or install the package again. {error}"
        return Finding("qvq-mini", False, said)
    return Finding("qvq-mini", True, "The embedded model is complete.")


def notebook_kernel() -> Finding:
    """Will notebooks run in this environment, or in another one whose `python3` kernel stands in front?"""
    from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel

    advice = f"run: {Path(sys.executable).name} -m ipykernel install --sys-prefix"
    try:
        command = KernelSpecManager().get_kernel_spec("python3").argv[0]
    except NoSuchKernel:
        return Finding("kernel", False, f"Jupyter has no python3 kernel; {advice}")
    # jupyter_client replaces these bare names by the Python that runs it
    own_names = {"python", "python3", f"python3.{sys.version_info.minor}"}
    if command in own_names or os.path.abspath(command) == os.path.abspath(sys.executable):
        return Finding("kernel", True, "Notebooks run in this environment.")
    return Finding("kernel", False, f"Notebooks would run in another Python, {command}; {advice}")
