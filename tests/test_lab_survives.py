"""The lab when somebody ends it, and beside a run."""

import os
import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import suppress

import psutil
import pytest
from commands import qvq
from survives import survives
from test_lab import PATIENCE_SECONDS
from test_runner import WHERE, notebook

from qvq_nb import paths
from qvq_nb.errors import QvqError
from qvq_nb.lessons import run
from qvq_nb.lessons.lab import free_port

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows has no such signals")


@survives(
    "lessons",
    en=("`lab --port` is no port", "says which numbers are ports"),
    zh=("`lab --port` 不是端口号", "说明哪些数字是端口号"),
)
@pytest.mark.parametrize("port", [-1, 0, 65536, 10**30])
def test_what_is_no_port_is_told_in_one_sentence(port):
    with pytest.raises(QvqError, match="from 1 to 65535"):
        free_port(port)
    code, output, notes = qvq("lab", "--port", port)
    assert code == 1 and notes.count("\n") == 1 and "65535" in notes and not output


def start_kernel(address: str, token: str) -> None:
    """Let the server start a kernel as soon as it listens."""
    request = urllib.request.Request(address, data=b"{}", headers={"Authorization": f"token {token}"})
    patience = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            return urllib.request.urlopen(request, timeout=PATIENCE_SECONDS).close()
        except urllib.error.URLError:
            assert time.monotonic() < patience
            time.sleep(0.2)


@pytest.fixture
def lab(tmp_path):
    """A JupyterLab under way with one kernel: (process of the command, its server, the kernel, folder)."""
    (tmp_path / "temporary").mkdir()
    command = [sys.executable, "-m", "qvq_nb.cli", "lab", "--no-browser", "--port", str(free_port(18100))]
    environment = {**os.environ, "HOME": str(tmp_path), "TMPDIR": str(tmp_path / "temporary")}
    environment |= {"PYTHONPATH": str(paths.PACKAGE_FOLDER.parent), "JUPYTER_TOKEN": ""}
    process = subprocess.Popen(command, cwd=tmp_path, env=environment, stderr=subprocess.PIPE, text=True)
    family, said = [], []
    try:
        while not (found := re.search(r"(http://127\.0\.0\.1:\d+)/lab\S*\?token=(\w+)", "".join(said))):
            assert (line := process.stderr.readline()), "".join(said)
            said.append(line)
        start_kernel(f"{found[1]}/api/kernels", found[2])
        family = psutil.Process(process.pid).children(recursive=True)
        assert len(family) >= 2  # the server and a kernel
        yield process, family
    finally:
        for one in [*family, process]:
            with suppress(psutil.Error):
                one.kill()
        process.wait()


@survives(
    "lessons",
    en=("`lab` gets SIGTERM, its terminal is closed, or it is killed (SIGKILL)",
        "JupyterLab and its kernels end, too; your lessons are kept"),
    zh=("`lab` 收到 SIGTERM、终端被关闭，"
        "或被杀掉（SIGKILL）", "JupyterLab 和它的内核也一起结束；你的课程会保留"),
)  # fmt: skip
@pytest.mark.slow
@pytest.mark.parametrize("stop", ["SIGTERM", "SIGHUP", "SIGKILL"])
def test_a_lab_that_is_ended_leaves_nothing_running(lab, tmp_path, stop):
    process, family = lab
    process.send_signal(getattr(signal, stop))
    said = process.communicate(timeout=PATIENCE_SECONDS)[1]
    _, alive = psutil.wait_procs(family, timeout=60)
    assert not [one for one in alive if one.status() != psutil.STATUS_ZOMBIE]
    assert (tmp_path / "my-lessons" / "en").is_dir()
    if stop != "SIGKILL":
        # A kernel that was still starting may complain of its interruption; the command itself does not.
        kept = f"qvq-nb: the lab is stopped. Your lessons are kept in {tmp_path / 'my-lessons'}."
        assert process.returncode == 130 and said.splitlines()[-1] == kept
        assert list((tmp_path / "temporary").iterdir()) == []


@survives(
    "together",
    en=("a lab and a run at the same time", "neither disturbs the other"),
    zh=("lab 和 run 同时进行", "互不干扰"),
)
@pytest.mark.slow
def test_a_run_beside_a_lab_does_not_end_it(lab, tmp_path, monkeypatch):
    process, _ = lab
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    (result,) = run([notebook(tmp_path, "sound", WHERE)], to=tmp_path / "out")
    assert result.passed and process.poll() is None
    assert len(psutil.Process(process.pid).children(recursive=True)) >= 2
    assert len(list((tmp_path / "temporary").glob("qvq-nb-*/owner.json"))) == 1
