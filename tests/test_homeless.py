"""A user without a home: neither HOME nor an entry in the list of users, as in some containers."""

import pytest
from commands import qvq
from survives import survives

from qvq_nb import paths
from qvq_nb.doctor.finding import Finding, without_names
from qvq_nb.errors import QvqError
from qvq_nb.models import profiles


@pytest.fixture
def homeless(monkeypatch):
    """No HOME, and a user number that no list of users has."""
    import pwd

    def unknown(number):
        raise KeyError(f"getpwuid(): uid not found: {number}")

    for name in ("HOME", "USERPROFILE", "HOMEPATH", "HOMEDRIVE", profiles.MODELS_FOLDER_VARIABLE):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(pwd, "getpwuid", unknown)


@survives(
    "machine",
    en=("a user without HOME and without an entry in the list of users", "every command works"),
    zh=("用户没有 HOME，用户表里也没有条目", "各条命令照常工作"),
)
@pytest.mark.parametrize("command", [["models"], ["plan", "--gpus", "4x48"], ["plan", "--model", "qvq-mini"]])
def test_commands_work_without_a_home(homeless, command):
    assert qvq(*command)[0] == 0


def test_without_a_home_models_lie_in_the_temporary_folder_and_findings_can_be_published(homeless, tmp_path):
    assert profiles.models_folder().is_relative_to(paths.home_folder())
    assert without_names([Finding("kernel", True, "well")])[0].message == "well"


@pytest.mark.parametrize("written", ["~/model", "~nobody-has-this-name/model"])
def test_a_home_that_is_not_known_is_told_in_a_sentence(homeless, written):
    with pytest.raises(QvqError, match="write the whole path"):
        paths.expanded(written)
    code, _, notes = qvq("plan", "--model", written)
    assert code == 1 and "write the whole path" in notes


def test_a_working_folder_that_was_deleted_is_a_finding(tmp_path, monkeypatch):
    from qvq_nb.doctor import machine

    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()
    findings = machine.room()
    monkeypatch.chdir(tmp_path)
    assert paths.working_folder() == [tmp_path]
    assert not findings[1].ok and "deleted" in findings[1].message
