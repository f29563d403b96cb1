"""`qvq-nb case`."""

from pathlib import Path
from typing import Annotated

from typer import Argument, Option

from qvq_nb.cli import Language, OneLanguage
from qvq_nb.errors import QvqError
from qvq_nb.files import as_json, replacing
from qvq_nb.screen import note


def case(
    family: Annotated[str, Argument(help="recognition, invoice, chart, chemistry, sofa or derivative.")],
    to: Annotated[Path, Option(help="The folder for image.png and case.json.")],
    seed: Annotated[int | None, Option(help="A fresh case; without it the canonical one.")] = None,
    language: OneLanguage = Language.en,
):
    """Write a worked case: the drawing, the question and the truth."""
    from qvq_nb.cases import case as draw

    drawn = draw(family, seed=seed, language=language.value)
    image, description = to / "image.png", to / "case.json"
    try:
        with replacing(image) as new_image, replacing(description) as new_description:
            drawn.image.save(new_image)
            new_description.write_bytes(f"{as_json({**drawn.to_dict(), 'image': image.name})}\n".encode())
    except OSError as error:
        raise QvqError(
            f"The case could not be written to {to} ({error.strerror}); choose another folder."
        ) from None
    note(f"{image} and {description} are written.")
