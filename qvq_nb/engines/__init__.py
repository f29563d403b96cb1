"""What answers a question: one small protocol, `stream(messages, images, options)`.

An engine yields pieces of text as they are produced and, last, one `Finished`.
"""

from dataclasses import dataclass
from typing import Iterator, Protocol


@dataclass(frozen=True)
class Options:
    """How one question is to be answered. `seed=None` takes the likeliest token each time; a seed draws at random."""

    max_new_tokens: int
    visual_tokens: tuple[int, int] | None = None  # (minimum, maximum) per image; None is the checkpoint's own
    seed: int | None = None
    time_limit_seconds: float | None = None
    prefix: str = ""  # how the reply begins; the model goes on from there
    thinking_budget: int | None = None  # after so many new tokens it stops, unless its final part has begun


@dataclass(frozen=True)
class Finished:
    """What is known once an answer has ended. A prefix is no part of `new_tokens` or `prompt_tokens`."""

    stop_reason: str  # "end", "length", "loop", "time" or "budget"
    visual_tokens: int
    prompt_tokens: int
    new_tokens: int
    notes: tuple[str, ...] = ()


class Engine(Protocol):
    def stream(self, messages: list, images: list, options: Options) -> Iterator[str | Finished]:
        """Pieces of text, then one Finished. Closing the iterator early stops the engine."""
