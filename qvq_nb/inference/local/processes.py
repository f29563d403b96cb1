"""One command in several processes on this machine that share a model between them."""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from qvq_nb.inference.local.loading import RENDEZVOUS_VARIABLE

SECONDS_BETWEEN_LOOKS = 0.1
SECONDS_TO_END = 10


def run_together(command: list[str], processes: int) -> int:
    """Runs the command so many times at once, as ranks 0, 1 …; the exit code of the first that fails, else 0.

    Only rank 0 is seen; what another rank says is shown when that rank is the one that fails. The processes find each other
    through a file and talk on the loopback interface: torchrun's own meeting point would listen on every interface.
    """
    with tempfile.TemporaryDirectory(prefix="qvq-nb-", ignore_cleanup_errors=True) as folder:
        environment = {
            **os.environ, "WORLD_SIZE": str(processes), RENDEZVOUS_VARIABLE: str(Path(folder) / "meeting-point"),
            "GLOO_SOCKET_IFNAME": os.environ.get("GLOO_SOCKET_IFNAME", _loopback()),
            "NCCL_SOCKET_IFNAME": os.environ.get("NCCL_SOCKET_IFNAME", _loopback()),
        }  # fmt: skip
        running, said = [], [Path(folder) / f"rank-{rank}" for rank in range(processes)]
        try:
            for rank in range(processes):
                own = {**environment, "RANK": str(rank), "LOCAL_RANK": str(rank)}
                with said[rank].open("wb") as notes:
                    quiet = {} if rank == 0 else {"stdout": subprocess.DEVNULL, "stderr": notes}
                    running.append(subprocess.Popen(command, env=own, stdin=subprocess.DEVNULL, **quiet))
            while True:
                codes = [process.poll() for process in running]
                failed = next((rank for rank, code in enumerate(codes) if code), None)
                if failed is not None:
                    sys.stderr.write(said[failed].read_text(encoding="utf-8", errors="replace"))
                    return codes[failed] if codes[failed] > 0 else 1
                if all(code == 0 for code in codes):
                    return 0
                time.sleep(SECONDS_BETWEEN_LOOKS)
        finally:
            _end(running)


def _end(running) -> None:
    for process in running:
        if process.poll() is None:
            process.terminate()
    for process in running:
        try:
            process.wait(SECONDS_TO_END)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _loopback() -> str:
    return "lo" if sys.platform.startswith("linux") else "lo0"
