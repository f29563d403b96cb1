"""Where pictures stand in a text: `<image 1>` is the first one's place."""

import re
from collections.abc import Sequence

PLACE = re.compile(r"<image ?(\d{1,3})>")


def places(text: str) -> list[int]:
    """The numbers of the pictures that a text names, from 1, in its order."""
    return [int(number) for number in PLACE.findall(text)]


def in_place(text: str, pictures: Sequence) -> list:
    """The pieces of a text with its pictures between them; pictures without a place come first.

    A place without a picture stays as it is written.
    """
    named = set(places(text))
    parts = [picture for number, picture in enumerate(pictures, 1) if number not in named]
    end = 0
    for place in PLACE.finditer(text):
        number = int(place[1])
        if 1 <= number <= len(pictures):
            parts += [text[end : place.start()], pictures[number - 1]]
            end = place.end()
    return [part for part in [*parts, text[end:]] if not isinstance(part, str) or part.strip()]
