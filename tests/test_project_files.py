"""The files around the package agree with one another and with what they promise."""

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
import yaml
from packaging.markers import default_environment
from packaging.requirements import Requirement

try:
    import tomllib
except ModuleNotFoundError:  # Python 3.10
    import tomli as tomllib

ROOT = Path(__file__).resolve().parent.parent
if not (ROOT / "pyproject.toml").is_file():
    pytest.skip("these tests need the checkout", allow_module_level=True)

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PYTHONS = ("3.10", "3.11", "3.12", "3.13")


def ranges() -> list[Requirement]:
    """Everything that pyproject.toml asks for, the extra `dev` included."""
    project = PROJECT["project"]
    return [Requirement(line) for line in project["dependencies"] + project["optional-dependencies"]["dev"]]


def pins() -> list[Requirement]:
    """Everything that constraints.txt pins."""
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    return [Requirement(line) for line in lines if line and not line.startswith("#")]


def on(python: str) -> dict[str, str]:
    """What markers see on that Python."""
    return default_environment() | {
        "python_version": python,
        "python_full_version": f"{python}.9",
        "extra": "",
    }


def applies(requirement: Requirement, python: str) -> bool:
    return requirement.marker is None or requirement.marker.evaluate(on(python))


def environment_file() -> tuple[dict, list[str], list[str]]:
    """environment.yml whole, its conda packages, and its lines for pip."""
    environment = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
    conda = [line for line in environment["dependencies"] if isinstance(line, str)]
    pip = [line for part in environment["dependencies"] if isinstance(part, dict) for line in part["pip"]]
    return environment, conda, pip


def test_environment_yml_installs_what_pyproject_says_and_nothing_else():
    environment, conda, pip = environment_file()
    assert environment["name"] == PROJECT["project"]["name"]
    assert sorted(conda) == ["pip", f"python{PROJECT['project']['requires-python']}"]
    assert sorted(pip) == ["--constraint constraints.txt", "--editable .[dev]"]


def test_every_pin_is_one_exact_version_without_a_local_build():
    for pin in pins():
        (specifier,) = pin.specifier
        assert specifier.operator == "==" and "+" not in specifier.version and "*" not in specifier.version, (
            str(pin)
        )


def test_no_package_is_pinned_twice():
    names = [pin.name for pin in pins()]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("python", PYTHONS)
def test_pins_lie_in_the_ranges_and_from_3_11_on_none_is_missing(python):
    pinned = {pin.name: next(iter(pin.specifier)).version for pin in pins() if applies(pin, python)}
    for requirement in ranges():
        if not applies(requirement, python):
            continue
        if python == "3.10" and requirement.name not in ("torch", "torchvision"):
            continue
        assert requirement.name in pinned, f"{requirement.name} has no pin on Python {python}"
        assert requirement.specifier.contains(pinned[requirement.name]), requirement.name


def test_every_package_of_the_checkout_is_in_the_wheel():
    listed = {
        name
        for name in PROJECT["tool"]["setuptools"]["packages"]
        if name not in ("qvq_nb.data", "qvq_nb.notebooks")
    }
    modules = (path.relative_to(ROOT) for path in (ROOT / "qvq_nb").rglob("*.py"))
    assert {".".join(module.parent.parts) for module in modules} == listed


@pytest.fixture(scope="module")
def wheel_names(tmp_path_factory) -> set[str]:
    """What lies in a wheel built from a copy of the checkout, so that building leaves nothing in it."""
    copy = tmp_path_factory.mktemp("checkout")
    for name in ("qvq_nb", "data", "notebooks"):
        shutil.copytree(
            ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__", ".ipynb_checkpoints")
        )
    for name in ("pyproject.toml", "README.md"):
        shutil.copy(ROOT / name, copy / name)
    (copy / "notebooks" / "en" / ".ipynb_checkpoints").mkdir(parents=True)
    (copy / "notebooks" / "en" / ".ipynb_checkpoints" / "00_start-checkpoint.ipynb").write_text("{}")
    wheels = tmp_path_factory.mktemp("wheels")
    command = [
        "wheel",
        "--quiet",
        "--no-deps",
        "--no-build-isolation",
        "--no-index",
        "--wheel-dir",
        str(wheels),
        str(copy),
    ]
    subprocess.run([sys.executable, "-m", "pip", *command], check=True)
    (wheel,) = wheels.iterdir()
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


@pytest.mark.parametrize("folder", ["data", "notebooks/source", "notebooks/en", "notebooks/zh"])
def test_the_wheel_carries_every_file_of(folder, wheel_names):
    files = [path for path in (ROOT / folder).rglob("*") if path.is_file()]
    visible = [
        path.relative_to(ROOT)
        for path in files
        if not any(part.startswith((".", "__")) for part in path.parts)
    ]
    assert visible, f"{folder}/ is empty"
    assert {f"qvq_nb/{path.as_posix()}" for path in visible} <= wheel_names


def test_the_wheel_carries_no_notebook_checkpoints_and_no_tests(wheel_names):
    assert not [name for name in wheel_names if ".ipynb_checkpoints" in name or name.startswith("tests/")]


@pytest.fixture
def make(tmp_path):
    """A function that runs make on a copy of the Makefile, untouched by a make that may be running these
    tests."""
    if shutil.which("make") is None:
        pytest.skip("there is no make here")
    for name in ("Makefile", "constraints.txt", "pyproject.toml"):
        shutil.copy(ROOT / name, tmp_path / name)
    clean = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("MAKE", "MFLAGS", "TORCH", "ARGS"))
    }
    return lambda *words: subprocess.run(
        ["make", *words], cwd=tmp_path, env=clean, capture_output=True, text=True
    )


def test_the_makefile_installs_the_pinned_torch_first_and_its_cpu_build_by_choice(make):
    plan = make("-n", "setup").stdout
    (torch,) = (pin for pin in pins() if pin.name == "torch")
    assert (
        plan.index(f"'{torch}+cpu'")
        < plan.index(f"'{torch}'")
        < plan.index("--editable")
        < plan.index("doctor --fix")
    )


def test_make_installs_again_only_when_the_requirements_changed(make, tmp_path):
    stamp = tmp_path / ".venv" / "installed"
    stamp.parent.mkdir()
    stamp.touch()
    assert make("-q", "setup").returncode == 0
    later = stamp.stat().st_mtime + 10
    os.utime(tmp_path / "constraints.txt", (later, later))
    assert make("-q", "setup").returncode == 1


def test_ci_runs_the_readme_test_command():
    script = ROOT / ".ci" / "run"
    assert script.stat().st_mode & 0o111, ".ci/run cannot be executed"
    commands = [
        line for line in script.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")
    ]
    assert (
        commands[0] == "set -euo pipefail" and "make test </dev/null" in commands
    )  # a failure ends the script
