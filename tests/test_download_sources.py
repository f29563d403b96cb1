"""Where a model may come from: either hub, the faster one, a folder, or the disk on which it lies already."""

import os

import pytest
from downloading import HUBS, INTEGRITY, SHARD, Place, assert_complete, proves
from fault_hub import FaultHub, Slow


def test_the_manifest_is_the_same_whatever_the_hub(tmp_path, hub):
    places = [Place(tmp_path, target=tmp_path / source) for source in HUBS]
    contents = []
    for place, source in zip(places, HUBS, strict=True):
        place.before = place.outside()
        assert_complete(place, hub, place.download(hub, "--hub", source))
        contents.append((place.target / "qvq-manifest.json").read_bytes())
    assert contents[0] == contents[1]


def test_a_second_call_asks_the_hub_nothing(place, hub):
    assert_complete(place, hub, place.download(hub))
    hub.heal()
    assert place.run("download", hub.model, "--to", place.target, "--endpoint", hub.endpoint).returncode == 0
    assert not hub.requests


def test_damage_on_the_disk_is_found_and_just_that_file_fetched_again(place, hub):
    assert_complete(place, hub, place.download(hub))
    shard = place.target / SHARD
    status, content = shard.stat(), bytearray(shard.read_bytes())
    content[200_000] ^= 1
    shard.write_bytes(content)
    os.utime(shard, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert place.run("verify", place.target).returncode == 0, "the quick look goes by size and time"
    done = place.run("verify", place.target, "--full")
    assert done.returncode == INTEGRITY and SHARD in done.stdout + done.stderr
    hub.heal()
    assert_complete(place, hub, place.download(hub))
    assert hub.sent == {SHARD: len(hub.files[SHARD])}


@pytest.fixture
def folder(tmp_path, hub):
    """A copy of the model from a classmate."""
    for name, content in hub.files.items():
        (tmp_path / "copy" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "copy" / name).write_bytes(content)
    return tmp_path / "copy"


def test_a_copy_from_a_folder_is_compared_with_the_hub_and_no_content_fetched(place, hub, folder):
    place.before = place.outside()
    assert_complete(place, hub, place.download(hub, "--from", folder))
    assert not hub.sent


@proves(
    (
        "a copy from a disk (`--from`) has a wrong byte",
        "names the file and does not take it; the others are kept; exit code 5",
    ),
    ("从磁盘拷来的副本（`--from`）有一个字节不对", "指出是哪个文件并且不要它，其余的保留；退出码 5"),
)
def test_a_wrong_byte_in_a_copy_is_not_taken(place, hub, folder):
    content = bytearray(hub.files[SHARD])
    content[-1] ^= 1
    (folder / SHARD).write_bytes(content)
    place.before = place.outside()
    done = place.download(hub, "--from", folder)
    assert done.returncode == INTEGRITY and SHARD in done.stderr
    assert SHARD not in place.files() and "config.json" in place.files()
    assert_complete(place, hub, place.download(hub))
    assert set(hub.sent) <= {SHARD, *(name for name in hub.files if name > SHARD)}


def test_auto_takes_the_faster_hub_and_says_so(place, hub):
    with FaultHub(hub.files) as slow:
        slow.always.update(dict.fromkeys(hub.files, Slow(100_000)))
        place.more = {"MODELSCOPE_ENDPOINT": slow.endpoint, "HF_ENDPOINT": hub.endpoint}
        done = place.run("download", hub.model, "--to", place.target)
        assert_complete(place, hub, done)
        assert "Taking it from Hugging Face" in done.stderr
        assert sum(slow.sent.values()) <= len(hub.files[SHARD]), "only the measurement may come from there"


def test_only_config_leaves_the_weights_for_later(place, hub):
    assert place.download(hub, "--only", "config").returncode == 0
    assert place.files() == {
        name: content for name, content in hub.files.items() if not name.endswith(".safetensors")
    }
    hub.heal()
    assert_complete(place, hub, place.download(hub))
    assert all(name.endswith(".safetensors") for name in hub.sent)


def test_a_dry_run_fetches_and_writes_nothing(place, hub):
    done = place.download(hub, "--dry-run")
    assert done.returncode == 0 and not place.target.exists()
    assert sum(hub.sent.values()) <= len(hub.files[SHARD]), "a measurement of the speed at most"
