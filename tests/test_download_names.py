"""No list of files, whatever it says, leads a byte outside the model's folder."""

import os
from pathlib import Path, PurePosixPath, PureWindowsPath

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from qvq_nb.download.listing import HubFile, check_links, check_listing, partial, why_unsafe
from qvq_nb.errors import IntegrityError

PIECES = st.sampled_from(
    [
        "..",
        ".",
        "",
        "/",
        "\\",
        "C:",
        "~",
        "\0",
        "a",
        "A",
        "é",
        "e\u0301",
        " ",
        "图",
        "x" * 300,
        ".qvq-nb",
        "\ud800",
    ]
)
NAMES = st.one_of(
    st.text(), st.lists(PIECES, max_size=6).map("/".join), st.lists(PIECES, max_size=6).map("".join)
)
ORDINARY = st.from_regex(
    r"[A-Za-z0-9][A-Za-z0-9_-]{0,20}(/[A-Za-z0-9][A-Za-z0-9_-]{0,20}){0,3}\.json", fullmatch=True
)


def listed(*paths):
    return [{"path": path, "size": 1} for path in paths]


@given(NAMES)
@example("../x")
@example("/etc/passwd")
@example("a/../../x")
@example("C:/x")
@example("\\\\server\\share")
def test_a_name_that_passes_stays_in_the_folder_on_every_system(name):
    if why_unsafe(name):
        return
    folder = Path("/models/it")
    assert Path(os.path.normpath(folder / name)).is_relative_to(folder)
    for system in (PurePosixPath, PureWindowsPath):
        path = system(name)
        assert not path.is_absolute() and not path.drive and ".." not in path.parts
    os.fsencode(name)
    assert "\0" not in name


@given(ORDINARY)
@example("中文 文件.txt")
@example("a b/c.json")
@example(".gitattributes")
@example("..data/file...txt")
def test_an_ordinary_name_passes(name):
    assert why_unsafe(name) is None


@pytest.mark.parametrize(
    "name",
    ["../x", "a/../../x", "/x", "//x", "a//b", "./x", "a/", "a\\b", "C:x", "x\0", "x\n", "", None, 7]
    + ["\ud800", "x" * 250, ".qvq-nb/state.json", ".QVQ-NB/lock", "qvq-manifest.json"]
    + ["model.safetensors.incomplete"],
)
def test_an_entry_that_is_not_safe_is_named_and_nothing_is_taken(name):
    with pytest.raises(IntegrityError) as refusal:
        check_listing([*listed("config.json"), {"path": name, "size": 1}], "The hub")
    assert repr(name) in str(refusal.value)


@pytest.mark.parametrize("pair", [("a", "a"), ("a", "A"), ("é", "e\u0301"), ("a", "a/b"), ("A/b", "a/b/c")])
def test_two_entries_for_one_place_are_refused(pair):
    with pytest.raises(IntegrityError):
        check_listing(listed(*pair), "The hub")


@pytest.mark.parametrize(
    "wrong",
    [{"size": -1}, {"size": None}, {"size": True}, {"size": "9"}, {"sha256": "abc"}, {"git_sha1": "z" * 40}],
)
def test_an_entry_that_makes_no_sense_is_refused(wrong):
    with pytest.raises(IntegrityError, match="config.json"):
        check_listing([{"path": "config.json", "size": 1} | wrong], "The hub")


def test_an_empty_list_is_no_model():
    with pytest.raises(IntegrityError):
        check_listing([], "The hub")


@pytest.mark.parametrize("where", ["a", "a/b", "a/b.json", "a/b.json.incomplete"])
def test_a_link_on_the_way_to_a_file_is_refused(tmp_path, where):
    folder = tmp_path / "model"
    link = folder / where
    link.parent.mkdir(parents=True)
    link.symlink_to(tmp_path)
    files = [HubFile("a/b/c.json", 1), HubFile("a/b.json", 1)]
    with pytest.raises(IntegrityError, match="link"):
        check_links(folder, files)


def test_a_model_folder_without_links_passes(tmp_path):
    (tmp_path / "real" / "a").mkdir(parents=True)
    (tmp_path / "model").symlink_to(tmp_path / "real")  # the learner's own link to another disk
    check_links(tmp_path / "model", [HubFile("a/b.json", 1)])


@given(ORDINARY)
def test_the_partial_file_lies_beside_its_file_and_is_never_listed(name):
    unfinished = partial(Path(name))
    assert unfinished.parent == Path(name).parent
    assert why_unsafe(unfinished.as_posix())
