"""What killed runs, labs and rehearsals of this user left behind, and its removal."""

from pathlib import Path

from qvq_nb.doctor.finding import Finding
from qvq_nb.files import gibibytes
from qvq_nb.leftovers import abandoned, left_behind
from qvq_nb.lessons.runner import finish_killed_runs

NAME = "leftovers"


def leftovers() -> Finding:
    """Are there folders of the kit whose process is dead? Those of living processes are not looked at."""
    found = left_behind()
    if not found:
        return Finding(NAME, True, "No killed run has left anything behind.")
    listed = "; ".join(f"{folder} ({told['kind']}, {gibibytes(_size(folder))})" for folder, told in found)
    return Finding(
        NAME, True, f"Left behind by killed processes, and removed by --fix: {listed}.", fixable=True
    )


def clean() -> None:
    """Remove these folders, but keep what a killed run had executed; those of living processes stay."""
    finish_killed_runs()
    kinds = {told["kind"] for _, told in left_behind()}
    for _ in abandoned(*kinds):
        pass  # removed as soon as the next one is asked for


def _size(folder: Path) -> int:
    """Bytes of the files in a folder as a listing shows them: holes count as well."""
    return sum(file.lstat().st_size for file in folder.rglob("*") if not file.is_dir())
