"""Import torch and torchvision, try the GPUs, and print what came of it as JSON.

A mixed install breaks the process that imports it, so the doctor runs this file's text in another process.
Hence: standard library only, and nothing of the kit.
"""

import importlib.util
import itertools
import json
import re
from pathlib import Path

NOTHING_SEEN = {
    "torch": None,
    "cuda": None,
    "gpus": [],  # [name, total bytes]
    "free": [],  # bytes, GPU by GPU
    "copies": [],  # [from GPU, to GPU, arrived unchanged]
    "torchvision": None,
    "operators": False,
    "error": None,
}
ROOMY_BYTES = 2**26  # free on a GPU that takes part in the copies


def look(report: dict) -> None:
    """Fill in the report as far as this Python gets."""
    found = importlib.util.find_spec("torchvision")
    version = Path(found.origin).with_name("version.py").read_text() if found else ""
    report["torchvision"] = (re.findall(r"__version__ = ['\"](.+?)['\"]", version) or [None])[0]
    import torch

    report["torch"] = torch.__version__
    report["cuda"] = torch.version.cuda or getattr(torch.version, "hip", None)
    for number in range(torch.cuda.device_count()):
        gpu = torch.cuda.get_device_properties(number)
        report["gpus"].append([gpu.name, gpu.total_memory])
        try:
            report["free"].append(torch.cuda.mem_get_info(number)[0])
        except RuntimeError:
            report["free"].append(0)
    roomy = [number for number, free in enumerate(report["free"]) if free > ROOMY_BYTES]
    for source, target in itertools.permutations(roomy, 2):
        sent = torch.arange(2**18)
        arrived = sent.to(f"cuda:{source}").to(f"cuda:{target}").cpu()
        report["copies"].append([source, target, bool(torch.equal(sent, arrived))])
    if torch.backends.mps.is_available():
        report["gpus"].append(["Apple GPU", None])
    import torchvision

    report["operators"] = torchvision.extension._has_ops()


if __name__ == "__main__":
    report = NOTHING_SEEN
    try:
        look(report)
    except Exception as error:
        report["error"] = f"{type(error).__name__}: {error}"
    print(json.dumps(report))
