"""Execute one notebook in a process of its own.

A job starts `python -m qvq_nb.lessons.workers.notebook NOTEBOOK EXECUTED PARAMETERS FOLDER KEPT`, reads the
number of each cell from its standard output, and may kill it or its kernel at any time. When the runner is
gone (its standard input then closes) it ends by itself: it ends the kernel and writes what was executed to
KEPT. In any case nothing that the notebook started lives on.
"""

import json
import os
import sys
import threading
from contextlib import suppress
from pathlib import Path

from qvq_nb.lessons.job import CELL_FAILED, KERNEL_DIED, rescue
from qvq_nb.lessons.kernels import MARK, Family, adopt_orphans, limit_processes
from qvq_nb.lessons.outputs import is_added


def main(notebook: str, executed: str, parameters: str, folder: str, kept: str) -> int:
    """Execute `notebook` from a clean kernel with `folder` as working directory, write it to `executed`."""
    # The kernel inherits file descriptor 1: keep the way to the runner for ourselves.
    runner = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    adopt_orphans()
    limit_processes()
    family = Family(os.getpid(), os.environ.get(MARK, ""))
    threading.Thread(target=_end_with_runner, args=(family, executed, kept), daemon=True).start()

    import papermill
    from nbclient.exceptions import DeadKernelError
    from papermill.engines import papermill_engines
    from papermill.iorw import papermill_io

    from qvq_nb.lessons.workers.bounded import BoundedEngine, WholeFiles

    papermill_io.register(executed, WholeFiles())
    papermill_engines.register("bounded", BoundedEngine)
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
            engine_name="bounded",
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
    finally:
        family.kill()
    return 0


def _end_with_runner(family: Family, executed: str, kept: str) -> None:
    sys.stdin.read()
    family.kill()
    with suppress(Exception):  # then the next run keeps it
        rescue(Path(executed), Path(kept))
    os._exit(1)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
