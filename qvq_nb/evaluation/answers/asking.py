"""One question, or a batch of them, asked: an answer or a failure, as a line for the store."""

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime, timezone

from qvq_nb import trace
from qvq_nb.errors import QvqError
from qvq_nb.evaluation.answers.keys import Setup
from qvq_nb.evaluation.sets.question import Question
from qvq_nb.inference.answer import Answer
from qvq_nb.inference.engine import Delta

MEASURED = ("stop_reason", "prompt_tokens", "visual_tokens", "new_tokens", "seconds")
FINAL_PART = "\n\n**Final Answer**\n\n"
UNFINISHED = ("broken", "time")  # the server's or the clock's end of an answer, not the model's


class Abandoned(Exception):
    """The run is over before the answer is complete."""


@dataclass(frozen=True)
class Place:
    """A question that is to be answered, its number in the set, which repeat of it, and the key of that.

    `error` says why asking failed, if it did.
    """

    question: Question
    number: int
    repeat: int
    key: str
    error: str | None = None

    def without_pictures(self) -> "Place":
        """The same without what takes memory."""
        case = self.question.case and replace(self.question.case, media=())
        return replace(self, question=replace(self.question, pictures=(), case=case))


def ask_one(reasoner, place: Place, setup: Setup, is_over: Callable[[], bool] = bool) -> dict:
    """The line of one answer; where asking raises, or the answer is broken off, that of a failure.

    Where `is_over` turns true while it is written, the connection is closed and Abandoned is raised.
    """
    try:
        answer = _answer(reasoner, place, setup.options(place.repeat), is_over)
        return _line(setup, place, answer, reasoner)
    except Abandoned:
        raise
    except Exception as error:  # told in the line, so that one failure does not lose the rest
        said = str(error) if isinstance(error, QvqError) else f"{type(error).__name__}: {error}"
        return _line(setup, place, error=said or type(error).__name__)


def ask_side_by_side(reasoner, places: list[Place], setup: Setup) -> list[dict]:
    """The lines of several answers of a model that writes them together; what fails is asked by itself."""
    if len(places) > 1:
        try:
            pairs = [(_media(place.question), place.question.prompt) for place in places]
            answers = reasoner.ask_many(pairs, **setup.options(places[0].repeat))
            return [_line(setup, place, answer, reasoner) for place, answer in zip(places, answers)]
        except Exception:  # one of them: which, and why, shows below
            pass
    return [ask_one(reasoner, place, setup) for place in places]


def answer_of(line: dict) -> Answer:
    """The Answer that a line without an error keeps."""
    text, final = line["text"], line["final"]
    parts = trace.split(text, finished=line["stop_reason"] == "end")
    thinking = parts.thinking.strip()
    if parts.final.strip() != final:  # a server that sends both apart writes no marker between them
        thinking = text.strip().removesuffix(final).strip()
    measured = {name: line[name] for name in MEASURED}
    language = trace.language_of(thinking or text)
    return Answer(text, thinking, final, line["model"], language, **measured, notes=tuple(line["notes"]))


def judged_text(line: dict) -> str:
    """The text of a kept answer in which its final part is found by the usual marker."""
    answer = answer_of(line)
    if trace.split(answer.text, finished=answer.stop_reason == "end").final.strip() == answer.final:
        return answer.text
    return f"{answer.thinking}{FINAL_PART}{answer.final}"


def _answer(reasoner, place, options, is_over):
    question = place.question
    if not hasattr(reasoner, "stream"):
        return reasoner.ask(_media(question), question.prompt, **options)
    asked = reasoner.prepared(_media(question), question.prompt, **options)
    stream = reasoner.stream_prepared(_in_place(asked, question) if question.inside else asked)
    with closing(stream):
        for answer in stream:
            if is_over() and isinstance(answer, Delta):
                raise Abandoned
    return answer


def _in_place(asked, question):
    """The same with the pictures where the text has them; a refused question has no parts."""
    *before, last = asked.messages or [None]
    if last is None:
        return asked
    parts = replace(question, pictures=last.parts[:-1]).parts
    return replace(asked, messages=[*before, replace(last, parts=tuple(parts))])


def _media(question):
    return question.pictures[0] if len(question.pictures) == 1 else list(question.pictures)


def _thinking_tokens(reasoner, answer) -> int | None:
    """How many tokens the thinking has; None where the tokenizer is not on this machine."""
    can = getattr(getattr(reasoner, "engine", None), "can", None)
    if not getattr(can, "show_inside", False):
        return None
    return len(reasoner.processor.tokenizer(answer.thinking, add_special_tokens=False)["input_ids"])


def _line(setup: Setup, place: Place, answer=None, reasoner=None, error: str | None = None) -> dict:
    question = place.question
    line = {"key": place.key, "set": question.set, "id": question.id, "model": setup.model}
    line |= {"language": question.language, "repeat": place.repeat, "text": None}
    line |= {name: getattr(answer, name, None) for name in MEASURED}
    line["notes"] = list(getattr(answer, "notes", ()))
    if answer is not None and line["stop_reason"] in UNFINISHED:
        why = "The time limit ended it." if line["stop_reason"] == "time" else " ".join(line["notes"][-1:])
        error = f"The answer is not complete. {why}"
    elif answer is not None:
        line["text"] = getattr(answer, "text", None) or answer.final
        line["final"] = answer.final
        line["thinking_tokens"] = _thinking_tokens(reasoner, answer)
    return {**line, "error": error, "at": datetime.now(timezone.utc).isoformat(timespec="seconds")}
