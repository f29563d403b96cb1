"""qvq-mini's tokenizer: Qwen's own class, pre-tokenizer and special tokens, with a small vocabulary.

A word that the traces use often is one token. Everything else, above all names that have to be
copied from a picture, is spelled letter by letter, because a small model learns to copy letters.
"""

from collections import Counter

from tokenizers import Regex, pre_tokenizers
from transformers import AddedToken, Qwen2Tokenizer
from transformers.models.qwen2.tokenization_qwen2 import PRETOKENIZE_REGEX

SPECIAL_TOKENS = (
    "<|endoftext|>",
    "<|im_start|>",
    "<|im_end|>",
    "<|object_ref_start|>",
    "<|object_ref_end|>",
    "<|box_start|>",
    "<|box_end|>",
    "<|quad_start|>",
    "<|quad_end|>",
    "<|vision_start|>",
    "<|vision_end|>",
    "<|vision_pad|>",
    "<|image_pad|>",
    "<|video_pad|>",
)

# Qwen2-VL's chat template, from the published tokenizer_config.json.
CHAT_TEMPLATE = (
    "{% set image_count = namespace(value=0) %}{% set video_count = namespace(value=0) %}"
    "{% for message in messages %}"
    "{% if loop.first and message['role'] != 'system' %}"
    "<|im_start|>system\nYou are a helpful assistant.<|im_end|>\n{% endif %}"
    "<|im_start|>{{ message['role'] }}\n"
    "{% if message['content'] is string %}{{ message['content'] }}<|im_end|>\n"
    "{% else %}{% for content in message['content'] %}"
    "{% if content['type'] == 'image' or 'image' in content or 'image_url' in content %}"
    "{% set image_count.value = image_count.value + 1 %}"
    "{% if add_vision_id %}Picture {{ image_count.value }}: {% endif %}"
    "<|vision_start|><|image_pad|><|vision_end|>"
    "{% elif content['type'] == 'video' or 'video' in content %}"
    "{% set video_count.value = video_count.value + 1 %}"
    "{% if add_vision_id %}Video {{ video_count.value }}: {% endif %}"
    "<|vision_start|><|video_pad|><|vision_end|>"
    "{% elif 'text' in content %}{{ content['text'] }}{% endif %}{% endfor %}<|im_end|>\n"
    "{% endif %}{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)

_ENDING = r"\s*(?:<\|im_end\|>|<\|endoftext\|>)"
# How servers (transformers, vLLM, SGLang) part the untagged thinking of QVQ from its final part in a stream.
# The marker stays in the content, so that both together are the text as written.
RESPONSE_TEMPLATE = {
    "defaults": {"role": "assistant"},
    "start_anchor": "<|im_start|>assistant\n",
    "fields": {
        "thinking": {"close_pattern": _ENDING, "content": "text"},
        "content": {
            "open_pattern": r"(?=\*\*Final Answer\*\*|\*\*答案\*\*)",
            "close_pattern": _ENDING,
            "content": "text",
        },
    },
}


def build_tokenizer(texts: list[str], spelled: set[str], at_least: int = 30) -> Qwen2Tokenizer:
    """A tokenizer whose words are the pieces that occur `at_least` times in `texts`.

    Words in `spelled` stay in letters. Digits are always single, and any text at all can be encoded.
    """
    byte_level = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    split = pre_tokenizers.Sequence(
        [pre_tokenizers.Split(Regex(PRETOKENIZE_REGEX), behavior="isolated"), byte_level]
    )
    counts = Counter()
    for text in texts:
        counts.update(text[start:end] for _, (start, end) in split.pre_tokenize_str(text))
    merges: dict[tuple[str, str], None] = {}
    characters = sorted({character for text in texts for character in text if not character.isascii()})
    for character in characters:
        ((piece, _),) = byte_level.pre_tokenize_str(character)
        for end in range(1, len(piece)):
            merges[piece[:end], piece[end]] = None
    for original, count in counts.most_common():
        if count < at_least or any(word in original for word in spelled if len(word) > 1 or word == original):
            continue
        units = [byte_level.pre_tokenize_str(character)[0][0] for character in original]
        for end in range(1, len(units)):
            merges["".join(units[:end]), units[end]] = None
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    words = dict.fromkeys([*alphabet, *(left + right for left, right in merges)])
    tokenizer = Qwen2Tokenizer(
        vocab={word: index for index, word in enumerate(words)},
        merges=list(merges),
        chat_template=CHAT_TEMPLATE,
        response_template=RESPONSE_TEMPLATE,
        model_max_length=4096,
    )
    tokenizer.add_special_tokens(
        {
            "eos_token": "<|im_end|>",
            "pad_token": "<|endoftext|>",
            "extra_special_tokens": [
                AddedToken(token, special=True, normalized=False) for token in SPECIAL_TOKENS
            ],
        }
    )
    return tokenizer
