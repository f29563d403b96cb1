"""Answers in a folder: one line each, on the disk when complete, read together, never damaged or lost."""

import errno
import json
import os
import subprocess
import sys

import pytest
from asked_questions import Counting, questions
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from survives import survives

from qvq_nb.errors import DiskError, QvqError
from qvq_nb.evaluation.answers import store as store_module
from qvq_nb.evaluation.answers.keys import setup_of
from qvq_nb.evaluation.answers.running import run
from qvq_nb.evaluation.answers.store import Store


def line(key, text="\\boxed{6}", error=None):
    return {"key": key, "set": "lamps", "id": key, "text": text, "error": error}


def lines(*contents):
    return b"".join(json.dumps(content).encode() + b"\n" for content in contents)


def keys_of(folder):
    with Store(folder) as store:
        return {one["key"]: one["text"] for one in store.lines()}


def test_an_answer_is_on_the_disk_when_keep_returns(tmp_path, monkeypatch):
    synced = []
    real = os.fsync
    monkeypatch.setattr(store_module.os, "fsync", lambda handle: synced.append(real(handle)))
    with Store(tmp_path / "a" / "b") as store:
        for number in range(3):
            store.keep(line(str(number), text=f"第 {number} 行\u2028\n"))
            assert len(store.file.read_bytes().split(b"\n")) == number + 2 and len(synced) == number + 1
    assert keys_of(tmp_path / "a" / "b") == {str(number): f"第 {number} 行\u2028\n" for number in range(3)}


def test_chinese_stands_in_the_file_as_it_is_and_half_a_character_does_no_harm(tmp_path):
    with Store(tmp_path) as store:
        store.keep(line("1", text="三只"))
        store.keep(line("2", text="half \ud83d"))
    assert "三只" in (tmp_path / "answers.jsonl").read_text(encoding="utf-8")
    assert keys_of(tmp_path) == {"1": "三只", "2": "half \ud83d"}


def test_a_failure_is_no_answer_and_of_two_answers_the_first_counts(tmp_path):
    (tmp_path / "answers.jsonl").write_bytes(
        lines(line("1", None, "no"), line("1", "first"), line("1", "second"))
    )
    (tmp_path / "answers-2.jsonl").write_bytes(lines(line("1", None, "no"), line("2", None, "no")))
    assert keys_of(tmp_path) == {"1": "first"}


@survives(
    "evaluation",
    en=("a file of answers ends in the middle of a line, or anywhere",
        "counts the whole lines, and asks the cut one again"),
    zh=("保存回答的文件在一行中间或任意位置断开", "完整的行照算，断开的那一题重新问"),
)  # fmt: skip
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, len(lines(line("1"), line("2"), line("3")))))
def test_a_file_cut_off_anywhere_gives_its_whole_lines(tmp_path, length):
    whole = lines(line("1"), line("2"), line("3"))
    (tmp_path / "answers.jsonl").write_bytes(whole[:length])
    with Store(tmp_path) as store:
        found = [key for key in "123" if key in store]
        for key in set("123") - set(found):
            store.keep(line(key))
    assert len(found) == whole[:length].count(b"\n")
    written = (tmp_path / "answers.jsonl").read_bytes().splitlines()
    assert sorted(json.loads(one)["key"] for one in written) == ["1", "2", "3"]


@pytest.mark.parametrize("end", [b'{"key": "2", "te\n', b'{"key": "2"}\n', b"\0" * 4096])
def test_a_broken_last_line_costs_this_line_alone(tmp_path, end):
    (tmp_path / "answers.jsonl").write_bytes(lines(line("1")) + end)
    with Store(tmp_path) as store:
        assert "1" in store and "2" not in store
        store.keep(line("2"))
    assert set(keys_of(tmp_path)) == {"1", "2"}


def test_what_another_runner_is_writing_right_now_is_left_to_it(tmp_path):
    with Store(tmp_path) as first, Store(tmp_path) as second:
        assert (first.file.name, second.file.name) == ("answers.jsonl", "answers-2.jsonl")
        first._stream.write(lines(line("1"))[:20])
        second.refresh()
        second.keep(line("2"))
        assert "1" not in second
        first._stream.write(lines(line("1"))[20:])
        second.refresh()
        assert "1" in second and second.line("1") == line("1")
    assert set(keys_of(tmp_path)) == {"1", "2"}


OTHERS = {
    "a text": b"my notes",
    "a text with an end": b"my notes\n",
    "a picture": b"\x89PNG\r\n\x1a\n\xff",
    "a list": b"[1]\n",
    "another JSON": b'{"a": 1}\n',
    "a row of --keep": lines({"qvq-nb": "evaluation", "model": "m", "weights": {}}),
    "an answer, then a text": lines(line("1")) + b"my notes\n",
    "very many brackets": b"[" * 100_000 + b"\n",
}


