"""Execute one notebook in a process of its own: `python -m qvq_nb.lessons.worker INPUT OUTPUT PARAMETERS FOLDER`.

The runner starts it, reads the number of each cell from its standard output, and may kill it or its kernel at any time.
It ends by itself when the runner is gone: its standard input then closes, and with it goes the kernel.
"""

import json
import os
import sys
import threading

CELL_FAILED = 3  # exit code: the notebook ran until a cell raised an error
KERNEL_DIED = 4  # exit code: the kernel was gone before the notebook's end
ADDED_TAGS = {
    "injected-parameters",
    "papermill-error-cell-tag",
}  # cells that the run adds; they are not counted


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


def is_added(cell) -> bool:
    """Whether the run put this cell in, so that the lesson itself does not have it."""
    return bool(ADDED_TAGS & set(cell.metadata.get("tags", [])))


def _end_with_runner() -> None:
    import psutil

    sys.stdin.read()
    for process in psutil.Process().children(recursive=True):
        process.kill()
    os._exit(1)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
