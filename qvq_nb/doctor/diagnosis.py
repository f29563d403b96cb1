"""Is this machine sound for the lessons? Look at it, say so in sentences, and repair what can be repaired."""

import getpass
import importlib.metadata
import json
import os
import platform
import re
import shutil
import socket
import subprocess
import sys
import sysconfig
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path

from packaging.requirements import Requirement
from packaging.version import Version

from qvq_nb import paths
from qvq_nb.errors import QvqError

OLDEST_PYTHON = (3, 10)
NEEDED_MEMORY_BYTES = 2 * 1024**3
NEEDED_DISK_BYTES = 512 * 1024**2
PROBE_TIMEOUT_SECONDS = 300
USUAL_PORTS = (8888, 8000)  # JupyterLab, a model server
REPAIR_SOURCE = Path(__file__).with_name("torchvision_repair.py")
REPAIR_MODULE = "qvq_nb_torchvision_repair"

# Runs in another process: a mixed install breaks the process that imports it.
PROBE = """
import importlib.util, itertools, json, re
from pathlib import Path
report = {"torch": None, "cuda": None, "gpus": [], "free": [], "copies": [], "torchvision": None, "operators": False, "error": None}
try:
    found = importlib.util.find_spec("torchvision")
    version = Path(found.origin).with_name("version.py").read_text() if found else ""
    report["torchvision"] = (re.findall(r"__version__ = ['\\"](.+?)['\\"]", version) or [None])[0]
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
    roomy = [number for number, free in enumerate(report["free"]) if free > 2**26]
    for source, target in itertools.permutations(roomy, 2):
        sent = torch.arange(2**18)
        arrived = sent.to(f"cuda:{source}").to(f"cuda:{target}").cpu()
        report["copies"].append([source, target, bool(torch.equal(sent, arrived))])
    if torch.backends.mps.is_available():
        report["gpus"].append(["Apple GPU", None])
    import torchvision
    report["operators"] = torchvision.extension._has_ops()
except Exception as error:
    report["error"] = f"{type(error).__name__}: {error}"
print(json.dumps(report))
"""

