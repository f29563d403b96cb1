"""Disks that are too small, become full or cannot be written: what `qvq-nb download` says, and what lies
there then."""

import os
import shutil
import subprocess
from contextlib import suppress

import pytest
from downloading import DISK, SHARD, Place, assert_complete, model_files, proves
from fault_hub import FaultHub

MIB = 2**20
SHARD_BYTES = 8_000_000


@pytest.fixture
def hub():
    with FaultHub(model_files(SHARD_BYTES)) as hub:
        yield hub


@pytest.fixture
def mount(tmp_path):
    """A function that mounts a tmpfs of some MiB."""
    mounted = []

    def mount(folder, mebibytes):
        folder.mkdir(parents=True, exist_ok=True)
        done = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={mebibytes}m", "tmpfs", folder],
            capture_output=True,
            text=True,
        )
        if done.returncode:
            pytest.skip(f"no disk of a chosen size can be made here: {done.stderr.strip()}")
        mounted.append(folder)
        return folder

    yield mount
    for folder in reversed(mounted):
        subprocess.run(["umount", "--lazy", folder], check=True)


@pytest.fixture
def lock(mount):
    """A function that lets nobody write into a folder, not even root."""
    locked = []

    def lock(folder):
        if os.geteuid() == 0:
            kept = {
                path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()
            }
            mount(folder, 1)
            for name, content in kept.items():
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                (folder / name).write_bytes(content)
            subprocess.run(["mount", "-o", "remount,ro", folder], check=True)
        else:
            folder.mkdir(parents=True, exist_ok=True)
            for path in [folder, *(path for path in folder.rglob("*") if path.is_dir())]:
                path.chmod(0o555)
                locked.append(path)

    yield lock
    for path in locked:
        path.chmod(0o755)


@proves(
    ("the disk is too small", "says so before the first byte, and how much is missing; exit code 3"),
    ("磁盘太小", "在第一个字节之前就说明，并说出还差多少；退出码 3"),
)
def test_a_disk_that_is_too_small_is_told_before_the_first_byte(tmp_path, hub, mount):
    place = Place(tmp_path, target=mount(tmp_path / "disk", 50) / "target")
    done = place.download(hub)
    assert done.returncode == DISK and "free" in done.stderr
    assert not hub.sent and not place.target.exists()


def test_what_is_there_already_needs_no_room(tmp_path, hub, mount):
    """60 MiB, of which 32 stay free as reserve: 24 MB fit once, but not beside the 16 MB of them that are
    there."""
    place = Place(tmp_path, target=mount(tmp_path / "disk", 60) / "target")
    place.target.mkdir()
    for name in ("model-00001-of-00003.safetensors", "model-00003-of-00003.safetensors"):
        (place.target / name).write_bytes(hub.files[name])
    assert_complete(place, hub, place.download(hub))
    assert hub.sent[SHARD] == len(hub.files[SHARD]) and not hub.sent["model-00001-of-00003.safetensors"]


@proves(
    (
        "the disk becomes full on the way",
        "stops, keeps what has come, and goes on from there when there is room; exit code 3",
    ),
    ("下载途中磁盘满了", "停止并保留已下的部分，腾出空间后从那里继续；退出码 3"),
)
def test_a_disk_that_fills_up_keeps_what_has_come(tmp_path, hub, mount):
    disk = mount(tmp_path / "disk", 60)
    place = Place(tmp_path / "own", target=disk / "target")
    filler, full = disk / "somebody else's file", []

    def fill(name):
        while name == SHARD and hub.sent[SHARD] > MIB and SHARD not in full:
            with (
                suppress(OSError),
                filler.open("wb") as file,
            ):  # the download may be quicker than this: once more
                os.posix_fallocate(file.fileno(), 0, shutil.disk_usage(filler.parent).free - 2 * MIB)
                full.append(SHARD)

    hub.on_piece = fill
    done = place.download(hub)
    assert done.returncode == DISK and "kept" in done.stderr
    kept = {
        path.name.removesuffix(".incomplete"): path.stat().st_size
        for path in place.target.rglob("*.safetensors*")
    }
    assert sum(kept.values()) > MIB
    filler.write_bytes(b"")
    hub.on_piece = None
    hub.heal()
    assert_complete(place, hub, place.download(hub))
    for name, size in kept.items():
        assert hub.sent[name] == len(hub.files[name]) - size


@pytest.mark.parametrize("target_exists", [True, False])
@proves(
    ("the target folder cannot be written", "says so before the first byte; exit code 3"),
    ("目标文件夹不可写", "在第一个字节之前就说明；退出码 3"),
)
def test_a_read_only_target_is_told_before_the_first_byte(tmp_path, hub, lock, target_exists):
    place = Place(tmp_path, target=tmp_path / "disk" if target_exists else tmp_path / "disk" / "target")
    lock(tmp_path / "disk")
    place.before = place.outside()
    done = place.run("download", hub.model, "--to", place.target, "--endpoint", hub.endpoint)
    assert done.returncode == DISK and str(place.target) in done.stderr
    assert not hub.sent and place.outside() == place.before


@pytest.mark.parametrize("source", ["modelscope", "huggingface"])
@proves(("the home folder cannot be written", "does not need it"), ("主目录不可写", "用不着它"))
def test_a_read_only_home_does_no_harm(tmp_path, hub, lock, source):
    place = Place(tmp_path)
    lock(place.home)
    assert_complete(place, hub, place.download(hub, "--hub", source))


def test_a_target_that_is_a_file_is_left_alone(tmp_path, hub):
    place = Place(tmp_path)
    place.target.write_text("mine")
    done = place.run("download", hub.model, "--to", place.target, "--endpoint", hub.endpoint)
    assert done.returncode == DISK and not hub.sent
    assert place.target.read_text() == "mine"
