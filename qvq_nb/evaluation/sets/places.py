"""Where pictures stand in a text: `<image 1>` is the first one's place."""

import re
from collections.abc import Sequence

PLACE = re.compile(r"<image[ _]?(\d{1,3})>")


def in_place(text: str, pictures: Sequence) -> list:
    """The pieces of a text with its pictures between them; pictures without a place come first.

    A place without a picture, and a second one of the same picture, stay as they are written.
    """
    pictures = list(pictures)
    named = {int(place[1]) for place in PLACE.finditer(text)}
    parts = [picture for number, picture in enumerate(pictures, 1) if number not in named]
    shown, end = set(), 0
    for place in PLACE.finditer(text):
        number = int(place[1])
        if 1 <= number <= len(pictures) and number not in shown:
            parts += [text[end : place.start()], pictures[number - 1]]
            shown.add(number)
            end = place.end()
    return [part for part in [*parts, text[end:]] if not isinstance(part, str) or part.strip()]
