"""qvq-nb doctor: every finding is said, and the exit code is theirs."""

import json

import pytest
from commands import qvq

from qvq_nb.doctor import diagnosis
from qvq_nb.doctor.finding import Finding


@pytest.mark.parametrize(("sound", "code"), [(True, 0), (False, 1)])
def test_doctor_says_every_finding_and_exits_by_them(monkeypatch, sound, code):
    findings = [Finding("torch", sound, "as it is", fixable=not sound)]
    monkeypatch.setattr(diagnosis, "diagnose", lambda: findings)
    said = qvq("doctor")
    assert said[0] == code and "torch: as it is" in said[1] and ("--fix" in said[2]) == (not sound)
    as_json = qvq("doctor", "--json")
    assert as_json[0] == code
    assert json.loads(as_json[1]) == [
        {"name": "torch", "ok": sound, "message": "as it is", "fixable": not sound}
    ]


def test_doctor_fix_reports_the_state_after_the_repair(monkeypatch):
    monkeypatch.setattr(diagnosis, "diagnose", lambda: [Finding("torch", False, "broken", fixable=True)])
    monkeypatch.setattr(diagnosis, "fix", lambda findings: [Finding("torch", True, "mended")])
    code, output, _ = qvq("doctor", "--fix")
    assert code == 0 and "mended" in output
