"""`qvq-nb doctor`."""

from dataclasses import asdict
from typing import Annotated

import typer
from typer import Option

from qvq_nb.cli import Json
from qvq_nb.files import as_json as written
from qvq_nb.screen import clean, note, only_notes


def doctor(
    fix: Annotated[bool, Option("--fix", help="Repair what can be repaired.")] = False, as_json: Json = False
):
    """Look whether this machine is sound for the lessons."""
    from qvq_nb.doctor import diagnosis
    from qvq_nb.doctor.finding import without_names

    with only_notes():
        findings = diagnosis.diagnose()
        if fix:
            findings = diagnosis.fix(findings)
    if as_json:
        print(written([asdict(finding) for finding in without_names(findings)]))
    else:
        for finding in findings:
            print(f"{'ok ' if finding.ok else 'BAD'}  {finding.name}: {clean(finding.message)}")
        if not fix and any(finding.fixable and not finding.ok for finding in findings):
            note("`qvq-nb doctor --fix` repairs this.")
    raise typer.Exit(0 if all(finding.ok for finding in findings) else 1)
