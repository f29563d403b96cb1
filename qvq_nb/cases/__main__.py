"""Writes the canonical cases, six images in each language and cases.json: `python -m qvq_nb.cases --to data/cases`."""

import json
from pathlib import Path

import typer

from qvq_nb.cases import FAMILIES, LANGUAGES, case


def main(to: Path = typer.Option(..., help="The folder to write.")):
    """Draws the canonical cases into a folder."""
    to.mkdir(parents=True, exist_ok=True)
    cases = []
    for family in FAMILIES:
        for language in LANGUAGES:
            canonical = case(family, language=language)
            name = f"{family}-{language}.png"
            canonical.image.save(to / name, optimize=True)
            cases.append({"image": name, **canonical.to_dict()})
    (to / "cases.json").write_text(json.dumps(cases, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    typer.run(main)
