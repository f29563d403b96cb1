"""Several questions answered at once: their prompts side by side, each reply with its own end."""

import torch
from transformers import StoppingCriteriaList

from qvq_nb.inference.engine import GenerationOptions, Usage
from qvq_nb.inference.local.generation import asked_for, criteria_of
from qvq_nb.inference.local.greedy import greedy
from qvq_nb.inference.local.stopping import EachReply, FirstToStop

BESIDE_THE_TOKENS = {"attention_mask": 0, "mm_token_type_ids": 0}  # one number per token; 0 for padding


def replies(engine, prompts: list[dict], options: GenerationOptions) -> list[tuple[list[int], str]]:
    """The tokens of each reply and why it stopped. One prompt is what `prepare` gives for one question."""
    inputs = side_by_side(prompts, engine.ending_tokens[0])
    start = inputs["input_ids"].shape[1]
    stops = [FirstToStop(start, criteria_of(options, engine.decoder.decode)) for _ in prompts]
    each = EachReply(start, stops, engine.ending_tokens)
    step = engine.decoding.step(len(prompts))
    sequences = engine.model.generate(
        **inputs,
        **asked_for(engine),
        max_new_tokens=options.max_new_tokens,
        custom_generate=greedy(step) if step else None,
        stopping_criteria=StoppingCriteriaList([each]),
    )
    written = [row[: each.lengths[number]] for number, row in enumerate(sequences[:, start:].tolist())]
    return [
        (tokens, "end" if tokens[-1] in engine.ending_tokens else stop.reason or "length")
        for tokens, stop in zip(written, stops)
    ]


def side_by_side(prompts: list[dict], padding: int) -> dict:
    """The tensors of several prompts as those of one batch, the shorter prompts padded on the left."""
    longest = max(prompt["input_ids"].shape[1] for prompt in prompts)
    fill = {"input_ids": padding, **BESIDE_THE_TOKENS}

    def together(name):
        tensors = [prompt[name] for prompt in prompts]
        if name in fill:
            tensors = [
                torch.nn.functional.pad(one, (longest - one.shape[1], 0), value=fill[name]) for one in tensors
            ]
        return torch.cat(tensors)

    return {name: together(name) for name in prompts[0]}


def text_and_usage(engine, prompt, tokens, stop_reason, notes) -> tuple[str, Usage]:
    """One reply as text, and what is known of it."""
    asked = prompt["input_ids"]
    visual_tokens = int((asked == engine.model.config.image_token_id).sum())
    usage = Usage(stop_reason, asked.shape[1], visual_tokens, len(tokens), notes)
    return engine.decoder.decode(tokens), usage
