"""The lab: a copy of the lessons in which nobody's work is lost, and a JupyterLab for its owner alone."""

import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request

import psutil
import pytest

from qvq_nb import paths
from qvq_nb.errors import QvqError
from qvq_nb.lessons import lab, lesson_names
from qvq_nb.lessons.lab import fingerprint, free_port, prepared_lessons

PATIENCE_SECONDS = 300


def lesson(source, **metadata):
    cell = {"cell_type": "code", "id": "a", "metadata": {}, "execution_count": None, "outputs": []}
    cells = [{**cell, "source": [source]}]
    return json.dumps({"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5})


@pytest.fixture
def kit(tmp_path, monkeypatch):
    """The folder of shipped notebooks, with one lesson in both languages."""
    folder = tmp_path / "notebooks"
    monkeypatch.setattr(paths, "notebooks_folder", lambda: folder)
    for language in ("en", "zh"):
        (folder / language).mkdir(parents=True)
        (folder / language / "05_invoice.ipynb").write_text(lesson("first"))
    return folder


@pytest.fixture
def mine(tmp_path):
    """The learner's folder, with the lessons copied once."""
    return tmp_path / "my-lessons"


def content(folder):
    """Name → source of the only cell, of the English notebooks in the learner's folder."""
    return {
        path.name: json.loads(path.read_text())["cells"][0]["source"][0] for path in (folder / "en").iterdir()
    }


def test_the_lessons_of_both_languages_are_copied_and_nothing_else(kit, mine):
    (kit / "source").mkdir()
    (kit / "source" / "05_invoice.py").write_text("# %%")
    assert prepared_lessons(mine) == []
    assert sorted(path.relative_to(mine).as_posix() for path in mine.rglob("*.*")) == [
        ".copied.json",
        "en/05_invoice.ipynb",
        "zh/05_invoice.ipynb",
    ]


def test_a_lesson_left_as_it_came_is_replaced_by_a_newer_one(kit, mine):
    prepared_lessons(mine)
    (kit / "en" / "05_invoice.ipynb").write_text(lesson("second"))
    assert prepared_lessons(mine) == []
    assert content(mine) == {"05_invoice.ipynb": "second"}


def test_a_changed_lesson_stays_and_a_newer_one_is_put_beside_it_once(kit, mine):
    prepared_lessons(mine)
    (mine / "en" / "05_invoice.ipynb").write_text(lesson("my answer"))
    assert prepared_lessons(mine) == []
    (kit / "en" / "05_invoice.ipynb").write_text(lesson("second"))
    beside = mine / "en" / "05_invoice.new.ipynb"
    assert prepared_lessons(mine) == [beside]
    assert content(mine) == {"05_invoice.ipynb": "my answer", "05_invoice.new.ipynb": "second"}
    beside.unlink()
    assert prepared_lessons(mine) == []
    assert content(mine) == {"05_invoice.ipynb": "my answer"}


def test_work_in_the_newer_one_is_not_lost_either(kit, mine):
    prepared_lessons(mine)
    (mine / "en" / "05_invoice.ipynb").write_text(lesson("my answer"))
    (kit / "en" / "05_invoice.ipynb").write_text(lesson("second"))
    prepared_lessons(mine)
    (kit / "en" / "05_invoice.ipynb").write_text(lesson("third"))
    prepared_lessons(mine)
    assert content(mine)["05_invoice.new.ipynb"] == "third"
    (mine / "en" / "05_invoice.new.ipynb").write_text(lesson("my other answer"))
    (kit / "en" / "05_invoice.ipynb").write_text(lesson("fourth"))
    assert prepared_lessons(mine) == [mine / "en" / "05_invoice.new2.ipynb"]
    assert content(mine) == {
        "05_invoice.ipynb": "my answer",
        "05_invoice.new.ipynb": "my other answer",
        "05_invoice.new2.ipynb": "fourth",
    }


def test_a_learner_who_took_the_newer_one_gets_the_next_one_in_its_place(kit, mine):
    prepared_lessons(mine)
    (mine / "en" / "05_invoice.ipynb").write_text(lesson("my answer"))
    (kit / "en" / "05_invoice.ipynb").write_text(lesson("second"))
    (beside,) = prepared_lessons(mine)
    beside.replace(mine / "en" / "05_invoice.ipynb")
    prepared_lessons(mine)
    (kit / "en" / "05_invoice.ipynb").write_text(lesson("third"))
    assert prepared_lessons(mine) == []
    assert content(mine) == {"05_invoice.ipynb": "third"}


def test_a_deleted_lesson_comes_back_fresh(kit, mine):
    prepared_lessons(mine)
    (mine / "en" / "05_invoice.ipynb").unlink()
    assert prepared_lessons(mine) == []
    assert content(mine) == {"05_invoice.ipynb": "first"}


def test_a_lesson_that_was_only_opened_counts_as_left_as_it_came(kit, mine):
    prepared_lessons(mine)
    (mine / "en" / "05_invoice.ipynb").write_text(lesson("first", language_info={"version": "3.12"}))
    (kit / "en" / "05_invoice.ipynb").write_text(lesson("second"))
    assert prepared_lessons(mine) == []


@pytest.mark.parametrize("record", [None, "{", "[]"])
def test_without_its_record_no_work_is_lost(kit, mine, record):
    prepared_lessons(mine)
    (mine / "en" / "05_invoice.ipynb").write_text(lesson("my answer"))
    (mine / ".copied.json").unlink() if record is None else (mine / ".copied.json").write_text(record)
    prepared_lessons(mine)
    assert content(mine)["05_invoice.ipynb"] == "my answer"


def test_what_is_no_notebook_any_more_stays_as_well(kit, mine):
    prepared_lessons(mine)
    (mine / "en" / "05_invoice.ipynb").write_bytes(b"\xff half a file")
    (kit / "en" / "05_invoice.ipynb").write_text(lesson("second"))
    assert prepared_lessons(mine) == [mine / "en" / "05_invoice.new.ipynb"]
    assert (mine / "en" / "05_invoice.ipynb").read_bytes() == b"\xff half a file"


def test_a_folder_that_cannot_be_written_is_an_error(kit, mine):
    mine.write_text("a file")
    with pytest.raises(QvqError, match="my-lessons"):
        prepared_lessons(mine)


def test_without_lessons_or_without_jupyterlab_the_lab_says_what_to_do(kit, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(lab, "find_spec", lambda name: None)
    with pytest.raises(QvqError, match="pip install jupyterlab"):
        lab.open_lab()
    monkeypatch.undo()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(paths, "notebooks_folder", lambda: tmp_path / "none")
    with pytest.raises(QvqError, match="lessons build"):
        lab.open_lab()
    assert not (tmp_path / "my-lessons").exists()


def test_a_port_in_use_is_passed_over():
    with lab.socket.create_server(("127.0.0.1", 0)) as server:
        taken = server.getsockname()[1]
        assert taken < free_port(taken) < taken + lab.PORTS_TO_TRY
    with pytest.raises(QvqError, match="--port"):
        free_port(65536)


def answer(address, token=None, put=None):
    """Status and body of what the server says to a question or to something to save."""
    request = urllib.request.Request(address, method="PUT" if put else "GET")
    request.data = json.dumps(put).encode() if put else None
    if token:
        request.add_header("Authorization", f"token {token}")
    try:
        with urllib.request.urlopen(request, timeout=60) as response:
            return response.status, response.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


@pytest.mark.skipif(os.name == "nt", reason="the server is stopped by a signal")
def test_the_lab_opens_on_this_machine_with_a_token_whatever_the_users_settings_say(tmp_path):
    """A real JupyterLab, as root where the tests are, with settings that want no token and every address."""
    settings = tmp_path / "settings"
    settings.mkdir()
    (settings / "jupyter_server_config.py").write_text(
        "c.IdentityProvider.token = ''\nc.ServerApp.token = ''\nc.ServerApp.ip = '0.0.0.0'\n"
        "c.ServerApp.root_dir = '/'\nc.ServerApp.allow_root = False\n"
    )
    port = free_port(18000)
    command = [sys.executable, "-m", "qvq_nb.cli", "lab", "--no-browser", "--port", str(port)]
    process = subprocess.Popen(
        [*command, "--language", "zh"],
        cwd=tmp_path,
        env={**os.environ, "JUPYTER_CONFIG_DIR": str(settings), "JUPYTER_TOKEN": "", "HOME": str(tmp_path),
             "PYTHONPATH": str(paths.PACKAGE_FOLDER.parent), "TMPDIR": str(tmp_path)},
        stderr=subprocess.PIPE,
        text=True,
    )  # fmt: skip
    said = []
    try:
        while not (found := re.search(r"(http://127\.0\.0\.1:\d+)(/lab\S*)\?token=(\w+)", "".join(said))):
            assert (line := process.stderr.readline()), "".join(said)
            said.append(line)
        server, start, token = found.groups()
        (jupyter,) = psutil.Process(process.pid).children()
        patience = time.monotonic() + PATIENCE_SECONDS
        while not any(c.status == psutil.CONN_LISTEN for c in jupyter.net_connections()):
            assert time.monotonic() < patience and jupyter.is_running()
            time.sleep(0.2)
        assert answer(f"{server}/api/contents")[0] == 403
        assert answer(f"{server}/api/contents?token=wrong")[0] == 403
        status, listed = answer(f"{server}/api/contents", token)
        assert status == 200
        assert {entry["name"] for entry in json.loads(listed)["content"]} == {"en", "zh"}
        assert start == f"/lab/tree/zh/{lesson_names('zh')[0]}.ipynb"
        kernels = json.loads(answer(f"{server}/api/kernelspecs", token)[1])
        assert kernels["kernelspecs"]["python3"]["spec"]["argv"][0] == sys.executable
        listening = [c.laddr.ip for c in jupyter.net_connections() if c.status == psutil.CONN_LISTEN]
        assert set(listening) == {"127.0.0.1"}
        assert token not in " ".join(jupyter.cmdline())

        # JupyterLab does this as soon as a lesson is opened: it notes the version of Python.
        opened = json.loads(answer(f"{server}/api/contents/zh/05_invoice.ipynb", token)[1])
        opened["content"]["metadata"]["language_info"]["version"] = "3"
        before = (tmp_path / "my-lessons" / "zh" / "05_invoice.ipynb").read_bytes()
        assert answer(f"{server}/api/contents/zh/05_invoice.ipynb", token, opened)[0] == 200
        after = (tmp_path / "my-lessons" / "zh" / "05_invoice.ipynb").read_bytes()
        assert after != before and fingerprint(after) == fingerprint(before)
        jupyter.send_signal(signal.SIGTERM)
        process.communicate(timeout=PATIENCE_SECONDS)
    finally:
        if process.poll() is None:
            for one in [*psutil.Process(process.pid).children(recursive=True), process]:
                one.kill()
    assert sorted(path.name for path in (tmp_path / "my-lessons").iterdir()) == [".copied.json", "en", "zh"]
    assert f"Your lessons are in {tmp_path / 'my-lessons'}" in "".join(said)
