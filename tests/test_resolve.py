"""What a model's name means: one answer for every command."""

import json

import pytest

from qvq_nb.errors import QvqError
from qvq_nb.models import profiles
from qvq_nb.models.resolve import resolve


def folder_named(parent, *names):
    folder = parent.joinpath(*names)
    folder.mkdir(parents=True)
    (folder / "config.json").write_text(json.dumps({"model_type": "qwen2_vl"}))
    return folder


@pytest.mark.parametrize(
    "path", [("QVQ-72B-Preview",), ("qvq-72b",), ("models--Qwen--QVQ-72B-Preview", "snapshots", "0f1e2d3c")]
)
def test_a_folder_is_known_by_its_name_and_a_snapshot_by_its_repository(tmp_path, path):
    folder = folder_named(tmp_path, *path)
    named = resolve(folder)
    assert (named.name, named.profile, named.folder) == ("qvq-72b", profiles.get("qvq-72b"), folder)
    assert named.id_on_hubs() == "Qwen/QVQ-72B-Preview"


def test_another_folder_keeps_its_own_name(tmp_path):
    named = resolve(str(folder_named(tmp_path, "my-model")))
    assert (named.name, named.config()) == ("my-model", {"model_type": "qwen2_vl"})
    with pytest.raises(QvqError, match="no model on a hub"):
        named.id_on_hubs()


def test_a_hub_id_and_a_name_mean_the_same_model():
    assert resolve("Qwen/QVQ-72B-Preview") == resolve("qvq-72b")


def test_an_unknown_hub_id_can_be_downloaded_but_not_loaded():
    named = resolve("Somebody/Else-7B")
    assert named.id_on_hubs() == "Somebody/Else-7B"
    with pytest.raises(QvqError, match="no folder Somebody/Else-7B.*qvq-nb download Somebody/Else-7B"):
        named.folder_to_load()


def test_a_folder_named_like_a_hub_id_stays_both(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    folder = folder_named(tmp_path, "Somebody", "Else-7B")
    named = resolve("Somebody/Else-7B")
    assert (named.folder, named.id_on_hubs()) == (folder, "Somebody/Else-7B")


def test_an_address_is_kept_as_it_is():
    assert resolve("http://127.0.0.1:8000/v1").address == "http://127.0.0.1:8000/v1"


def test_a_config_file_gives_the_shape_and_nothing_to_load(tmp_path):
    named = resolve(folder_named(tmp_path, "QVQ-72B-Preview") / "config.json")
    assert named.name == "qvq-72b" and named.config() == {"model_type": "qwen2_vl"} and named.folder is None


@pytest.mark.parametrize("name", ["", "  ", "qvq-73b", "./nowhere", "a/b/c", "~/nowhere"])
def test_what_means_nothing_is_told_with_the_names_that_do(name):
    with pytest.raises(QvqError, match="qvq-mini.*qvq-72b"):
        resolve(name)
