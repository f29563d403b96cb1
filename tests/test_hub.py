"""The small hub of lesson 01: the routes of ModelScope, for one folder and for this machine only."""

import json
import urllib.error
import urllib.parse
import urllib.request

import pytest

from qvq_nb.download.hub import LocalHub
from qvq_nb.errors import QvqError


@pytest.fixture
def hub(tmp_path):
    folder = tmp_path / "model"
    (folder / "a b").mkdir(parents=True)
    (folder / "a b" / "图.txt").write_bytes(b"0123456789")
    (folder / ".qvq-nb").mkdir()
    (folder / ".qvq-nb" / "state.json").write_text("{}")
    (folder / "qvq-manifest.json").write_text("{}")
    (tmp_path / "secret").write_text("secret")
    with LocalHub(folder, "OWNER/NAME") as running:
        yield running


def get(hub, route, **headers):
    request = urllib.request.Request(f"{hub.endpoint}/api/v1/models/{route}", headers=headers)
    return urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request)


def file(path):
    return "OWNER/NAME/repo?" + urllib.parse.urlencode({"Revision": "master", "FilePath": path})


def test_it_lists_the_models_files_and_not_the_kits_own(hub):
    listed = json.load(get(hub, "OWNER/NAME/repo/files?Revision=master&Recursive=True"))["Data"]["Files"]
    sha256 = (
        "84d89877f0d4041efb6bf91a16f0248f2fd573e6af05c19f96bedb9f882f7882"  # printf 0123456789 | sha256sum
    )
    assert listed == [{"Path": "a b/图.txt", "Size": 10, "Sha256": sha256, "Type": "blob"}]


@pytest.mark.parametrize(
    "wanted, status, content",
    [(None, 200, b"0123456789"), ("bytes=4-", 206, b"456789"), ("bytes=4-5", 206, b"45")],
)
def test_it_gives_a_file_or_a_part_of_it(hub, wanted, status, content):
    reply = get(hub, file("a b/图.txt"), **({"Range": wanted} if wanted else {}))
    assert (reply.status, reply.read()) == (status, content)


@pytest.mark.parametrize(
    "path", ["../secret", "/etc/passwd", "nix", "", ".qvq-nb/state.json", "a b/../../secret"]
)
def test_it_gives_nothing_else(hub, path):
    with pytest.raises(urllib.error.HTTPError, match="404"):
        get(hub, file(path))


def test_it_is_on_this_machine_only(hub):
    assert hub.endpoint.startswith("http://127.0.0.1:")


def test_a_folder_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(QvqError):
        LocalHub(tmp_path / "nowhere", "OWNER/NAME")
