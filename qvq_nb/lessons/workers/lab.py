"""JupyterLab that ends with the process that started it: `python -m qvq_nb.lessons.workers.lab PIPE OPTION…`.

PIPE is the number of an inherited pipe that nobody writes to. When its other end closes, because the starter
is gone in whatever way, the server stops itself and its kernels.
"""

import os
import signal
import sys
import threading


def main(pipe: str, *options: str) -> int:
    """Run JupyterLab with these options; return its exit code."""
    threading.Thread(target=_end_with_starter, args=(int(pipe),), daemon=True).start()
    from jupyterlab.labapp import main as serve

    return serve(options) or 0


def _end_with_starter(pipe: int) -> None:
    try:
        os.read(pipe, 1)
    except OSError:  # Windows hands no pipe on
        return
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
