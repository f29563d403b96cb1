"""The kernels of a run: the environment in which one starts, and the processes that it becomes."""

import os
from contextlib import suppress
from pathlib import Path

import psutil

from qvq_nb import paths


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
    if parallel > 1:
        environment["OMP_NUM_THREADS"] = str(max(1, (os.cpu_count() or 1) // parallel))
    return environment


def put_first(environment: dict[str, str], variable: str, folder: Path) -> None:
    """Let a variable that lists folders begin with `folder`."""
    environment[variable] = os.pathsep.join(filter(None, [str(folder), environment.get(variable)]))


class Family:
    """The processes below one process: a kernel and everything that it started, also what it left behind."""

    def __init__(self, process_id: int):
        self.process_id = process_id
        self.seen = set()

    def memory_bytes(self) -> int:
        """Memory of the family now; on Linux without pages of files, which the system can take back."""
        total = 0
        for process in self._living():
            with suppress(psutil.Error):  # it ended meanwhile
                memory = process.memory_info()
                total += memory.rss - getattr(memory, "shared", 0)
        return total

    def kill(self) -> None:
        """Kill every process of the family; none of them can refuse."""
        for process in self._living():
            with suppress(psutil.Error):
                process.kill()

    def _living(self) -> set:
        with suppress(psutil.Error):  # the process may be over; what was seen before may live on
            self.seen |= set(psutil.Process(self.process_id).children(recursive=True))
        self.seen = {process for process in self.seen if process.is_running()}
        return self.seen
