"""A question as it goes to an engine, and what comes back as an Answer; also many of them side by side."""

import re
import time
from dataclasses import dataclass

from qvq_nb import trace
from qvq_nb.errors import QvqError
from qvq_nb.files import shown
from qvq_nb.inference import live
from qvq_nb.inference.answer import Answer, in_parts
from qvq_nb.inference.engine import Delta, GenerationOptions, Message, Usage

# What a question may not hold; the marks for places and things in a picture it may.
CONTROL_TOKEN = re.compile(r"<\|(?!(?:object_ref|box|quad)_(?:start|end)\|)\w+\|>")
AT_ONCE = 16  # replies written side by side; more take memory and are hardly any faster


@dataclass(frozen=True)
class Asked:
    """Messages and options for the engine, and the question's language; or the kit's refusal to ask it."""

    messages: list[Message]
    options: GenerationOptions
    language: str
    notes: tuple[str, ...] = ()
    refusal: str | None = None


def refused(model: str, asked: Asked) -> Answer:
    """The kit's own answer to a question that the model does not get."""
    return Answer(asked.refusal, "", asked.refusal, model, asked.language, 0, 0, 0, 0.0, "refused")


def finished(model: str, asked: Asked, deltas: list[Delta], usage: Usage, seconds: float) -> Answer:
    """The Answer of which these are all the pieces."""
    written = {"thinking": "", "answer": "", "unparsed": ""}
    for delta in deltas:
        written[delta.channel] += delta.text
    text = "".join(delta.text for delta in deltas)
    thinking, final = in_parts(written, finished=usage.stop_reason == "end")
    return Answer(
        text=text,
        thinking=thinking,
        final=final,
        model=model,
        language=trace.language_of(thinking or text),
        visual_tokens=usage.visual_tokens,
        prompt_tokens=usage.prompt_tokens,
        new_tokens=usage.new_tokens,
        seconds=seconds,
        stop_reason=usage.stop_reason,
        notes=(*asked.notes, *usage.notes),
    )


@live.quietly()
def answer_many(reasoner, asked, options: dict) -> list[Answer]:
    """What `Reasoner.ask_many` gives."""
    parts = [one if isinstance(one, tuple) else (one,) for one in asked]
    prepared = [reasoner.prepared(*one, **options) for one in parts]
    answers = {number: refused(reasoner.name, one) for number, one in enumerate(prepared) if one.refusal}
    left = [number for number in range(len(prepared)) if number not in answers]
    if not (reasoner.engine.can.batches and all(goes_side_by_side(prepared[number]) for number in left)):
        return [
            answers.get(number) or reasoner.ask(*parts[number], **options) for number in range(len(parts))
        ]
    for begin in range(0, len(left), AT_ONCE):
        batch, started = left[begin : begin + AT_ONCE], time.perf_counter()
        replies = reasoner.engine.batch(
            [(prepared[number].messages, prepared[number].options) for number in batch]
        )
        seconds = (time.perf_counter() - started) / len(batch)
        for number, (text, usage) in zip(batch, replies):
            pieces = [Delta("unparsed", text)]
            answers[number] = finished(reasoner.name, prepared[number], pieces, usage, seconds)
    return [answers[number] for number in range(len(parts))]


def goes_side_by_side(asked: Asked) -> bool:
    """Whether a reply can be one of many: a cut or drawn one, and one about a clip, go their own way."""
    is_plain = asked.options.seed is None and asked.options.thinking_budget is None
    return is_plain and not any(message.clips for message in asked.messages)


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
