"""One model shared by several processes on this machine (tensor parallel): starting and joining them."""

import atexit
import os
import subprocess
import sys
import time
from pathlib import Path

from qvq_nb.errors import QvqError
from qvq_nb.inference.loading.placing import Choice
from qvq_nb.inference.loading.wishes import Wishes
from qvq_nb.leftovers import owned_folder
from qvq_nb.models.config import read_config

RENDEZVOUS_VARIABLE = "QVQ_NB_RENDEZVOUS"
LOOPBACK = "lo" if sys.platform.startswith("linux") else "lo0"
SECONDS_BETWEEN_LOOKS = 0.1
SECONDS_TO_END = 10


def run_together(command: list[str], processes: int) -> int:
    """Runs the command so many times at once, as ranks 0, 1 …; the exit code of the first that fails, else 0.

    Only rank 0 is seen; what another rank says is shown when that rank is the one that fails.
    The processes find each other through a file and talk on the loopback interface:
    torchrun's own meeting point would listen on every interface.
    """
    with owned_folder("ask") as folder:
        environment = {"GLOO_SOCKET_IFNAME": LOOPBACK, "NCCL_SOCKET_IFNAME": LOOPBACK, **os.environ}
        environment |= {"WORLD_SIZE": str(processes), RENDEZVOUS_VARIABLE: str(Path(folder, "meeting-point"))}
        running, said = [], [Path(folder, f"rank-{rank}") for rank in range(processes)]
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
        process.terminate()  # does nothing to one that has ended
    for process in running:
        try:
            process.wait(SECONDS_TO_END)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def tensor_parallel(folder: Path, wishes: Wishes) -> Choice:
    """How one of the processes that share every layer loads its part; joins the others before it returns."""
    import torch
    from transformers.distributed import DistributedConfig

    if wishes.quantization or wishes.offload or wishes.max_memory:
        raise QvqError(
            "parallel='tensor' shares the whole model unquantized; "
            "leave out quantization, offload and max_memory."
        )
    ranks = int(os.environ.get("WORLD_SIZE", "1"))
    if ranks < 2:
        raise QvqError(
            "parallel='tensor' needs one process per part: `qvq-nb ask --tensor-parallel 2 …`, "
            "or torchrun --nproc-per-node 2."
        )
    check_tensor_parallel(folder, ranks)
    on_gpus = torch.cuda.is_available()
    _join(torch, ranks, on_gpus)
    dtype = wishes.torch_dtype("bf16" if on_gpus else "fp32")
    return Choice({"dtype": dtype, "distributed_config": DistributedConfig(tp_plan="auto", tp_size=ranks)})


def check_tensor_parallel(folder: Path, ranks: int) -> None:
    """QvqError unless the key-value heads can be shared equally by so many processes."""
    heads = read_config(folder)["num_key_value_heads"]
    if ranks < 1 or heads % ranks:
        allowed = " or ".join(str(size) for size in range(1, heads + 1) if heads % size == 0)
        raise QvqError(f"{heads} key-value heads cannot be shared by {ranks} processes; take {allowed}.")


def _join(torch, ranks, on_gpus) -> None:
    """Joins the other ranks at the meeting point of `run_together`; under torchrun transformers does it."""
    if on_gpus and torch.cuda.device_count() < ranks:
        raise QvqError(
            f"{ranks} processes need {ranks} GPUs, and there are {torch.cuda.device_count()}; "
            "take fewer, or CUDA_VISIBLE_DEVICES= for the CPU."
        )
    file = os.environ.get(RENDEZVOUS_VARIABLE)
    if not file or torch.distributed.is_initialized():
        return
    rank, own_gpu = int(os.environ["RANK"]), {}
    if on_gpus:
        own_gpu = {"device_id": torch.device("cuda", int(os.environ["LOCAL_RANK"]))}
        torch.cuda.set_device(own_gpu["device_id"])
    torch.distributed.init_process_group(
        "nccl" if on_gpus else "gloo", init_method=f"file://{file}", rank=rank, world_size=ranks, **own_gpu
    )
    atexit.register(torch.distributed.destroy_process_group)
