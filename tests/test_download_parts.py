"""The parts of a download that need no hub: the disk, the index, the addresses, the lock, the display."""

import json
import os
import subprocess
import sys
from types import SimpleNamespace

import pytest

from qvq_nb.download import Facts, Preflight, Progress, ask_to_go_on, display, download, look
from qvq_nb.download.facts import check_index, facts_of
from qvq_nb.download.fetch import Meter, adopt, clean
from qvq_nb.download.listing import HubFile
from qvq_nb.download.lock import locked
from qvq_nb.download.manifest import State, sha256_of
from qvq_nb.download.model import repository_of
from qvq_nb.download.preflight import check_room, free_bytes
from qvq_nb.download.transfer.client import check_version, endpoint_of, environment, is_official
from qvq_nb.errors import BusyError, DiskError, IntegrityError, QvqError
from qvq_nb.files import duration, gigabytes

GB = 10**9


def preflight(total=100 * GB, here=0, free=200 * GB, reserve=1 * GB, speed=None):
    return Preflight("OWNER/NAME", "folder", "modelscope", "", 38, total, here, free, reserve, speed)


def test_a_disk_that_keeps_its_reserve_is_large_enough():
    assert preflight(free=101 * GB).fits and not preflight(free=101 * GB - 1).fits
    assert preflight(here=60 * GB, free=41 * GB).fits  # only what is missing counts
    assert preflight(here=100 * GB, free=0).fits  # nothing is to be written


def test_a_disk_too_small_is_refused_with_the_bytes_that_are_lacking():
    with pytest.raises(DiskError, match="Make 51.0 GB free"):
        check_room(preflight(free=50 * GB))


def test_the_time_is_what_is_missing_over_the_speed():
    assert preflight(here=40 * GB, speed=10**7).seconds == 6000
    assert preflight().seconds is None


