"""Questions of a set, and models that count how often they were asked, for the tests of answers."""

from collections import Counter
from dataclasses import dataclass

import scripted_server as server
from PIL import Image

from qvq_nb.evaluation.sets.question import Question
from qvq_nb.media.clip import open_media


def questions(count: int = 8, grey: int = 90, prompt: str = "How many lamps are lit in row {}?") -> list:
    """Questions about pictures of their own, each a little brighter than the one before."""
    pictures = [Image.new("RGB", (56, 56), (grey, grey, number % 256)) for number in range(count)]
    return [
        Question(str(number), "lamps", prompt.format(number), (picture,), "6", "integer")
        for number, picture in enumerate(pictures)
    ]


class Counting:
    """A model on this machine that answers with the number in the question, and counts each question."""

    name = "counting"

    def __init__(self, fails: str | None = None, stop_at: int | None = None):
        self.fails, self.stop_at, self.asked, self.options = fails, stop_at, Counter(), []
        self.says, self.opens = None, False

    def ask(self, media, question, **options):
        self.asked[question] += 1
        self.options.append(options)
        if self.stop_at and self.asked.total() >= self.stop_at:
            raise KeyboardInterrupt
        if self.fails and self.fails in question:
            raise ValueError("lost the picture")
        if self.opens:
            open_media(media)
        return Said(self.says or f"\\boxed{{{question.split()[-1]}}}")


@dataclass(frozen=True)
class Said:
    """What a model says."""

    text: str
    stop_reason: str = "end"
    prompt_tokens: int = 90
    visual_tokens: int = 4
    new_tokens: int = 5
    seconds: float = 0.1
    notes: tuple = ()
    language: str = "en"

    @property
    def final(self):
        return self.text


class Lamps(server.ScriptedServer):
    """A server that answers every question; but one with certain words in it as `first` says, one by one,
    and as `always` says for ever."""

    def __init__(self, first=None, always=None):
        super().__init__(server.Script(server.answer()))
        self.first = {words: list(scripts) for words, scripts in (first or {}).items()}
        self.always = always or {}

    def script_for(self, question):
        said = prompt_of(question)
        with self.one_at_a_time:
            for words, scripts in self.first.items():
                if words in said and scripts:
                    return scripts.pop(0)
        return next((script for words, script in self.always.items() if words in said), self.scripts[0])

    def prompts(self) -> Counter:
        """How often each question was asked."""
        return Counter(map(prompt_of, self.asked))


def prompt_of(question: dict) -> str:
    """The text of a question as it came to a server."""
    parts = question["messages"][-1]["content"]
    return parts if isinstance(parts, str) else "".join(part.get("text", "") for part in parts)
