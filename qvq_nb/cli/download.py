"""`qvq-nb download` and `qvq-nb verify`."""

import sys
from pathlib import Path
from typing import Annotated

import typer
from typer import Argument, Option

from qvq_nb.cli import Json
from qvq_nb.errors import DiskError, IntegrityError, QvqError
from qvq_nb.files import NOT_WHAT_WAS_EXPECTED
from qvq_nb.files import as_json as written
from qvq_nb.screen import clean, note

PinnedManifest = Annotated[Path | None, Option(help="The only list of files and sha256 to be trusted.")]


def download(
    model: Annotated[str, Argument(help="A name from `qvq-nb models`, or a hub id (OWNER/NAME).")],
    to: Annotated[Path, Option(help="The model's own folder; what is there already is kept.")],
    hub: Annotated[str, Option(help="auto (the faster one), modelscope or huggingface.")] = "auto",
    only: Annotated[str | None, Option(help="config: everything but the weights.")] = None,
    endpoint: Annotated[
        str | None, Option(metavar="URL", help="Another address of the hub, such as a mirror.")
    ] = None,
    manifest: PinnedManifest = None,
    source: Annotated[
        Path | None, Option("--from", metavar="FOLDER", help="Take the files from a disk.")
    ] = None,
    dry_run: Annotated[bool, Option("--dry-run", help="Check everything and fetch nothing.")] = False,
    as_json: Json = False,
):
    """Bring a model onto this disk and prove every byte.

    The same command continues after an interruption.
    """
    from qvq_nb.download import download as fetch
    from qvq_nb.download import look

    where = {"hub": hub, "endpoint": endpoint, "manifest": manifest, "source_folder": source}
    result = look(model, to, **where) if dry_run else fetch(model, to, only=only, judge=judged, **where)
    print(written(result.to_dict()) if as_json else clean(str(result)))
    raise typer.Exit(DiskError.exit_code if dry_run and not result.fits else 0)


def verify(
    folder: Annotated[Path, Argument(help="A downloaded model.")],
    full: Annotated[bool, Option("--full", help="Read every byte again, not only sizes and times.")] = False,
    manifest: PinnedManifest = None,
    as_json: Json = False,
):
    """Say whether a downloaded model is still whole, and offer to fetch what is not."""
    from qvq_nb.download import download as fetch
    from qvq_nb.download import verify as look_at

    found = look_at(folder, full=full, manifest=manifest)
    print(written(found.to_dict()) if as_json else clean(str(found)))
    if found.ok:
        return
    note(f"This fetches the bad files again, and only these: {found.repair}")
    if as_json or not sys.stdin.isatty() or not typer.confirm("Shall I?", err=True):
        raise typer.Exit(IntegrityError.exit_code)
    where = {"hub": found.hub or "auto", "endpoint": found.endpoint or None, "manifest": manifest}
    print(clean(str(fetch(found.model, found.folder, judge=judged, **where))))


def judged(folder: Path) -> tuple[int | None, int, str | None]:
    """What the plan for this machine says of the model in a folder: parameters, bytes of all GPUs, verdict.

    None where there is no plan: another kind of model, or one whose config cannot be read.
    """
    from qvq_nb.memory.gpus import machine_gpus
    from qvq_nb.memory.planning import plan

    gpus = machine_gpus()
    try:
        planned = plan(folder, gpus)
        parameters, verdict = planned.parameters, planned.verdict
    except (QvqError, OSError, *NOT_WHAT_WAS_EXPECTED):
        parameters, verdict = None, None
    return parameters, sum(gpu.memory_bytes for gpu in gpus), verdict
