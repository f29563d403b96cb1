"""The cure of a silent fault: transformers 5.3.0 to 5.24.0 place the text behind a long clip wrongly.

A token of Qwen2-VL has three positions: time, row and column. What follows a picture or a clip goes on behind
the largest of all three. The faulty versions go on behind the largest row or column only, so that with more
slices (pairs of frames) than a frame has cells along its longer side, the question lies on top of the clip.
tests/test_positions.py compares both and fails as soon as transformers is right: then this file can go.
"""

from collections.abc import Callable
from functools import wraps
from itertools import groupby


def cure(model) -> None:
    """From now on the model places text behind clips as it was trained; everything else stays as it is."""
    model.model.get_rope_index = _cured(model.model.get_rope_index)


def _cured(get_rope_index: Callable) -> Callable:
    """The model's own function, in whose result each stretch begins behind the largest position before it.

    Where it is right already, nothing is moved.
    """

    @wraps(get_rope_index)
    def cured(input_ids, mm_token_type_ids, *args, attention_mask=None, **more):
        positions, deltas = get_rope_index(
            input_ids, mm_token_type_ids, *args, attention_mask=attention_mask, **more
        )
        for row, kinds in enumerate(mm_token_type_ids.tolist()):  # 0 is text, 1 a picture, 2 a clip
            seen = (
                range(len(kinds)) if attention_mask is None else attention_mask[row].nonzero()[:, 0].tolist()
            )
            following = 0
            for _, stretch in groupby(seen, key=kinds.__getitem__):
                first, *rest = stretch
                part = positions[:, row, first : (rest[-1] if rest else first) + 1]
                part += following - part.min()
                following = int(part.max()) + 1
            deltas[row] = following - len(seen)
        return positions, deltas

    return cured
