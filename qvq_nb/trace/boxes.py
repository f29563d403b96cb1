r"""What stands in `\boxed{…}`, braces counted."""

import re

_BOX = re.compile(r"\\boxed\s*\{")


def boxed(text: str) -> str | None:
    r"""The content of the last closed `\boxed{…}`, braces counted; None where there is none."""
    found = boxes_in(text)
    return found[-1][1] if found else None


def all_boxed(text: str) -> list[str]:
    r"""The contents of every closed `\boxed{…}`, in order; of nested ones the inner one comes last."""
    return [content for _, content in boxes_in(text)]


def has_open_box(text: str) -> bool:
    r"""Whether a `\boxed{` was begun and never closed."""
    return len(_BOX.findall(text)) > len(boxes_in(text))


def boxes_in(text: str) -> list[tuple[int, str]]:
    """(start, content) of every closed box."""
    boxes = []
    for opening in _BOX.finditer(text):
        depth, position = 1, opening.end()
        while position < len(text):
            character = text[position]
            if character == "\\":
                position += 1  # an escaped brace is a character, not a bracket
            elif character in "{}":
                depth += 1 if character == "{" else -1
                if depth == 0:
                    boxes.append((opening.start(), text[opening.end() : position]))
                    break
            position += 1
    return boxes
