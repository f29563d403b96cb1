"""From tokens to text and back, with the marks for places in a picture kept.

Qwen2-VL writes where something is between special tokens: <|box_start|>(120,80),(400,310)<|box_end|>.
`skip_special_tokens` would drop these with all the others.
"""

import re
from collections.abc import Iterable

from qvq_nb.media.boxes import MARKS

MARK = re.compile("(" + "|".join(map(re.escape, MARKS)) + ")")


class TextDecoder:
    """Turns tokens into text for a streamer or a criterion: control tokens are left out, marks are kept."""

    def __init__(self, tokenizer):
        self.tokenizer = tokenizer
        self.marks = {tokenizer.convert_tokens_to_ids(mark) for mark in MARKS} & set(
            tokenizer.all_special_ids
        )
        self._hidden = set(tokenizer.all_special_ids) - self.marks
        # A streamer asks after every token, and what transformers wraps around this takes most of the time.
        self._decode = tokenizer.backend_tokenizer.decode

    def decode(self, tokens: Iterable[int], **_) -> str:
        """The text of tokens, numbers or a tensor of them."""
        shown = [token for token in map(int, tokens) if token not in self._hidden]
        return self._decode(shown, skip_special_tokens=False)

    def encode(self, text: str) -> list[int]:
        """The tokens of what a model wrote: its marks as marks, everything else as text, even where it looks
        like a control token."""
        tokens = []
        for part in filter(None, MARK.split(text)):
            mark = self.tokenizer.convert_tokens_to_ids(part) if part in MARKS else None
            plain = {"add_special_tokens": False, "split_special_tokens": True}
            tokens += [mark] if mark in self.marks else self.tokenizer(part, **plain).input_ids
        return tokens
