"""Writes the measured parts of qvq-mini's model card from what `qvq-nb evaluate --json` counted.

    python -m qvq_mini.card RESULTS.json… [--to data/qvq-mini/README.md]

Beside the card it writes `results.json`, from which the parts are rendered, `budget.png` and the pictures in
`failures/`. The card's prose is left alone.
"""

import io
from pathlib import Path
from typing import Annotated

import typer

from qvq_mini.card.parts import CURVE_FILE, FAILURES_FOLDER, picture_name, with_parts
from qvq_mini.card.results import merge, read, summary
from qvq_nb.cases import case
from qvq_nb.errors import QvqError
from qvq_nb.evaluation.counting import Evaluation, weights_sha256
from qvq_nb.files import as_json, write_whole
from qvq_nb.paths import data_folder
from qvq_nb.screen import note

RESULTS_FILE = "results.json"
CURVE_COLOURS = 32  # of the curve's palette, which keeps the file small


def main(
    results: Annotated[
        list[Path],
        typer.Argument(help="Files of `qvq-nb evaluate --json`, with and without a thinking budget."),
    ],
    to: Annotated[
        Path | None, typer.Option("--to", help="The model card; the embedded model's without it.")
    ] = None,
):
    """Writes the measured parts of a model card."""
    try:
        evaluations = merge([one for path in results for one in read(path)])
        write(to or data_folder() / "qvq-mini" / "README.md", evaluations)
    except QvqError as error:
        note(f"card: {error}")
        raise typer.Exit(error.exit_code) from None


def write(card: Path, evaluations: list[Evaluation]) -> None:
    """Writes the card's measured parts and the files beside it; touches nothing unless all could be made."""
    results, folder = summary(evaluations), card.parent
    if results["weights"] != weights_sha256(folder):
        raise QvqError(f"The results are not those of the weights in {folder}; measure these weights.")
    pictures = {folder / picture_name(one): _failed_case(one) for one in results["failures"]}
    if results["budget"]:
        from qvq_nb.display.plots import budget_curve

        curve = budget_curve(results["budget"]).convert("RGB").quantize(CURVE_COLOURS)
        pictures[folder / CURVE_FILE] = _png(curve)
    try:
        text = with_parts(card.read_text(encoding="utf-8"), results)
        for path, content in pictures.items():
            write_whole(path, content)
        for old in {*folder.glob(f"{FAILURES_FOLDER}/*.png"), *folder.glob(CURVE_FILE)} - {*pictures}:
            old.unlink()
    except OSError as error:
        raise QvqError(
            f"The card could not be written ({error.strerror}: {error.filename}); "
            "the same command writes it whole."
        ) from None
    write_whole(folder / RESULTS_FILE, as_json(results) + "\n")
    write_whole(card, text)


def _failed_case(failure: dict) -> bytes:
    return _png(case(failure["family"], failure["seed"], failure["language"]).image)


def _png(image) -> bytes:
    stream = io.BytesIO()
    image.save(stream, "PNG", optimize=True)
    return stream.getvalue()


if __name__ == "__main__":
    typer.run(main)
