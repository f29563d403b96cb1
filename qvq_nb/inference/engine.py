"""What answers a question: one protocol, `stream(messages, options)`, and the types that pass through it."""

from collections.abc import Iterator
from dataclasses import dataclass
from numbers import Real
from typing import Protocol

from qvq_nb import trace
from qvq_nb.errors import QvqError
from qvq_nb.files import shown
from qvq_nb.media.clip import Clip

LARGEST_WHOLE = 2**63 - 1  # what torch and every server take


@dataclass(frozen=True)
class Message:
    """One turn of a conversation. A part is a text, a PIL image or a Clip: media live inside messages."""

    role: str  # "system", "user" or "assistant"
    parts: tuple

    @property
    def images(self) -> list:
        return [part for part in self.parts if not isinstance(part, (str, Clip))]

    @property
    def clips(self) -> list[Clip]:
        return [part for part in self.parts if isinstance(part, Clip)]

    @property
    def language(self) -> str:
        """That of its words, "en" or "zh"."""
        return trace.language_of(" ".join(part for part in self.parts if isinstance(part, str)))


@dataclass(frozen=True)
class GenerationOptions:
    """How one question is to be answered; QvqError where a value makes no sense.

    `seed=None` takes the likeliest token each time; a seed draws at random. `visual_tokens=None` is the
    checkpoint's own budget.
    """

    max_new_tokens: int
    visual_tokens: tuple[int, int] | None = None  # (minimum, maximum) per image or pair of frames
    seed: int | None = None
    time_limit_seconds: float | None = None
    prefix: str = ""  # how the reply begins; the model goes on from there
    thinking_budget: int | None = None  # after so many new tokens it stops, unless its final part has begun

    def __post_init__(self):
        for name, smallest in (("max_new_tokens", 1), ("seed", 0), ("thinking_budget", 0)):
            value = getattr(self, name)
            if value is not None and not _is_whole(value, smallest):
                raise QvqError(
                    f"{name} is a whole number from {smallest} upwards; {shown(repr(value))} is not."
                )
            if value is not None and value > LARGEST_WHOLE:
                raise QvqError(f"{name} is a whole number from {smallest} to 2^63 - 1; give a smaller one.")
        pair, seconds = self.visual_tokens, self.time_limit_seconds
        if pair is not None and not _is_range(pair):
            raise QvqError(
                "visual_tokens is (minimum, maximum) with 1 ≤ minimum ≤ maximum, such as (4, 256); "
                f"{pair!r} is not."
            )
        if seconds is not None and not (_is_number(seconds, Real) and seconds > 0):
            raise QvqError(f"time_limit_seconds is a number above zero; {seconds!r} is not.")


@dataclass(frozen=True)
class Delta:
    """A piece of a reply as it is written."""

    channel: str  # "thinking", "answer", or "unparsed" where the engine cannot tell them apart
    text: str


@dataclass(frozen=True)
class Usage:
    """What is known once a reply has ended. A prefix is no part of `new_tokens` or `prompt_tokens`.

    A server counts as it does: there a prefix is part of `prompt_tokens`.
    """

    stop_reason: str  # "end", "length", "loop", "time", "budget", "broken" or "filter"
    prompt_tokens: int
    visual_tokens: int
    new_tokens: int
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Abilities:
    """What an engine can do; what it cannot is told in one sentence before anything is sent."""

    continues_prefix: bool = False  # goes on from the beginning of a reply: a thinking budget needs it
    separates_thinking: bool = False  # its deltas come as "thinking" and "answer"
    takes_video: bool = False
    takes_several_images: bool = False
    batches: bool = False  # has `batch([(messages, options) …])`, which writes all replies side by side
    show_inside: bool = False  # weights and processor are in this process


class Engine(Protocol):
    can: Abilities

    def stream(self, messages: list[Message], options: GenerationOptions) -> Iterator[Delta | Usage]:
        """Deltas, then one Usage. Closing the iterator early stops the engine."""


def _is_number(value, kind) -> bool:
    return isinstance(value, kind) and not isinstance(value, bool)


def _is_whole(value, smallest: int) -> bool:
    return _is_number(value, int) and value >= smallest


def _is_range(pair) -> bool:
    numbers = list(pair) if isinstance(pair, (tuple, list)) else []
    return len(numbers) == 2 and all(_is_whole(number, 1) for number in numbers) and numbers[0] <= numbers[1]
