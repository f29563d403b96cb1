"""The thinking budget, for any engine: the thinking is cut, and the model goes on with its final answer."""

import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace

from qvq_nb.inference.engine import Engine, Finished, Options
from qvq_nb.trace import FINAL_OPENINGS

FINAL_ANSWER_TOKENS = 64  # the most that is written after the cut


def stream_within_budget(
    engine: Engine, messages: list, images: list, options: Options, language: str
) -> Iterator[str | Finished]:
    """Like `engine.stream`, with the thinking cut after `options.thinking_budget` new tokens.

    A reply that has not begun its final part by then is kept so far, the opening of a final part is put behind it
    ("en" or "zh"), and the model goes on from there. What was put there counts among no tokens.
    """
    budget, started = options.thinking_budget, time.monotonic()
    if budget is None or budget >= options.max_new_tokens:
        yield from _closed(engine.stream(messages, images, replace(options, thinking_budget=None)))
        return
    thought, cut = "", None
    if budget > 0:
        for piece in _closed(engine.stream(messages, images, options)):
            if isinstance(piece, Finished):
                cut = piece
            else:
                thought += piece
                yield piece
        if cut.stop_reason != "budget":
            yield cut
            return
    yield FINAL_OPENINGS[language]
    left_seconds = options.time_limit_seconds and max(
        options.time_limit_seconds - (time.monotonic() - started), 1e-9
    )
    final_part = replace(
        options,
        max_new_tokens=min(FINAL_ANSWER_TOKENS, options.max_new_tokens - budget),
        time_limit_seconds=left_seconds,
        prefix=thought.rstrip("\ufffd") + FINAL_OPENINGS[language],  # the cut may have split a character
        thinking_budget=None,
    )
    for piece in _closed(engine.stream(messages, images, final_part)):
        if isinstance(piece, Finished):
            note = f"The thinking was cut at {budget} tokens, and the model was asked for its final answer."
            piece = replace(piece, new_tokens=budget + piece.new_tokens, notes=(*piece.notes, note))
        yield piece


def _closed(stream):
    """The stream, closed however the loop over it ends."""
    with closing(stream):
        yield from stream
