"""Are the installed packages those that the kit needs, and do torch and torchvision belong together?"""

import importlib.metadata
import json
import subprocess
import sys
from pathlib import Path

from packaging.requirements import Requirement

from qvq_nb.doctor.finding import Finding
from qvq_nb.doctor.probe import NOTHING_SEEN

PROBE = Path(__file__).with_name("probe.py")
PROBE_TIMEOUT_SECONDS = 300


def package_versions() -> Finding:
    """Do the installed packages lie in the ranges of pyproject.toml, and torch in that of torchvision?"""
    wanted = requirements("qvq-notebooks")
    wanted += [one for one in requirements("torchvision") if wanted and one.name == "torch"]
    wrong = "; ".join(complaint for requirement in wanted if (complaint := unmet(requirement)))
    said = "All packages have versions that the kit knows."
    if not wanted:
        said = 'The kit is not installed in this Python; run: pip install -e ".[dev]"'
    elif wrong:
        said = f"{wrong}. Install again with `make setup` or pip install -e ."
    return Finding("packages", bool(wanted) and not wrong, said)


def requirements(package: str) -> list[Requirement]:
    """What an installed package asks for on this machine, extras left out; empty if it is not installed."""
    try:
        wanted = map(Requirement, importlib.metadata.requires(package) or [])
    except importlib.metadata.PackageNotFoundError:
        return []
    return [one for one in wanted if one.marker is None or one.marker.evaluate({"extra": ""})]


def unmet(requirement: Requirement) -> str | None:
    """What is wrong with a requirement here, or None."""
    try:
        version = importlib.metadata.version(requirement.name)
    except importlib.metadata.PackageNotFoundError:
        return f"{requirement.name} is missing"
    if requirement.specifier.contains(version, prereleases=True):
        return None
    return f"{requirement.name} is {version}, but {requirement.specifier} is needed"


def probe() -> dict:
    """What importing torch and torchvision in another process gives; keys as in NOTHING_SEEN."""
    command, elsewhere = (
        [sys.executable, "-c", PROBE.read_text("utf-8")],
        sys.prefix,
    )  # a learner's own torch.py
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=PROBE_TIMEOUT_SECONDS, cwd=elsewhere
        )
        return json.loads(done.stdout.splitlines()[-1])
    except (subprocess.TimeoutExpired, IndexError, ValueError):
        return NOTHING_SEEN | {"error": "Python crashed"}


def torch_pair(report: dict, repaired: bool = False) -> Finding:
    """Do the builds of torch and torchvision work together?"""
    pair = f"torch {report['torch']} and torchvision {report['torchvision']}"
    build = (report["torchvision"] or "").partition("+")[2]  # cpu, cu130, or nothing
    error, fixable = report["error"], False
    if error and "torchvision::nms does not exist" in error and build.startswith(("cu", "rocm")):
        fixable = report["cuda"] is None
    if fixable:
        said = (
            f"torch is a CPU build ({report['torch']}) but torchvision is a CUDA build "
            f"({report['torchvision']}), so neither torchvision nor any Qwen2-VL processor can be imported: "
            "run `qvq-nb doctor --fix`."
        )
    elif error:
        said = f"{pair} cannot be imported ({error}); install the two together: rm -rf .venv && make setup"
    elif repaired and (fixable := report["operators"]):
        said = "the repair for a mixed install is no longer needed; --fix removes it."
        said = f"{pair} fit together, so {said}"
    elif repaired:
        said = f"{pair} are a mixed install that has been repaired."
    elif report["cuda"] and build == "cpu":
        said = f"{pair} are a mixed install: the lessons work, but torchvision itself cannot use the GPU."
    else:
        said = f"{pair} work together."
    return Finding("torchvision", error is None, said, fixable)
