"""The greedy loop around a hand-written decoder step; it takes the place of the one inside `generate`."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

import torch
from threadpoolctl import ThreadpoolController

from qvq_nb.inference.local.small_step import SmallStep


def greedy(step: SmallStep, streamer=None):
    """The loop as `generate(custom_generate=…)` takes it, which hands on all but the streamer."""
    return partial(_greedy, step, streamer)


@torch.inference_mode()
def _greedy(
    step: SmallStep,
    streamer,
    model,
    input_ids: torch.Tensor,
    logits_processor,
    stopping_criteria,
    generation_config,
    **model_inputs,
) -> torch.Tensor:
    """Prompts with their replies (B, tokens), padded behind their end: what `generate` gives.

    `input_ids` (B, n) are the prompts, padded on the left. As soon as half of the replies in the step are
    done, they are left out of it.
    """
    inputs = model.prepare_inputs_for_generation(input_ids, is_first_iteration=True, **model_inputs)
    result = model(**inputs, return_dict=True)
    (rows, start), room = input_ids.shape, generation_config.max_length
    padding = generation_config.pad_token_id
    # Height, width and time of each token come last; before them stands its place in the text.
    ahead = model_inputs["position_ids"][-3:].amax((0, 2)) + 1 - start
    seen = step.begin(result.past_key_values, room, ahead, model_inputs.get("attention_mask"))
    written = torch.full((rows, room), padding)
    written[:, :start] = input_ids
    scores, active = result.logits[:, -1].float(), torch.arange(rows)
    is_done = torch.zeros(rows, dtype=torch.bool)
    with one_thread():
        for end in range(start + 1, room + 1):
            for process in logits_processor:
                scores = process(written[active, : end - 1], scores)
            tokens = scores.argmax(-1)
            written[active, end - 1] = tokens.masked_fill(is_done[active], padding)
            if streamer is not None:
                streamer.put(written[:, end - 1])
            for criterion in stopping_criteria:
                is_done |= criterion(written[:, :end], None)
            if is_done.all():
                break
            goes_on = ~is_done[active]
            if 2 * goes_on.sum() <= len(active):
                seen.keep(goes_on)
                tokens, active = tokens[goes_on], active[goes_on]
            scores = step(tokens, seen)
    if streamer is not None:
        streamer.end()
    return written[:, :end]


_lock = threading.Lock()
_inside, _before = 0, None
_products = ThreadpoolController().select(user_api="blas")  # numpy's


@contextmanager
def one_thread() -> Iterator[None]:
    """torch and numpy compute on one thread in here: for so little work several only wait for each other.

    The setting belongs to the thread that calls this, but for the matrix products, whose setting all share:
    it is put back when the last one leaves.
    """
    global _inside, _before
    with _lock:
        _before = _before if _inside else (torch.get_num_threads(), _products.limit(limits=1))
        _inside += 1
        torch.set_num_threads(1)
    try:
        yield
    finally:
        with _lock:
            _inside -= 1
            if not _inside:
                threads, limit = _before
                torch.set_num_threads(threads)
                limit.restore_original_limits()
