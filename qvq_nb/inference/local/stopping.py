"""Why a model stops before it is done: criteria of one purpose each, and how `generate` asks them."""

import threading
import time

import torch
from transformers import StoppingCriteria

from qvq_nb.trace import final_has_begun, is_looping

TOKENS_BETWEEN_LOOP_CHECKS = 16
LOOP_WINDOW_TOKENS = 8000


class FirstToStop(StoppingCriteria):
    """Several criteria for one reply as one; each is called with what was written, a tensor of token ids.

    `reason` is the name of the first that held, None while none has. It is remembered, since one more token
    may be under way when the model hears that it is to stop.
    """

    def __init__(self, start: int, criteria: dict):
        self.start, self.criteria, self.reason = start, criteria, None

    def __call__(self, input_ids, scores, **_):
        return torch.full((1,), self.holds(input_ids[0, self.start :]), device=input_ids.device)

    def holds(self, written) -> bool:
        """Whether the reply is to stop, now or since earlier."""
        if self.reason is None:
            self.reason = next((name for name, holds in self.criteria.items() if holds(written)), None)
        return self.reason is not None


class EachReply(StoppingCriteria):
    """Each of several replies by its own FirstToStop, none of which is asked about a reply that is done."""

    def __init__(self, start: int, replies: list[FirstToStop], endings: list[int]):
        self.start, self.replies, self.endings = start, replies, endings
        self.lengths = [None] * len(replies)  # once they are known

    def __call__(self, input_ids, scores, **_):
        written = input_ids[:, self.start :]
        for number, (reply, last) in enumerate(zip(self.replies, written[:, -1].tolist())):
            if self.lengths[number] is None and (last in self.endings or reply.holds(written[number])):
                self.lengths[number] = written.shape[1]
        return torch.tensor([length is not None for length in self.lengths], device=input_ids.device)


def cancelled(event: threading.Event):
    """Nobody waits for the text any more."""
    return lambda written: event.is_set()


def time_is_up(seconds: float):
    """So many seconds have gone since now."""
    end = time.monotonic() + seconds
    return lambda written: time.monotonic() >= end


def thinking_is_over(tokens: int, decode):
    """So many tokens were written, and the final part has not begun."""
    return lambda written: len(written) == tokens and not final_has_begun(decode(written))


def looping(decode):
    """What was written goes round in circles."""
    return lambda written: (
        len(written) % TOKENS_BETWEEN_LOOP_CHECKS == 0 and is_looping(decode(written[-LOOP_WINDOW_TOKENS:]))
    )