NOTHING_SEEN = {
    "torch": None,
    "cuda": None,
    "gpus": [],
    "free": [],
    "copies": [],
    "torchvision": None,
    "operators": False,
    "error": None,
}


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at: is it well, what is to be said about it, and can `fix` do something about it."""

    name: str
    ok: bool
    message: str
    fixable: bool = False


def diagnose() -> list[Finding]:
    """Look at this machine and at the Python environment that runs now; changes nothing."""
    report = probe()
    return [
        python_version(),
        package_versions(),
        torch_pair(report, repaired=is_repaired(site_packages())),
        cuda_and_driver(report, driver_listing()),
        graphics_processor(report),
        *free_gpu_memory(report),
        peer_copies(report),
        memory(),
        disk(),
        ports(),
        embedded_model(),
        notebook_kernel(),
    ]


def without_names(findings: list[Finding]) -> list[Finding]:
    """The findings as they may stand in a public bug report: no home folder, user name, host name, key or token."""
    return [replace(finding, message=_nameless(finding.message)) for finding in findings]


def _nameless(text: str) -> str:
    for path in {str(Path.home()), os.path.realpath(Path.home())} - {os.sep}:
        text = text.replace(path, "~")
    for name, value in os.environ.items():
        if re.search("TOKEN|KEY|SECRET|PASSW", name, re.IGNORECASE) and len(value) >= 8:
            text = text.replace(value, "(secret)")
    text = re.sub(r"\b(hf_|sk-|ghp_|ms-)[\w-]{8,}", "(secret)", text)
    for name, stands_for in (
        (_user_name(), "(user)"),
        (platform.node(), "(host)"),
        (platform.node().partition(".")[0], "(host)"),
    ):
        if name:
            text = re.sub(rf"(?<![\w-]){re.escape(name)}(?![\w-])", stands_for, text)
    return text


def _user_name() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return ""


def fix(findings: list[Finding]) -> list[Finding]:
    """Repair what the findings call fixable and look again; without such a finding nothing is touched."""
    fixable = [finding for finding in findings if finding.fixable]
    if not fixable:
        return findings
    for finding in fixable:
        if finding.ok:
            remove_repair(site_packages())
        else:
            write_repair(site_packages())
    return diagnose()


# --- what is looked at


def python_version() -> Finding:
    """Is this Python new enough?"""
    if sys.version_info < OLDEST_PYTHON:
        return Finding(
            "python", False, f"Python {platform.python_version()} is too old; install Python 3.10 or newer."
        )
    return Finding("python", True, f"Python {platform.python_version()}.")


def package_versions() -> Finding:
    """Do the installed packages lie in the ranges of pyproject.toml, and do torch and torchvision belong together?"""
    wanted = requirements("qvq-notebooks")
    if not wanted:
        return Finding(
            "packages", False, 'The kit is not installed in this Python; run: pip install -e ".[dev]"'
        )
    wanted += [requirement for requirement in requirements("torchvision") if requirement.name == "torch"]
    wrong = [complaint for requirement in wanted if (complaint := unmet(requirement))]
    if wrong:
        return Finding(
            "packages", False, f"{'; '.join(wrong)}. Install again with `make setup` or pip install -e ."
        )
    return Finding("packages", True, "All packages have versions that the kit knows.")


def requirements(package: str) -> list[Requirement]:
    """What an installed package asks for on this machine, its extras left out; empty if it is not installed."""
    try:
        lines = importlib.metadata.requires(package) or []
    except importlib.metadata.PackageNotFoundError:
        return []
    parsed = map(Requirement, lines)
    return [r for r in parsed if r.marker is None or r.marker.evaluate({"extra": ""})]


def unmet(requirement: Requirement) -> str | None:
    """What is wrong with a requirement here, or None."""
    try:
        version = importlib.metadata.version(requirement.name)
    except importlib.metadata.PackageNotFoundError:
        return f"{requirement.name} is missing"
    if requirement.specifier.contains(version, prereleases=True):
        return None
    return f"{requirement.name} is {version}, but {requirement.specifier} is needed"


def probe(python: tuple[str, ...] = (sys.executable,)) -> dict:
    """Import torch and torchvision in another process and report what came of it."""
    try:
        done = subprocess.run(
            [*python, "-c", PROBE],
            capture_output=True,
            text=True,
            timeout=PROBE_TIMEOUT_SECONDS,
            cwd=sys.prefix,  # away from a learner's own torch.py
        )
        return json.loads(done.stdout.splitlines()[-1])
    except (subprocess.TimeoutExpired, IndexError, ValueError):
        return NOTHING_SEEN | {"error": "Python crashed"}


def torch_pair(report: dict, repaired: bool = False) -> Finding:
    """Do the builds of torch and torchvision work together?"""
    pair = f"torch {report['torch']} and torchvision {report['torchvision']}"
    torchvision_for_gpu = build_of(report["torchvision"]).startswith(("cu", "rocm"))
    if report["error"] is None and repaired:
        if report["operators"]:
            message = f"{pair} fit together, so the repair for a mixed install is no longer needed; --fix removes it."
            return Finding("torchvision", True, message, fixable=True)
        return Finding("torchvision", True, f"{pair} are a mixed install that has been repaired.")
    if report["error"] is None and report["cuda"] and build_of(report["torchvision"]) == "cpu":
        message = f"{pair} are a mixed install: the lessons work, but torchvision itself cannot use the GPU."
        return Finding("torchvision", True, message)
    if report["error"] is None:
        return Finding("torchvision", True, f"{pair} work together.")
    if (
        "torchvision::nms does not exist" in report["error"]
        and report["cuda"] is None
        and torchvision_for_gpu
    ):
        return Finding(
            "torchvision",
            False,
            f"torch is a CPU build ({report['torch']}) but torchvision is a CUDA build ({report['torchvision']}), so "
            "neither torchvision nor any Qwen2-VL processor can be imported: run `qvq-nb doctor --fix`.",
            fixable=True,
        )
    message = (
        f"{pair} cannot be imported ({report['error']}); install the two together: rm -rf .venv && make setup"
    )
    return Finding("torchvision", False, message)


def build_of(version: str | None) -> str:
    """What follows the plus sign: `cpu`, `cu130`, or nothing."""
    return (version or "").partition("+")[2]


def graphics_processor(report: dict) -> Finding:
    """Which GPUs torch sees; none is fine."""
    if report["gpus"]:
        names = ", ".join(
            f"{name} {size / 1024**3:.0f} GiB" if size else name for name, size in report["gpus"]
        )
        return Finding("gpu", True, f"torch sees {names}.")
    if shutil.which("nvidia-smi") and report["cuda"] is None:
        message = (
            "There is an NVIDIA GPU, but torch is a CPU build: rm -rf .venv && make setup TORCH_BUILD=cuda"
        )
        return Finding("gpu", True, message)
    return Finding("gpu", True, "No GPU; qvq-mini needs none.")


def driver_listing() -> str | None:
    """What nvidia-smi prints; None where there is none, or it fails."""
    if not shutil.which("nvidia-smi"):
        return None
    try:
        done = subprocess.run(["nvidia-smi"], capture_output=True, text=True, timeout=PROBE_TIMEOUT_SECONDS)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout if done.returncode == 0 else ""


def cuda_and_driver(report: dict, listing: str | None) -> Finding:
    """Is the NVIDIA driver there, and new enough for the CUDA that torch was built for?"""
    if listing is None:
        if report["cuda"] and not report["gpus"]:
            return Finding(
                "driver",
                True,
                f"torch is built for CUDA {report['cuda']}, and no NVIDIA driver is found; it uses the CPU.",
            )
        return Finding("driver", True, "No NVIDIA driver; the CPU needs none.")
    found = re.search(r"Driver Version:\s*([\d.]+)\s+CUDA Version:\s*([\d.]+)", listing)
    if not found:
        message = "nvidia-smi is there but cannot speak to the driver: restart the machine, or install the NVIDIA driver again."
        return Finding("driver", False, message)
    driver, newest = found.groups()
    if report["cuda"] and Version(newest).release[:1] < Version(report["cuda"]).release[:1]:
        message = (
            f"The NVIDIA driver {driver} knows CUDA up to {newest}, and torch is built for {report['cuda']}: update the driver, "
            "or install a torch built for an older CUDA (pytorch.org has the line)."
        )
        return Finding("driver", False, message)
    return Finding(
        "driver",
        True,
        f"NVIDIA driver {driver}, for CUDA up to {newest}; torch is built for {report['cuda'] or 'the CPU'}.",
    )


def free_gpu_memory(report: dict) -> list[Finding]:
    """One line per GPU: how much of its memory is free."""
    lines = []
    for number, ((name, total), free) in enumerate(zip(report["gpus"], report["free"])):
        message = f"{name}: {free / 1024**3:.1f} of {total / 1024**3:.1f} GiB are free."
        taken = free < total / 2
        advice = (
            " Another program holds the rest: nvidia-smi shows which; shut down idle notebook kernels."
            if taken
            else ""
        )
        lines.append(Finding(f"gpu {number}", not taken, message + advice))
    return lines


def peer_copies(report: dict) -> Finding:
    """Does what one GPU sends to another arrive unchanged? Where not, answers are nonsense without any error message."""
    if not report["copies"]:
        return Finding("copies", True, "No pair of GPUs with free memory, so nothing to copy between them.")
    broken = [f"{source} to {target}" for source, target, intact in report["copies"] if not intact]
    if broken:
        message = (
            f"Data is damaged on its way from GPU {', '.join(broken)}: switch off the IOMMU (ACS) in the BIOS, update the driver, "
            "and until then use one GPU (CUDA_VISIBLE_DEVICES=0)."
        )
        return Finding("copies", False, message)
    return Finding(
        "copies", True, f"Copies between GPUs arrive unchanged ({len(report['copies'])} directions tried)."
    )


def ports() -> Finding:
    """Can a server listen on 127.0.0.1, and which of the usual ports are taken?"""
    try:
        with socket.socket() as listening:
            listening.bind(("127.0.0.1", 0))
    except OSError as error:
        message = f"No port on 127.0.0.1 can be opened ({error.strerror}); neither JupyterLab nor a server will start: ask who runs this machine."
        return Finding("ports", False, message)
    taken = [str(port) for port in USUAL_PORTS if not _is_free(port)]
    said = (
        f"in use now: {', '.join(taken)} (choose another with --port)"
        if taken
        else f"{' and '.join(map(str, USUAL_PORTS))} are free"
    )
    return Finding("ports", True, f"Ports on 127.0.0.1 can be opened; {said}.")


def _is_free(port: int) -> bool:
    with socket.socket() as asking:
        asking.settimeout(1)
        return asking.connect_ex(("127.0.0.1", port)) != 0


def memory() -> Finding:
    """Is there enough free memory for the lessons with the embedded model?"""
    import psutil

    free = psutil.virtual_memory().available
    return enough(
        "memory", free, NEEDED_MEMORY_BYTES, "close other programs or shut down idle notebook kernels"
    )


def disk() -> Finding:
    """Is there room for executed notebooks where the command runs?"""
    free = shutil.disk_usage(Path.cwd()).free
    return enough("disk", free, NEEDED_DISK_BYTES, "make room, or work in a folder on another disk")


def enough(name: str, free_bytes: int, needed_bytes: int, advice: str) -> Finding:
    """Compare what is free with what is needed."""
    free, needed = f"{free_bytes / 1024**3:.1f} GiB", f"{needed_bytes / 1024**3:.1f} GiB"
    if free_bytes < needed_bytes:
        return Finding(name, False, f"Only {free} are free and the lessons need {needed}: {advice}.")
    return Finding(name, True, f"{free} are free; the lessons need {needed}.")


def embedded_model(folder: Path | None = None) -> Finding:
    """Is qvq-mini there, with all of its weights?"""
    advice = "fetch the repository or install the package again"
    try:
        folder = folder or paths.data_folder() / "qvq-mini"
    except QvqError as error:
        return Finding("qvq-mini", False, str(error))
    names = ("config.json", "model.safetensors", "preprocessor_config.json", "tokenizer_config.json")
    missing = [name for name in names if not (folder / name).is_file()]
    if missing:
        return Finding("qvq-mini", False, f"The embedded model lacks {', '.join(missing)}: {advice}.")
    if not weights_are_whole(folder / "model.safetensors"):
        return Finding("qvq-mini", False, f"The embedded model's weights are cut short or damaged: {advice}.")
    return Finding("qvq-mini", True, "The embedded model is complete.")


def weights_are_whole(path: Path) -> bool:
    """Does a safetensors file have the length that its header promises? Reads the header only."""
    size = path.stat().st_size
    with path.open("rb") as file:
        header_bytes = int.from_bytes(file.read(8), "little")
        if not 2 <= header_bytes <= size - 8:
            return False
        try:
            header = json.loads(file.read(header_bytes))
            ends = [entry["data_offsets"][1] for name, entry in header.items() if name != "__metadata__"]
        except (ValueError, AttributeError, KeyError, TypeError, IndexError):
            return False
    return bool(ends) and size == 8 + header_bytes + max(ends)


def notebook_kernel() -> Finding:
    """Will notebooks run in this environment, or in another one whose `python3` kernel stands in front?"""
    from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel

    advice = f"run: {Path(sys.executable).name} -m ipykernel install --sys-prefix"
    try:
        command = KernelSpecManager().get_kernel_spec("python3").argv[0]
    except NoSuchKernel:
        return Finding("kernel", False, f"Jupyter has no python3 kernel; {advice}")
    # jupyter_client replaces these bare names by the Python that runs it
    own_names = {"python", "python3", f"python3.{sys.version_info.minor}"}
    if command in own_names or os.path.abspath(command) == os.path.abspath(sys.executable):
        return Finding("kernel", True, "Notebooks run in this environment.")
    return Finding("kernel", False, f"Notebooks would run in another Python, {command}; {advice}")


# --- the repair of a mixed install


def site_packages() -> Path:
    """Where this environment keeps its packages."""
    return Path(sysconfig.get_path("purelib"))


def repair_files(folder: Path) -> dict[Path, str]:
    """The two files of the repair, in the order in which they are written, and their text."""
    return {
        folder / f"{REPAIR_MODULE}.py": REPAIR_SOURCE.read_text(encoding="utf-8"),
        folder / f"{REPAIR_MODULE}.pth": f"import {REPAIR_MODULE}\n",
    }


def is_repaired(folder: Path) -> bool:
    """Do the repair's files lie in this site-packages folder?"""
    return all(path.is_file() for path in repair_files(folder))


def write_repair(folder: Path) -> None:
    """Put the repair into a site-packages folder; a second time changes nothing."""
    for path, text in repair_files(folder).items():
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            write_atomically(path, text)


def remove_repair(folder: Path) -> None:
    """Take the repair out of a site-packages folder."""
    for path in reversed(repair_files(folder)):
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            raise QvqError(f"{path} cannot be deleted ({error.strerror}); delete it by hand.") from None


def write_atomically(path: Path, text: str) -> None:
    """Write a file whole or not at all."""
    try:
        handle, unfinished = tempfile.mkstemp(dir=path.parent, prefix=path.name)
    except OSError as error:
        raise QvqError(
            f"The repair cannot be written to {path.parent} ({error.strerror}) and nothing was changed; "
            "make an environment of your own, for example with `make setup`."
        ) from None
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        os.chmod(unfinished, 0o644)
        os.replace(unfinished, path)
    except OSError as error:
        Path(unfinished).unlink(missing_ok=True)
        raise QvqError(
            f"The repair cannot be written to {path.parent} ({error.strerror}); free some disk space."
        ) from None