@survives(
    "evaluation",
    en=("a file in the folder for answers holds something else",
        "says what stands in which line, leaves it as it is, and asks nothing"),
    zh=("保存回答的文件夹里，有文件是别的内容", "说明哪一行是什么，保持原样，不提任何问题"),
)  # fmt: skip
@pytest.mark.parametrize("content", OTHERS.values(), ids=OTHERS)
@pytest.mark.parametrize("name", ["answers.jsonl", "answers-2.jsonl"])
def test_a_file_with_something_else_is_refused_and_left_alone(tmp_path, content, name):
    (tmp_path / name).write_bytes(content)
    model = Counting()
    with pytest.raises(QvqError, match="holds something else than answers, in line"):
        run(model, questions(2), tmp_path, setup_of(model))
    assert not model.asked and (tmp_path / name).read_bytes() == content


@survives(
    "evaluation",
    en=("any bytes are in the file for answers", "goes on from them or refuses them in one sentence"),
    zh=("保存回答的文件里是任意字节", "能接着用就接着用，否则用一句话拒绝"),
)  # fmt: skip
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(), st.booleans())
def test_any_bytes_are_continued_or_refused(tmp_path, content, has_answer):
    content = lines(line("1")) + content if has_answer else content
    (tmp_path / "answers.jsonl").write_bytes(content)
    try:
        with Store(tmp_path) as store:
            store.keep(line("2"))
            assert len(store) == 1 + has_answer
    except QvqError:
        assert (tmp_path / "answers.jsonl").read_bytes() == content


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such files")
@pytest.mark.parametrize("kind", ["a file", "beneath a file", "/proc"])
def test_a_folder_that_takes_nothing_is_named_before_anything_is_asked(tmp_path, kind):
    (tmp_path / "a").write_text("a file")
    folder = {"a file": tmp_path / "a", "beneath a file": tmp_path / "a" / "b"}.get(kind, "/proc/nothing")
    model = Counting()
    with pytest.raises(QvqError, match="nothing was asked"):
        run(model, questions(2), folder, setup_of(model))
    assert not model.asked


def test_where_nothing_can_be_locked_each_runner_has_a_new_file(tmp_path, monkeypatch):
    def refuse(*_, **__):
        raise NotImplementedError

    monkeypatch.setattr("filelock.FileLock.acquire", refuse)
    with Store(tmp_path) as store:
        store.keep(line("1"))
        assert str(os.getpid()) in store.file.name
    assert keys_of(tmp_path) == {"1": "\\boxed{6}"}


def test_two_whose_locks_do_not_see_each_other_lose_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr("filelock.FileLock.acquire", lambda *_, **__: None)
    with Store(tmp_path) as first, Store(tmp_path) as second:
        for number in range(6):
            (first if number % 2 else second).keep(line(str(number)))
        for store in (first, second):
            store.refresh()
            assert sorted(one["key"] for one in store.lines()) == list("012345")
    assert sorted(keys_of(tmp_path)) == list("012345")


def test_a_file_that_vanishes_is_no_news(tmp_path, monkeypatch):
    with Store(tmp_path) as first, Store(tmp_path) as second:
        second.keep(line("1"))
        second.file.unlink()
        first.refresh()
        first.keep(line("2"))
        assert "2" in first


FULL = """
import resource, sys
from asked_questions import Counting, questions
from qvq_nb.errors import DiskError
from qvq_nb.evaluation.answers.keys import setup_of
from qvq_nb.evaluation.answers.running import run
if sys.argv[2] == "full":
    resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000))
model = Counting()
try:
    run(model, questions(40), sys.argv[1], setup_of(model))
except DiskError as error:
    print(error)
print(model.asked.total())
"""


@survives(
    "evaluation",
    en=("the disk gets full while answers are kept",
        "keeps those before, says so, and goes on once there is room"),
    zh=("保存回答时磁盘写满", "之前的都保留，并说明；有空间后接着问"),
)  # fmt: skip
@pytest.mark.skipif(os.name == "nt", reason="Windows has no such limit")
def test_a_full_disk_costs_one_answer_at_most_and_the_next_run_asks_the_rest(tmp_path):
    def start(disk):
        command = [sys.executable, "-c", FULL, str(tmp_path), disk]
        where = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
        return subprocess.run(command, capture_output=True, text=True, check=True, env=where).stdout

    said, asked = start("full").splitlines()
    kept = len((tmp_path / "answers.jsonl").read_bytes().splitlines())
    assert "takes no more answers (File too large)" in said and f"the {kept} before are kept" in said
    assert 0 < kept == int(asked) - 1
    assert start("room").splitlines() == [str(40 - kept)]
    assert len(keys_of(tmp_path)) == 40


def test_half_a_line_that_the_disk_took_is_taken_back(tmp_path, monkeypatch):
    with Store(tmp_path) as store:
        store.keep(line("1"))
        before = store.file.read_bytes()
        real = store._stream

        class Half:
            def write(self, content):
                if len(content) < 40:
                    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
                return real.write(content[:-39])

            def __getattr__(self, name):
                return getattr(real, name)

        store._stream = Half()
        with pytest.raises(DiskError, match=os.strerror(errno.ENOSPC)):
            store.keep(line("2"))
        assert store.file.read_bytes() == before
