"""Are there GPUs, does their driver fit torch, is their memory free, do copies between them arrive?"""

import os
import re

from qvq_nb.doctor.finding import Finding
from qvq_nb.files import GIB
from qvq_nb.memory import driver

FIRST_WITH_CUDA_VERSION = 410  # older drivers do not say which CUDA they know, and know none newer than 9
INSTALL = "install the NVIDIA driver again"
CURES = (
    ("library version mismatch", "the driver was updated while it ran: restart the machine"),
    ("blocked by the operating system",
     "WSL has lost the GPU: run `wsl --shutdown` under Windows, and update the NVIDIA driver there"),
    ("libnvidia-ml|Driver Not Loaded|couldn't find",
     "the driver is not in here: start the container with --gpus all; on a machine of your own, " + INSTALL),
    ("NVML: Unknown Error", "a container loses its GPUs like this: start it again"),
    ("communicate with the NVIDIA driver",
     f"the driver is not loaded: restart the machine, and if that does not help, {INSTALL}"),
    ("GPU is lost|fallen off the bus|device handle|is not responding",
     "a GPU does not answer any more: restart the machine, and look at its power and its slot"),
    ("[Pp]ermission", "this account may not use the GPUs: ask who runs this machine"),
)  # fmt: skip


def graphics_processor(report: dict, listing: str | None = None) -> Finding:
    """Which GPUs torch sees; none is fine. `report` is that of the probe, `listing` what nvidia-smi says."""
    names = ", ".join(f"{name} {size / GIB:.0f} GiB" if size else name for name, size in report["gpus"])
    if names:
        return Finding("gpu", True, f"torch sees {names}.")
    hidden = os.environ.get("CUDA_VISIBLE_DEVICES")
    there = "NVIDIA" if listing and driver.speaks(listing) else "AMD" if driver.program("rocm-smi") else ""
    said = "No GPU; qvq-mini needs none."
    if there and report["cuda"] is None:
        build = "rm -rf .venv && make setup TORCH_BUILD=cuda"
        how = build if there == "NVIDIA" else "pytorch.org has the line for ROCm"
        said = f"There is an {there} GPU, but torch is a CPU build: {how}"
    elif there and hidden is not None:
        said = f"There is an {there} GPU, and CUDA_VISIBLE_DEVICES={hidden} hides it."
    return Finding("gpu", True, said)


def driver_listing() -> str | None:
    """What nvidia-smi says; None where there is none, and nothing where it hangs."""
    return driver.said_by(driver.NVIDIA_SMI[:1])


def cuda_and_driver(report: dict, listing: str | None) -> Finding:
    """Is the NVIDIA driver there, and new enough for the CUDA that torch was built for?"""
    built_for, is_rocm = report["cuda"], "rocm" in (report["torch"] or "")
    kind = f"ROCm {built_for}" if is_rocm else f"CUDA {built_for}"
    if listing is None or is_rocm:
        said = "No NVIDIA driver; the CPU needs none."
        if built_for and report["gpus"]:
            said = f"torch is built for {kind}, and sees its GPUs."
        elif built_for:
            said = f"torch is built for {kind}, and no {'AMD' if is_rocm else 'NVIDIA'} driver is found; "
            said += "it uses the CPU."
        return Finding("driver", True, said)
    if "No devices were found" in listing:
        said = "The NVIDIA driver runs and finds no GPU: in a container or a virtual machine, give it one."
        return Finding("driver", True, said)
    if not driver.speaks(listing):
        return Finding("driver", False, _why_silent(listing))
    version, newest = driver.versions(listing)
    named = f"NVIDIA driver {version}" if version else "NVIDIA driver"
    if newest is None:
        return Finding("driver", *_without_cuda_version(report, named, version))
    if built_for and _major(newest) < _major(built_for):
        said = (
            f"The {named} knows CUDA up to {newest}, and torch is built for {built_for}: "
            "update the driver, or install a torch built for an older CUDA (pytorch.org has the line)."
        )
        return Finding("driver", False, said)
    said = f"{named}, for CUDA up to {newest}; torch is built for {built_for or 'the CPU'}."
    return Finding("driver", True, said)


def _why_silent(listing: str) -> str:
    """What nvidia-smi complains of, and what helps."""
    cure = next((cure for words, cure in CURES if re.search(words, listing, re.IGNORECASE)), None)
    cure = cure or f"restart the machine, or {INSTALL}"
    return f"nvidia-smi is there but cannot speak to the driver ({driver.complaint(listing)}); {cure}."


def _without_cuda_version(report: dict, named: str, version: str | None) -> tuple[bool, str]:
    """(is it well, what is said) of a driver that does not say which CUDA it knows."""
    built_for = report["cuda"]
    if built_for is None or report["gpus"]:
        return True, f"{named}; torch is built for {built_for or 'the CPU'}."
    if version and _major(version) < FIRST_WITH_CUDA_VERSION:
        said = f"The {named} is older than CUDA 10, and torch is built for {built_for}: update the driver."
        return False, said
    return False, (
        f"The {named} runs without its part for CUDA, so torch sees no GPU. In a container, start it with "
        "NVIDIA_DRIVER_CAPABILITIES=compute,utility; elsewhere install libcuda of the same version."
    )


def _major(version: str) -> int:
    return int(re.match(r"\d{0,6}", version, re.ASCII)[0] or 0)


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
