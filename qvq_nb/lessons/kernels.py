"""The kernels of a run: the environment in which one starts, and the processes that it becomes."""

import ctypes
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import psutil

from qvq_nb import paths

MARK = "QVQ_NB_RUN"  # the environment variable that every process of a lesson inherits
SET_CHILD_SUBREAPER = 36  # of Linux's prctl
TEMPORARY_VARIABLES = ("TMPDIR", "TEMP", "TMP")  # where Python and other programs look for a temporary folder
GONE_SECONDS = 2  # how long what was killed may take to be gone


def kernel_environment(temporary: Path) -> dict[str, str]:
    """The environment variables under which Jupyter's `python3` is this Python, whatever the user has.

    The description of the kernel goes to the folder `temporary`; the user's own ones stay untouched.
    """
    from ipykernel.kernelspec import write_kernel_spec

    write_kernel_spec(temporary / "kernels" / "python3")
    environment = dict(os.environ)
    put_first(environment, "JUPYTER_PATH", temporary)
    checkout = paths.PACKAGE_FOLDER.parent
    if (checkout / "notebooks").is_dir():
        # The kernel then imports the same qvq_nb from any working directory.
        put_first(environment, "PYTHONPATH", checkout)
    return environment


def clean_environment(temporary: Path, parallel: int = 1) -> dict[str, str]:
    """The same without the user's IPython start-up files; all that Jupyter writes goes to `temporary`."""
    environment = kernel_environment(temporary)
    environment.pop("MPLBACKEND", None)  # the notebook's own backend shows the figures
    environment["JUPYTER_RUNTIME_DIR"] = str(temporary / "runtime")
    environment["IPYTHONDIR"] = str(temporary / "ipython")
    environment["PYDEVD_DISABLE_FILE_VALIDATION"] = "1"  # no debugger is wanted, nor its warning
    environment["PYTHONUTF8"] = "1"
    environment |= dict.fromkeys(TEMPORARY_VARIABLES, str(temporary))  # what is left there goes with it
    if parallel > 1:
        environment["OMP_NUM_THREADS"] = str(max(1, (os.cpu_count() or 1) // parallel))
    return environment


def put_first(environment: dict[str, str], variable: str, folder: Path) -> None:
    """Let a variable that lists folders begin with `folder`."""
    environment[variable] = os.pathsep.join(filter(None, [str(folder), environment.get(variable)]))


def adopt_orphans() -> None:
    """On Linux, what a process below this one leaves behind becomes its child, and so stays known."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def limit_processes(more: int = 4096) -> None:
    """This process and those below it fail to start another one when its user has `more` than now.

    A net for what grows faster than anybody looks; the system does not apply it to root.
    """
    with suppress(ImportError, ValueError, OSError, psutil.Error):  # Windows; or a lower limit is set
        import resource

        user = psutil.Process().username()
        now = sum(
            process.info["num_threads"] or 0
            for process in psutil.process_iter(["username", "num_threads"])
            if process.info["username"] == user
        )
        soft, hard = resource.getrlimit(resource.RLIMIT_NPROC)
        known = [limit for limit in (soft, hard, now + more) if limit != resource.RLIM_INFINITY]
        resource.setrlimit(resource.RLIMIT_NPROC, (min(known), hard))


class Family:
    """The processes below one process: a kernel and everything that it started, also what it left behind.

    What left the family (a daemon) is known by `mark`, the value of the variable MARK that it inherited.
    """

    def __init__(self, process_id: int, mark: str = ""):
        self.process_id, self.mark = process_id, mark
        self.seen = set()

    def memory_bytes(self) -> int:
        """Memory of the family now; on Linux without pages of files, which the system can take back."""
        total = 0
        for process in self._living():
            with suppress(psutil.Error):  # it ended meanwhile
                memory = process.memory_info()
                total += memory.rss - getattr(memory, "shared", 0)
        return total

    def __len__(self) -> int:
        """How many processes the family has now."""
        return len(self._living())

    def kill(self) -> None:
        """End every process of the family."""
        end(lambda: self._living() | (marked(self.mark, but=self.process_id) if self.mark else set()))

    def _living(self) -> set:
        with suppress(psutil.Error):  # the process may be over; what was seen before may live on
            self.seen |= set(psutil.Process(self.process_id).children(recursive=True))
        self.seen = {process for process in self.seen if _lives(process)}
        return self.seen


def end(found: Callable[[], set]) -> None:
    """End the processes that `found` gives; none can refuse, and none starts another one meanwhile."""
    halted = set()
    while fresh := found() - halted:
        for process in fresh:
            with suppress(psutil.Error):
                process.suspend()
        halted |= fresh
    for process in halted:
        with suppress(psutil.Error):
            process.kill()
    psutil.wait_procs([process for process in halted if _lives(process)], timeout=GONE_SECONDS)


def marked(mark: str, but: int | None = None) -> set:
    """The living processes whose mark is this folder or lies in it, but for this one and the one with the id
    `but`."""
    others = (process for process in psutil.process_iter() if process.pid not in (os.getpid(), but))
    return {process for process in others if f"{_mark(process)}{os.sep}".startswith(f"{mark}{os.sep}")}


def _lives(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False


def _mark(process: psutil.Process) -> str:
    try:
        return process.environ().get(MARK, "") if _lives(process) else ""
    except (psutil.Error, OSError):  # over, or somebody else's
        return ""
