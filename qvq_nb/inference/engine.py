"""What answers a question: one small protocol, `stream(messages, options)`, and the types that pass through it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class Message:
    """One turn of a conversation. A part is a text or a PIL image: media live inside messages."""

    role: str  # "system", "user" or "assistant"
    parts: tuple

    @property
    def images(self) -> list:
        return [part for part in self.parts if not isinstance(part, str)]


@dataclass(frozen=True)
class GenerationOptions:
    """How one question is to be answered. `seed=None` takes the likeliest token each time; a seed draws at random."""

    max_new_tokens: int
    visual_tokens: tuple[int, int] | None = None  # (minimum, maximum) per image; None is the checkpoint's own
    seed: int | None = None
    time_limit_seconds: float | None = None
    prefix: str = ""  # how the reply begins; the model goes on from there
    thinking_budget: int | None = None  # after so many new tokens it stops, unless its final part has begun


@dataclass(frozen=True)
class Delta:
    """A piece of a reply as it is written. `channel` is "thinking", "answer", or "unparsed" where the engine cannot tell."""

    channel: str
    text: str


@dataclass(frozen=True)
class Usage:
    """What is known once a reply has ended. A prefix is no part of `new_tokens` or `prompt_tokens`."""

    stop_reason: str  # "end", "length", "loop", "time" or "budget"
    prompt_tokens: int
    visual_tokens: int
    new_tokens: int
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Abilities:
    """What an engine can do; what it cannot is told to the learner in one sentence before anything is sent."""

    continues_prefix: bool = False  # goes on from the beginning of a reply: a thinking budget needs it
    separates_thinking: bool = False  # its deltas come as "thinking" and "answer"
    takes_video: bool = False
    takes_several_images: bool = False
    batches: bool = False


class Engine(Protocol):
    can: Abilities

    def stream(self, messages: list[Message], options: GenerationOptions) -> Iterator[Delta | Usage]:
        """Deltas, then one Usage. Closing the iterator early stops the engine."""


# Until the engines speak the types above:


@dataclass(frozen=True)
class Options(GenerationOptions):
    pass


@dataclass(frozen=True)
class Finished:
    stop_reason: str
    visual_tokens: int
    prompt_tokens: int
    new_tokens: int
    notes: tuple[str, ...] = ()
