"""How much memory a piece of work had in use at most."""

import contextlib
import threading
from dataclasses import dataclass, field

SECONDS_BETWEEN_LOOKS = 0.05


@dataclass
class Memory:
    """What a process and its GPUs had in use at most, in bytes; complete once the watching is over.

    `peak_bytes` is device → bytes: on a GPU what torch had allocated, on "cpu" how far the process grew.
    `own_peak_bytes` is that growth without the pages of mapped files (weights on the CPU are such pages,
    which the kernel takes back when it needs room), the same where the system does not tell them apart.
    `resident_peak_bytes` is the whole process.
    """

    peak_bytes: dict = field(default_factory=lambda: {"cpu": 0})
    own_peak_bytes: int = 0
    resident_peak_bytes: int = 0


@contextlib.contextmanager
def watching_memory():
    """A Memory that is kept up to date while the `with` block lasts; the GPUs keep account themselves."""
    import psutil
    import torch

    process, memory, over = psutil.Process(), Memory(), threading.Event()
    gpus = range(torch.cuda.device_count() if torch.cuda.is_available() else 0)
    for gpu in gpus:
        torch.cuda.reset_peak_memory_stats(gpu)

    def resident_and_own():
        now = process.memory_info()
        return now.rss, now.rss - getattr(now, "shared", 0)  # `shared`: pages that belong to files, on Linux

    resident_before, own_before = resident_and_own()

    def look():
        while True:
            resident, own = resident_and_own()
            memory.resident_peak_bytes = max(memory.resident_peak_bytes, resident)
            memory.peak_bytes["cpu"] = max(memory.peak_bytes["cpu"], resident - resident_before)
            memory.own_peak_bytes = max(memory.own_peak_bytes, own - own_before)
            if over.wait(SECONDS_BETWEEN_LOOKS):
                return

    thread = threading.Thread(target=look, daemon=True)
    thread.start()
    try:
        yield memory
    finally:
        over.set()
        thread.join()
        memory.peak_bytes |= {f"cuda:{gpu}": torch.cuda.max_memory_allocated(gpu) for gpu in gpus}
