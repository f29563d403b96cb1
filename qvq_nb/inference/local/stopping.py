"""Why a model stops before it is done: criteria for `generate` with one reply, each of one purpose."""

import threading

import torch
from transformers import StoppingCriteria

from qvq_nb.trace import final_has_begun, is_looping

TOKENS_BETWEEN_LOOP_CHECKS = 16
LOOP_WINDOW_TOKENS = 8000


class FirstToStop(StoppingCriteria):
    """Several criteria as one. `reason` is the name of the first that held, None while none has.

    It is remembered, since one more token may be under way when the model hears that it is to stop.
    """

    def __init__(self, criteria: dict[str, StoppingCriteria]):
        self.criteria, self.reason = criteria, None

    def __call__(self, input_ids, scores, **_):
        if self.reason is None:
            holding = (
                name for name, criterion in self.criteria.items() if criterion(input_ids, scores).all()
            )
            self.reason = next(holding, None)
        return _verdict(self.reason is not None, input_ids)


class Cancelled(StoppingCriteria):
    """Nobody waits for the text any more."""

    def __init__(self, event: threading.Event):
        self.event = event

    def __call__(self, input_ids, scores, **_):
        return _verdict(self.event.is_set(), input_ids)


class ThinkingIsOver(StoppingCriteria):
    """So many tokens were written behind the first `start`, and the final part has not begun."""

    def __init__(self, tokens: int, start: int, decode):
        self.tokens, self.start, self.decode = tokens, start, decode

    def __call__(self, input_ids, scores, **_):
        written = input_ids[0, self.start :]
        is_over = len(written) == self.tokens and not final_has_begun(self.decode(written))
        return _verdict(is_over, input_ids)


class Looping(StoppingCriteria):
    """What was written behind the first `start` tokens goes round in circles."""

    def __init__(self, start: int, decode):
        self.start, self.decode = start, decode

    def __call__(self, input_ids, scores, **_):
        written = input_ids[0, self.start :]
        is_due = len(written) % TOKENS_BETWEEN_LOOP_CHECKS == 0
        return _verdict(is_due and is_looping(self.decode(written[-LOOP_WINDOW_TOKENS:])), input_ids)


def _verdict(stops: bool, input_ids):
    return torch.full((input_ids.shape[0],), stops, device=input_ids.device, dtype=torch.bool)