def test_a_file_where_the_folder_should_be_is_refused(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(DiskError, match="is a file"):
        free_bytes(tmp_path / "file" / "model")
    assert free_bytes(tmp_path / "not" / "yet") > 0


INDEX = "model.safetensors.index.json"


@pytest.mark.parametrize(
    "index",
    [
        {"weight_map": {"a": "2.safetensors"}},
        {"metadata": {"total_size": 11}, "weight_map": {"a": "1.safetensors"}},
        {},
        [],
    ],
)
def test_an_index_that_contradicts_the_listing_is_refused(tmp_path, index):
    (tmp_path / INDEX).write_text(json.dumps(index))
    with pytest.raises(IntegrityError):
        check_index("OWNER/NAME", tmp_path, [HubFile(INDEX, 1), HubFile("1.safetensors", 10)])


def test_an_index_that_fits_the_listing_passes(tmp_path):
    (tmp_path / INDEX).write_text(
        json.dumps({"metadata": {"total_size": 10}, "weight_map": {"a": "1.safetensors"}})
    )
    check_index("OWNER/NAME", tmp_path, [HubFile(INDEX, 1), HubFile("1.safetensors", 10)])


@pytest.mark.parametrize(
    "model",
    ["qvq-mini", "qvq-max", "nix", "a/b/c", "../x", "a/..", "", "/x", "a b/c", "https://x/y", "-a/b\n"],
)
def test_what_is_no_model_on_a_hub_is_refused_and_no_folder_is_made(tmp_path, model):
    for act in (download, look):
        with pytest.raises(QvqError):
            act(model, tmp_path / "model")
    assert not any(tmp_path.iterdir())


def test_a_model_is_a_profile_or_a_hub_id():
    assert repository_of("qvq-72b", None) == "Qwen/QVQ-72B-Preview"
    assert repository_of("OWNER/NAME-1.5_x", None) == "OWNER/NAME-1.5_x"


@pytest.mark.parametrize(
    "wrong",
    [
        {"hub": "github"},
        {"only": "weights"},
        {"manifest": "nowhere.json"},
        {"source_folder": "nowhere"},
        {"endpoint": "ftp://x"},
    ],
)
def test_a_wrong_argument_is_refused_and_no_folder_is_left(tmp_path, wrong):
    with pytest.raises(QvqError):
        download("OWNER/NAME", tmp_path / "new" / "model", progress=False, **wrong)
    assert not any(tmp_path.iterdir())


@pytest.mark.parametrize(
    "address",
    [
        "http://",
        "ftp://x",
        "http://a b",
        "http://x:99999999",
        "http://user:secret@x",
        "http://x?key=secret",
        "http://\n",
    ],
)
def test_an_address_that_is_none_is_refused(address):
    with pytest.raises(QvqError):
        endpoint_of("modelscope", address)


def test_the_address_is_the_one_given_else_the_environment_else_the_hub_itself(monkeypatch):
    monkeypatch.delenv("HF_ENDPOINT", raising=False)
    assert endpoint_of("huggingface", None) == "https://huggingface.co"
    monkeypatch.setenv("HF_ENDPOINT", "mirror.example/")
    assert endpoint_of("huggingface", None) == "https://mirror.example"
    assert endpoint_of("huggingface", "http://127.0.0.1:8000/") == "http://127.0.0.1:8000"


@pytest.mark.parametrize(
    "address",
    [
        "http://www.modelscope.cn",
        "https://modelscope.cn.example",
        "https://mirror.example",
        "http://127.0.0.1:1",
    ],
)
def test_a_login_is_not_for_a_mirror(monkeypatch, address):
    for variable in ("MODELSCOPE_API_TOKEN", "HF_TOKEN"):
        monkeypatch.setenv(variable, "secret")
    assert not is_official(address)
    assert "secret" not in environment(address).values()


def test_a_login_is_for_the_hubs_themselves(monkeypatch):
    monkeypatch.setenv("MODELSCOPE_API_TOKEN", "secret")
    assert is_official("https://www.modelscope.cn") and is_official("https://huggingface.co")
    assert environment("https://www.modelscope.cn")["MODELSCOPE_API_TOKEN"] == "secret"


def test_a_client_too_old_or_missing_is_refused_with_the_line_that_helps(monkeypatch):
    import importlib.metadata

    monkeypatch.setattr(importlib.metadata, "version", lambda package: "0.4.9")
    with pytest.raises(QvqError, match="pip install"):
        check_version("modelscope")


def test_the_second_process_is_told_who_holds_the_folder(tmp_path):
    first, second = locked(tmp_path / "model"), locked(tmp_path / "model")
    with first, pytest.raises(BusyError, match=f"Process {os.getpid()}"), second:
        pass


def test_a_lock_left_by_a_killed_process_is_no_lock(tmp_path):
    killed = (
        "import os, signal, pathlib, sys\nfrom qvq_nb.download.lock import locked\nwith "
        "locked(pathlib.Path(sys.argv[1])): os.kill(os.getpid(), 9)"
    )
    assert subprocess.run([sys.executable, "-c", killed, tmp_path / "model"]).returncode == -9
    assert (tmp_path / "model" / ".qvq-nb" / "holder.json").exists()
    with locked(tmp_path / "model"):
        pass


def test_a_lock_leaves_no_empty_folder_behind_and_touches_no_full_one(tmp_path):
    with locked(tmp_path / "new" / "model"):
        pass
    assert not any(tmp_path.iterdir())
    (tmp_path / "kept").write_text("")
    with locked(tmp_path):
        pass
    assert [path.name for path in tmp_path.iterdir()] == ["kept"]


def test_only_the_parts_of_this_file_are_cleaned_up_and_nothing_that_is_listed(tmp_path):
    parts = ["m.bin.incomplete", "m.bin_0_99", "m.bin_100_199", "m.bin.parallel_tmp"]
    others = [
        "m.bin",
        "m.bin_x_99",
        "m.bin_1",
        "other_0_99",
        "m.bin_0_99.txt",
        "n.bin.incomplete",
        "m.bin_2_3",
    ]
    for name in parts + others:
        (tmp_path / name).write_text("")
    clean(tmp_path, HubFile("m.bin", 0), listed={"m.bin", "m.bin_2_3"})
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(others)


def test_what_is_there_is_kept_if_right_continued_if_cut_and_deleted_if_wrong(tmp_path):
    for name, content in {"right": b"abc", "cut": b"ab", "wrong": b"xyz", "long": b"abcd"}.items():
        (tmp_path / name).write_bytes(content)
    files = [
        HubFile(name, 3, sha256_of(tmp_path / "right"))
        for name in ("right", "cut", "wrong", "long", "absent")
    ]
    state = State(tmp_path)
    adopt(tmp_path, files, state, Meter(tmp_path, files, "verify", lambda step: None))
    assert {path.name for path in tmp_path.iterdir()} == {"right", "cut.incomplete"}
    assert [file.path for file in files if state.sha256(file.path)] == ["right"]


def progress(done, total=100 * GB, phase="fetch"):
    return Progress(phase, done, total, 1e7, 3, 38)


def test_a_hundred_hours_of_plain_lines_are_less_than_20_kilobytes(monkeypatch, capsys):
    clock = SimpleNamespace(now=0.0)
    monkeypatch.setattr(display.time, "monotonic", lambda: clock.now)
    with display.shown(None) as (show, _):
        for second in range(0, 100 * 3600, 2):
            clock.now = float(second)
            show(progress(second * 10**5))
    said = capsys.readouterr().err
    assert len(said.splitlines()) > 50 and len(said.encode()) < 20_000


def test_the_end_of_a_phase_is_always_told(capsys):
    with display.shown(None) as (show, _):
        show(Progress("fetch", 5, 5, 0, 1, 1))
        show(Progress("fetch", 5, 5, 0, 1, 1))
    assert capsys.readouterr().err == "Fetching 5 B of 5 B · 1 of 1 shards\n"


def test_silence_is_silent(capsys):
    with display.shown(False) as (show, note):
        show(progress(1)), note("text")
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize(
    "size, text", [(0, "0 B"), (999, "999 B"), (1000, "1.0 kB"), (146_811_120_640, "146.8 GB")]
)
def test_sizes_are_for_people(size, text):
    assert gigabytes(size) == text


@pytest.mark.parametrize("seconds, text", [(5, "5 s"), (65, "1 min 05 s"), (12_000, "3 h 20 min")])
def test_times_are_for_people(seconds, text):
    assert duration(seconds) == text


def facts(weight_bytes):
    return Facts("OWNER/NAME", None, weight_bytes, 38, 16 * GB, 0)


def test_a_big_model_is_asked_about_where_somebody_can_be_asked(monkeypatch, capsys):
    monkeypatch.setattr(display, "somebody_is_there", lambda: True)
    for said, goes_on in (("y", True), ("n", False), ("", False)):
        monkeypatch.setattr("builtins.input", lambda prompt, said=said: said)
        assert ask_to_go_on(facts(147 * GB)) is goes_on
    assert "147.0 GB" in capsys.readouterr().out


def test_nobody_is_asked_about_a_small_model_or_where_nobody_is(monkeypatch):
    monkeypatch.setattr("builtins.input", lambda prompt: pytest.fail("asked"))
    assert ask_to_go_on(facts(147 * GB))
    monkeypatch.setattr(display, "somebody_is_there", lambda: True)
    assert ask_to_go_on(facts(10**7))


def test_weights_that_fit_neither_the_memory_nor_the_gpus_are_told():
    assert "does not fit" in str(facts(17 * GB)) and "model fits" in str(facts(16 * GB))


@pytest.mark.parametrize("verdict, fits", [("fits", True), ("tight", True), ("offload", True), ("no", False)])
def test_whether_a_model_fits_is_what_the_caller_judges(tmp_path, verdict, fits):
    told = facts_of("OWNER/NAME", tmp_path, (), judge=lambda folder: (72, 160 * GB, verdict))
    assert told.fits is fits
    assert "72 parameters" in str(told) and "160.0 GB free on its GPUs" in str(told)
