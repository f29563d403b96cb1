"""The thinking budget, for any engine: the thinking is cut, and the model goes on with its final answer."""

import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace

from qvq_nb.grading.verdict import phrase
from qvq_nb.inference.engine import Delta, Engine, GenerationOptions, Message, Usage
from qvq_nb.trace import FINAL_OPENINGS

FINAL_ANSWER_TOKENS = 64  # the most that is written after the cut
CUT = (
    "The thinking was cut at {budget} tokens, and the model was asked for its final answer.",
    "思考写到 {budget} 个 token 时被截断，接着直接要模型给出最终答案。",
)


def stream_within_budget(
    engine: Engine, messages: list[Message], options: GenerationOptions, language: str
) -> Iterator[Delta | Usage]:
    """Like `engine.stream`, with the thinking cut after `options.thinking_budget` new tokens.

    A reply that has not begun its final part by then is kept so far, the opening of a final part is put
    behind it ("en" or "zh"), and the model goes on from there. What was put there counts among no tokens.
    """
    budget, started = options.thinking_budget, time.monotonic()
    if budget is None or budget >= options.max_new_tokens:
        yield from _closed(engine.stream(messages, replace(options, thinking_budget=None)))
        return
    thought = ""
    if budget > 0:
        for step in _closed(engine.stream(messages, options)):
            if isinstance(step, Delta):
                thought += step.text
            elif step.stop_reason == "budget":
                break
            yield step
        else:
            return
    yield Delta("unparsed", FINAL_OPENINGS[language])
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
    note = phrase(CUT, language, budget=budget)
    for step in _closed(engine.stream(messages, final_part)):
        if isinstance(step, Usage):
            step = replace(step, new_tokens=budget + step.new_tokens, notes=(*step.notes, note))
        yield step


def _closed(stream):
    """The stream, closed however the loop over it ends."""
    with closing(stream):
        yield from stream
