"""Are there GPUs, does their driver fit torch, is their memory free, do copies between them arrive?"""

import re
import shutil
import subprocess

from packaging.version import Version

from qvq_nb.doctor.finding import Finding
from qvq_nb.files import GIB

DRIVER_TIMEOUT_SECONDS = 300


def graphics_processor(report: dict) -> Finding:
    """Which GPUs torch sees; none is fine. `report` is that of the probe."""
    names = ", ".join(f"{name} {size / GIB:.0f} GiB" if size else name for name, size in report["gpus"])
    said = f"torch sees {names}." if names else "No GPU; qvq-mini needs none."
    if not names and report["cuda"] is None and shutil.which("nvidia-smi"):
        said = "There is an NVIDIA GPU, but torch is a CPU build: rm -rf .venv && make setup TORCH_BUILD=cuda"
    return Finding("gpu", True, said)


def driver_listing() -> str | None:
    """What nvidia-smi prints; None where there is none, and nothing where it fails."""
    if not shutil.which("nvidia-smi"):
        return None
    try:
        done = subprocess.run(["nvidia-smi"], capture_output=True, text=True, timeout=DRIVER_TIMEOUT_SECONDS)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout if done.returncode == 0 else ""


def cuda_and_driver(report: dict, listing: str | None) -> Finding:
    """Is the NVIDIA driver there, and new enough for the CUDA that torch was built for?"""
    built_for = report["cuda"]
    if listing is None:
        said = "No NVIDIA driver; the CPU needs none."
        if built_for and not report["gpus"]:
            said = f"torch is built for CUDA {built_for}, and no NVIDIA driver is found; it uses the CPU."
        return Finding("driver", True, said)
    found = re.search(r"Driver Version:\s*([\d.]+)\s+CUDA Version:\s*([\d.]+)", listing)
    if not found:
        said = "restart the machine, or install the NVIDIA driver again."
        return Finding("driver", False, f"nvidia-smi is there but cannot speak to the driver: {said}")
    driver, newest = found.groups()
    if built_for and Version(newest).release[:1] < Version(built_for).release[:1]:
        said = (
            f"The NVIDIA driver {driver} knows CUDA up to {newest}, and torch is built for {built_for}: "
            "update the driver, or install a torch built for an older CUDA (pytorch.org has the line)."
        )
        return Finding("driver", False, said)
    said = f"NVIDIA driver {driver}, for CUDA up to {newest}; torch is built for {built_for or 'the CPU'}."
    return Finding("driver", True, said)


def free_gpu_memory(report: dict) -> list[Finding]:
    """One finding per GPU: how much of its memory is free."""
    findings = []
    for number, ((name, total), free) in enumerate(zip(report["gpus"], report["free"])):
        said, ok = f"{name}: {free / GIB:.1f} of {total / GIB:.1f} GiB are free.", free >= total / 2
        if not ok:
            said += (
                " Another program holds the rest: nvidia-smi shows which; shut down idle notebook kernels."
            )
        findings.append(Finding(f"gpu {number}", ok, said))
    return findings


def peer_copies(report: dict) -> Finding:
    """Does what one GPU sends to another arrive unchanged? Where not, answers are silently nonsense."""
    tried = report["copies"]
    broken = ", ".join(f"{source} to {target}" for source, target, intact in tried if not intact)
    said = "No pair of GPUs with free memory, so nothing to copy between them."
    if broken:
        said = (
            f"Data is damaged on its way from GPU {broken}: switch off the IOMMU (ACS) in the BIOS, update "
            "the driver, and until then use one GPU (CUDA_VISIBLE_DEVICES=0)."
        )
    elif tried:
        said = f"Copies between GPUs arrive unchanged ({len(tried)} directions tried)."
    return Finding("copies", not broken, said)
