"""Execute one notebook in a process of its own.

A job starts `python -m qvq_nb.lessons.worker NOTEBOOK EXECUTED PARAMETERS FOLDER`, reads the number of each
cell from its standard output, and may kill it or its kernel at any time. It ends by itself when the runner is
gone: its standard input then closes, and with it goes the kernel.
"""

import json
import os
import sys
import threading

from qvq_nb.lessons.job import CELL_FAILED, KERNEL_DIED, is_added
from qvq_nb.lessons.kernels import Family


def main(notebook: str, executed: str, parameters: str, folder: str) -> int:
    """Execute `notebook` from a clean kernel with `folder` as working directory, write it to `executed`."""
    # The kernel inherits file descriptor 1: keep the way to the runner for ourselves.
    runner = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    threading.Thread(target=_end_with_runner, daemon=True).start()

    import papermill
    from nbclient.exceptions import DeadKernelError

    number = 0  # of the cell under way, counted from 1 as in the lesson itself

    def tell(cell, cell_index):
        nonlocal number
        number += not is_added(cell)
        runner.write(f"{number}\n")
        runner.flush()

    try:
        papermill.execute_notebook(
            notebook,
            executed,
            parameters=json.loads(parameters),
            kernel_name="python3",
            language="python",
            progress_bar=False,
            cwd=folder,
            on_cell_start=tell,
        )
    except papermill.PapermillExecutionError:
        return CELL_FAILED
    except DeadKernelError:
        return KERNEL_DIED
    return 0


def _end_with_runner() -> None:
    sys.stdin.read()
    Family(os.getpid()).kill()
    os._exit(1)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
