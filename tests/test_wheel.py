"""The wheel: built, installed into a clean environment, it answers from a foreign folder without the
checkout."""

import importlib.util
import json
import os
import shutil
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import pytest

from qvq_nb import case
from qvq_nb.paths import PACKAGE_FOLDER

CHECKOUT = PACKAGE_FOLDER.parent
SHIPPED = ("README.md", "LICENSE", "pyproject.toml", "qvq_nb", "data", "notebooks")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not (CHECKOUT / "pyproject.toml").is_file(), reason="a wheel is built from a checkout"
    ),
    pytest.mark.skipif(
        not (importlib.util.find_spec("setuptools") and importlib.util.find_spec("pip")),
        reason="building a wheel offline takes setuptools and pip in this environment",
    ),
]


def call(*command, **options):
    done = subprocess.run(
        list(map(str, command)), capture_output=True, encoding="utf-8", timeout=600, **options
    )
    assert done.returncode == 0, done.stderr or done.stdout
    return done.stdout


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """A clean virtual environment with the wheel in it; it sees the packages of this one, so nothing is
    downloaded."""
    folder = tmp_path_factory.mktemp("wheel")
    copy = folder / "checkout"  # setuptools leaves files beside the sources
    copy.mkdir()
    for name in SHIPPED:
        if (CHECKOUT / name).is_dir():
            shutil.copytree(
                CHECKOUT / name,
                copy / name,
                ignore=shutil.ignore_patterns("__pycache__", ".ipynb_checkpoints"),
            )
        elif (CHECKOUT / name).is_file():
            shutil.copy(CHECKOUT / name, copy)
    pip = (sys.executable, "-m", "pip", "--disable-pip-version-check")
    call(*pip, "wheel", "--no-deps", "--no-build-isolation", "--no-index", "--wheel-dir", folder, copy)
    (wheel,) = folder.glob("*.whl")
    shutil.rmtree(copy)

    venv.create(folder / "clean", with_pip=False, symlinks=os.name != "nt")
    scripts = folder / "clean" / ("Scripts" if os.name == "nt" else "bin")
    call(*pip, "--python", scripts / "python", "install", "--no-deps", "--no-index", wheel)
    packages = sysconfig.get_path("purelib", vars={"base": str(folder / "clean")})
    # addsitedir, unlike a bare line, also obeys the .pth files there, such as the torchvision repair.
    (Path(packages) / "outer.pth").write_text(
        f"import site; site.addsitedir({sysconfig.get_path('purelib')!r})\n"
    )
    return scripts


@pytest.fixture
def clean(monkeypatch, tmp_path):
    """A foreign working directory, and no way back to the checkout."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("PYTHONPATH", raising=False)
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setenv("PYTHONIOENCODING", "utf-8")
    return tmp_path


def test_the_installed_package_is_the_one_that_is_imported(installed, clean):
    where = call(
        installed / "python",
        "-c",
        "import qvq_nb, qvq_nb.paths as p; print(qvq_nb.__file__); print(p.data_folder())",
    )
    assert all(Path(line).is_relative_to(installed.parent) for line in where.split("\n") if line), where


def test_every_module_of_the_checkout_is_in_the_wheel(installed, clean):
    modules = {path.relative_to(CHECKOUT).as_posix() for path in PACKAGE_FOLDER.rglob("*.py")}
    (package,) = installed.parent.rglob("site-packages/qvq_nb")
    assert modules <= {path.relative_to(package.parent).as_posix() for path in package.rglob("*.py")}


def test_the_lessons_of_both_languages_are_in_the_wheel(installed, clean):
    (package,) = installed.parent.rglob("site-packages/qvq_nb")
    for language in ("en", "zh"):
        shipped = {path.name for path in (package / "notebooks" / language).glob("*.ipynb")}
        assert shipped == {path.name for path in (CHECKOUT / "notebooks" / language).glob("*.ipynb")} != set()


def test_qvq_nb_ask_answers_there(installed, clean):
    chart = case("chart")
    chart.image.save(clean / "picture.png")
    answer = json.loads(call(installed / "qvq-nb", "ask", "picture.png", chart.question, "--json"))
    assert answer["model"] == "qvq-mini" and answer["new_tokens"] > 0
    assert answer["text"].strip() and answer["final"].strip()
