"""The manifest, what was verified on this disk, `verify`, and what `load` says about a downloaded folder."""

import hashlib
import json
import os
import shutil

import pytest

from qvq_nb.download import verify
from qvq_nb.download.listing import MANIFEST_FILE, HubFile
from qvq_nb.download.manifest import Manifest, State, is_right, read_manifest, sha256_of, write_manifest
from qvq_nb.download.verification import standing
from qvq_nb.errors import IntegrityError, QvqError
from qvq_nb.paths import data_folder

CONTENT = {"config.json": b"{}", "model.safetensors": b"weights", "folder/README.md": b"text"}


def sha256(content):
    return hashlib.sha256(content).hexdigest()


@pytest.fixture
def downloaded(tmp_path):
    """A folder as a finished download leaves it."""
    folder = tmp_path / "model"
    for name, content in CONTENT.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    finish(folder, CONTENT)
    return folder


def finish(folder, names):
    state = State(folder)
    state.source = {"model": "local/it", "hub": "modelscope", "endpoint": "http://127.0.0.1:1"}
    for name in names:
        state.remember(name, sha256_of(folder / name), verified=True)
    state.save()
    files = [
        HubFile(name, (folder / name).stat().st_size, sha256_of(folder / name)) for name in sorted(names)
    ]
    write_manifest(folder, Manifest("local/it", tuple(files)))


def flip(path, keep_time):
    before = path.stat()
    path.write_bytes(bytes([path.read_bytes()[0] ^ 1]) + path.read_bytes()[1:])
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns if keep_time else before.st_mtime_ns + 1))


def test_a_manifest_comes_back_as_it_was_written(tmp_path):
    files = (HubFile("a.json", 1, "0" * 64), HubFile("图/b.txt", 2, "1" * 64))
    manifest = Manifest("OWNER/NAME", files, frozenset({"a.json"}))
    write_manifest(tmp_path, manifest)
    assert read_manifest(tmp_path) == read_manifest(tmp_path / MANIFEST_FILE) == manifest


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"format": 1}', '{"format": 1, "model": "m", "files": [7]}', "\0", "[" * 10_000]
)
def test_a_damaged_manifest_is_refused_in_one_sentence(tmp_path, text):
    (tmp_path / MANIFEST_FILE).write_text(text)
    with pytest.raises(IntegrityError):
        read_manifest(tmp_path)


@pytest.mark.parametrize("change", [{"path": "../x"}, {"sha256": None}, {"size": -1}])
def test_a_manifest_is_trusted_no_more_than_a_hub(downloaded, change):
    manifest = json.loads((downloaded / MANIFEST_FILE).read_text())
    manifest["files"][0] |= change
    (downloaded / MANIFEST_FILE).write_text(json.dumps(manifest))
    with pytest.raises(IntegrityError):
        read_manifest(downloaded)


def test_a_manifest_of_a_later_format_is_not_guessed_at(tmp_path):
    (tmp_path / MANIFEST_FILE).write_text('{"format": 2, "model": "m", "files": []}')
    with pytest.raises(QvqError, match="format 2"):
        read_manifest(tmp_path)


def test_the_fingerprint_of_git_is_known(tmp_path):
    path = tmp_path / "file"
    path.write_bytes(b"test content\n")  # the example of "Git Internals - Git Objects" in the book Pro Git
    assert is_right(
        HubFile("file", 13, git_sha1="d670460b4b4aece5915caf5c68d12f560a9fe3e4"), path, sha256_of(path)
    )
    assert not is_right(HubFile("file", 13, git_sha1="0" * 40), path, sha256_of(path))


@pytest.mark.parametrize("full", [False, True])
def test_a_whole_folder_passes(downloaded, full):
    found = verify(downloaded, full=full, progress=False)
    assert found.ok and found.files == len(CONTENT) and found.bad == {}


@pytest.mark.parametrize("name", CONTENT)
@pytest.mark.parametrize("full", [False, True])
def test_a_missing_and_a_cut_file_are_named(downloaded, name, full):
    (downloaded / name).write_bytes(CONTENT[name][:-1])
    assert list(verify(downloaded, full=full, progress=False).bad) == [name]
    (downloaded / name).unlink()
    assert verify(downloaded, full=full, progress=False).bad == {name: "is missing"}


@pytest.mark.parametrize("name", CONTENT)
def test_a_flipped_bit_is_found_even_where_the_time_is_unchanged(downloaded, name):
    flip(downloaded / name, keep_time=True)
    assert verify(downloaded, progress=False).ok  # sizes and times cannot show it
    assert verify(downloaded, full=True, progress=False).bad == {name: "has the wrong sha256"}
    assert list(verify(downloaded, progress=False).bad) == [name]  # it is not forgotten


