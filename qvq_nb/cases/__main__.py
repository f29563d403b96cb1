"""Writes the canonical cases, pictures and cases.json: `python -m qvq_nb.cases --to tests/golden`."""

from pathlib import Path

import typer

from qvq_nb.cases import FAMILIES, LANGUAGES, case
from qvq_nb.files import as_json, write_whole


def main(to: Path = typer.Option(..., help="The folder to write.")):
    """Draws the canonical cases into a folder."""
    to.mkdir(parents=True, exist_ok=True)
    cases = []
    for family in FAMILIES:
        for language in LANGUAGES:
            canonical = case(family, language=language)
            name = f"{family}-{language}.png"
            canonical.overview.save(to / name, optimize=True)
            cases.append({"image": name, **canonical.to_dict()})
    write_whole(to / "cases.json", as_json(cases) + "\n")


if __name__ == "__main__":
    typer.run(main)
