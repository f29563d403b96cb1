"""What is asked: a case, or media and a question beside them; and which words a question may hold."""

import re

from qvq_nb.errors import QvqError
from qvq_nb.files import shown

# What a question may not hold; the marks for places and things in a picture it may.
CONTROL_TOKEN = re.compile(r"<\|(?!(?:object_ref|box|quad)_(?:start|end)\|)\w+\|>")


def media_and_question(asked, question):
    """(media, question) of a case, or of a picture and the question beside it, which comes first."""
    if question is None:
        question = getattr(asked, "question", None)
    return getattr(asked, "media", asked), question


def check_words(question, system) -> None:
    """QvqError for a question or a system prompt that no model can be given."""
    if not isinstance(question, str) or not question.strip():
        raise QvqError("The question is empty; ask something about the image.")
    if not isinstance(system, (str, type(None))):
        raise QvqError(f"system is the text of a system prompt; {shown(repr(system))} is none.")
    if any("\ud800" <= letter <= "\udfff" for letter in f"{question}{system or ''}"):
        raise QvqError(
            "The question has half a character in it (a lone surrogate), as from a text cut in the middle; "
            "copy it again."
        )
    if control := CONTROL_TOKEN.search(f"{question} {system or ''}"):
        raise QvqError(
            f"{control.group()} is a control token of the model and cannot be part of a question; "
            "leave it out."
        )