def test_a_touched_file_needs_the_full_check(downloaded):
    os.utime(downloaded / "config.json", ns=(1, 1))
    assert "--full" in verify(downloaded, progress=False).bad["config.json"]
    assert verify(downloaded, full=True, progress=False).ok
    assert verify(downloaded, progress=False).ok


def test_a_pinned_manifest_counts_and_not_the_one_in_the_folder(downloaded, tmp_path):
    pinned = json.loads((downloaded / MANIFEST_FILE).read_text())
    pinned["files"][0]["sha256"] = sha256(b"what the author published")
    (tmp_path / "pinned.json").write_text(json.dumps(pinned))
    for full in (False, True):
        found = verify(downloaded, full=full, manifest=tmp_path / "pinned.json", progress=False)
        assert found.bad == {pinned["files"][0]["path"]: "has the wrong sha256"}


def test_a_folder_without_manifest_is_told_how_to_get_one(tmp_path):
    with pytest.raises(QvqError, match="qvq-nb download"):
        verify(tmp_path, progress=False)
    with pytest.raises(QvqError, match="no folder"):
        verify(tmp_path / "nowhere", progress=False)


def test_a_state_that_cannot_be_read_means_hashing_again_and_no_crash(downloaded):
    for text in (
        "",
        "[]",
        '{"files": 7, "source": 7}',
        '{"files": {"config.json": 7}, "source": {}}',
        '{"files": {"config.json": {}}, "source": {}}',
    ):
        (downloaded / ".qvq-nb" / "state.json").write_text(text)
        assert set(verify(downloaded, progress=False).bad) == set(CONTENT)
        assert verify(downloaded, full=True, progress=False).ok


@pytest.fixture
def mini(tmp_path):
    folder = tmp_path / "model"
    shutil.copytree(data_folder() / "qvq-mini", folder)
    return folder


def names_in(folder):
    return [path.name for path in folder.iterdir() if path.is_file()]


def test_a_verified_folder_is_loaded_without_a_word(mini):
    finish(mini, names_in(mini))
    assert standing(mini, "local/it") is None


def test_a_folder_of_ones_own_is_loaded_without_a_word(mini):
    assert standing(mini, None) is None


def test_a_folder_that_was_never_verified_is_mentioned_with_the_command(mini):
    said = standing(mini, "Qwen/QVQ-72B-Preview")
    assert "never verified" in said and f"qvq-nb download Qwen/QVQ-72B-Preview --to {mini}" in said


def test_a_touched_file_is_mentioned(mini):
    finish(mini, names_in(mini))
    os.utime(mini / "config.json", ns=(1, 1))
    assert "config.json" in standing(mini, None)


@pytest.mark.parametrize("name", ["tokenizer.json", "model.safetensors", "chat_template.jinja"])
def test_an_incomplete_folder_is_refused_with_the_missing_name(mini, name):
    finish(mini, names_in(mini))
    (mini / name).unlink()
    with pytest.raises(QvqError, match=name):
        standing(mini, None)


def test_an_unfinished_download_is_refused_with_the_command_that_goes_on(mini):
    finish(mini, names_in(mini))
    (mini / MANIFEST_FILE).unlink()
    (mini / "model.safetensors").rename(mini / "model.safetensors.incomplete")
    with pytest.raises(QvqError, match="model.safetensors.*qvq-nb download local/it"):
        standing(mini, None)


def test_a_missing_model_card_keeps_nobody_from_loading(mini):
    finish(mini, names_in(mini))
    (mini / "README.md").unlink()
    assert "README.md" in standing(mini, None)


@pytest.fixture
def load(monkeypatch):
    """`load`, but for the weights."""
    from qvq_nb.inference.local import engine as local
    from qvq_nb.inference.reasoner import load

    monkeypatch.setattr(local, "LocalEngine", lambda folder, wishes: folder)
    return load


def test_load_warns_of_a_folder_that_was_never_verified(mini, load):
    known = mini.rename(mini.with_name("QVQ-72B-Preview"))
    with pytest.warns(UserWarning, match="never verified"):
        load(known)


def test_load_says_nothing_about_the_embedded_model(load, recwarn):
    load("qvq-mini")
    load(data_folder() / "qvq-mini")
    assert not recwarn.list


def test_load_refuses_an_incomplete_folder(mini, load):
    finish(mini, names_in(mini))
    (mini / "tokenizer.json").unlink()
    with pytest.raises(QvqError, match="tokenizer.json"):
        load(mini)
