"""One run of `generate` in a thread of its own, whose text can be read while it is written."""

import queue
import threading
from collections.abc import Iterator

import torch
from transformers import LogitsProcessorList, StoppingCriteriaList, TextIteratorStreamer

from qvq_nb.inference.engine import GenerationOptions
from qvq_nb.inference.loading.soundness import FirstLogits
from qvq_nb.inference.local.greedy import greedy
from qvq_nb.inference.local.stopping import FirstToStop, cancelled, looping, thinking_is_over, time_is_up

# What a checkpoint stores for sampling is reset, lest greedy decoding warns of it.
GREEDY = {"do_sample": False, "temperature": None, "top_p": None, "top_k": None}
SAMPLING = {"do_sample": True, "temperature": 0.7, "top_p": 0.9, "top_k": 0}  # used when a seed is given
NAP_SECONDS = 0.5  # for Windows, which delivers no interrupt to a thread that waits for good


class Generation(threading.Thread):
    """Gives the pieces of text; after the last `new_tokens` and `stop_reason` are known, or `error` is."""

    def __init__(self, engine, inputs: dict, options: GenerationOptions):
        super().__init__(name="qvq-nb generation", daemon=True)
        self.new_tokens, self.stop_reason, self.error = 0, None, None
        self._engine, self._inputs, self._options = engine, inputs, options
        self._start = inputs["input_ids"].shape[1]
        self._streamer = TextIteratorStreamer(engine.decoder, skip_prompt=True, timeout=NAP_SECONDS)
        self._cancelled = threading.Event()
        criteria = {"cancelled": cancelled(self._cancelled), **criteria_of(options, engine.decoder.decode)}
        self._first_to_stop = FirstToStop(self._start, criteria)

    def __iter__(self) -> Iterator[str]:
        while True:
            try:
                if piece := next(self._streamer):
                    yield piece
            except queue.Empty:
                continue
            except StopIteration:
                return

    def cancel(self) -> None:
        """Stops the model at its next token and waits until it has ended."""
        self._cancelled.set()
        self.join()

    def run(self):
        try:
            written = self._generate()
            ended = written[-1] in self._engine.ending_tokens
            self.new_tokens = len(written)
            self.stop_reason = "end" if ended else self._first_to_stop.reason or "length"
        except BaseException as error:
            self.error = error
        finally:
            self._streamer.on_finalized_text("", stream_end=True)  # which generate leaves out after an error

    def _generate(self) -> list[int]:
        """The tokens that the model wrote."""
        engine, seed = self._engine, self._options.seed
        step = engine.decoding.step() if seed is None else None
        with torch.random.fork_rng():
            if seed is not None:
                torch.manual_seed(seed)
            sequences = engine.model.generate(
                **self._inputs,
                **(asked_for(engine) if seed is None else {**asked_for(engine), **SAMPLING}),
                max_new_tokens=self._options.max_new_tokens,
                custom_generate=greedy(step, self._streamer) if step else None,
                streamer=self._streamer,
                stopping_criteria=StoppingCriteriaList([self._first_to_stop]),
            )
        return sequences[0, self._start :].tolist()


def criteria_of(options: GenerationOptions, decode) -> dict:
    """Why a reply is stopped before it is done, in the order in which that is asked."""
    criteria = {}
    if options.time_limit_seconds is not None:
        criteria["time"] = time_is_up(options.time_limit_seconds)
    if options.thinking_budget is not None:
        criteria["budget"] = thinking_is_over(options.thinking_budget, decode)
    return {**criteria, "loop": looping(decode)}


def asked_for(engine) -> dict:
    """What every run of `generate` is given: the likeliest token each time, and no token that is no text."""
    return {
        **GREEDY,
        "suppress_tokens": engine.forbidden_tokens,
        "eos_token_id": engine.ending_tokens,
        "pad_token_id": engine.ending_tokens[0],
        "logits_processor": LogitsProcessorList([FirstLogits()]),
    }
