"""The benchmarks start as they say, with the command at the head of each."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SCRIPTS = [
    file for file in sorted((ROOT / "benchmarks").glob("*.py")) if "__main__" in file.read_text("utf-8")
]
COMMAND = re.compile(r"^ *(?:PYTHONPATH=(?P<path>\S+) )?python (?P<script>benchmarks/\w+\.py)", re.MULTILINE)


@pytest.mark.slow
@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.stem)
def test_a_benchmark_starts_with_its_own_command(script):
    command = COMMAND.search(script.read_text(encoding="utf-8"))
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    environment |= {"PYTHONPATH": command["path"]} if command["path"] else {}
    started = subprocess.run(
        [sys.executable, command["script"], "--help"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        check=False,
    )
    assert started.returncode == 0 and Path(command["script"]).name == script.name, started.stderr[-500:]
