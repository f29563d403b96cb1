"""From messages to what a Qwen2-VL model takes in, and what had to be done to media on the way."""

import math

from qvq_nb.errors import QvqError
from qvq_nb.grading.verdict import phrase
from qvq_nb.inference.engine import GenerationOptions, Message
from qvq_nb.inference.loading.chat_template import prompt
from qvq_nb.media.clip import Clip
from qvq_nb.media.resize import TOKEN_PIXELS, resized, visual_tokens

IMAGE, FRAMES = ("The image", "图片"), ("Each frame of the clip", "短片的每一帧")
SCALED = {
    "down": ("{what} was scaled down from {before} to {after} pixels to keep within {maximum} visual tokens; "
             "small print may be lost.",
             "{what}从 {before} 缩小到 {after} 像素，以免超过 {maximum} 个视觉 token；小字可能看不清。"),
    "too long": ("{what} was scaled down from {before} to {after} pixels and still takes {taken} visual "
                 "tokens, as it is so long; small print may be lost.",
                 "{what}从 {before} 缩小到 {after} 像素，但因为太长，仍要 {taken} 个视觉 token；"
                 "小字可能看不清。"),
    "up": ("{what} was scaled up from {before} to {after} pixels to give at least {minimum} visual tokens; "
           "that adds no detail.",
           "{what}从 {before} 放大到 {after} 像素，使视觉 token 不少于 {minimum} 个；细节不会因此增多。"),
}  # fmt: skip


def prepare(processor, config, messages: list[Message], options: GenerationOptions) -> tuple[dict, tuple]:
    """The tensors for `generate`, and notes on the media. QvqError where the model has no room for them."""
    images = [image for message in messages for image in message.images]
    clips = [clip for message in messages for clip in message.clips]
    text = prompt(processor, turns(messages))
    own_size = processor.image_processor.size
    minimum, maximum = options.visual_tokens or (
        own_size["shortest_edge"] // TOKEN_PIXELS,
        own_size["longest_edge"] // TOKEN_PIXELS,
    )
    # The budget goes into the call: given to from_pretrained it would silently be ignored. Frames go in as
    # they are: qwen-vl-utils would distort them, and a limit on the whole clip was kept when it was made.
    size = {"shortest_edge": minimum * TOKEN_PIXELS, "longest_edge": maximum * TOKEN_PIXELS}
    room = config.get_text_config().max_position_embeddings
    _check_room(sum(visual_tokens(*image.size, minimum, maximum) for image in images), room)
    tensors = processor(
        text=[text],
        images=images or None,
        videos=[list(clip.frames) for clip in clips] or None,
        images_kwargs={"size": size},
        videos_kwargs={"size": size, "do_sample_frames": False, "cap_pixels_per_frame": False},
        return_tensors="pt",
    )
    _check_room(tensors["input_ids"].shape[1], room)
    notes = (scaling_note(medium, minimum, maximum, messages[-1].language) for medium in (*images, *clips))
    return tensors, tuple(note for note in notes if note)


def turns(messages: list[Message]) -> list[dict]:
    """Messages as a chat template takes them."""
    return [{"role": message.role, "content": [*map(_as_in_template, message.parts)]} for message in messages]


def continued(tensors: dict, begun: list[int]) -> dict:
    """The tensors with the tokens of a reply that has begun behind those of the prompt."""
    import torch

    begun = torch.tensor([begun])
    ones, zeros = torch.ones_like(begun), torch.zeros_like(begun)
    for name, more in (("input_ids", begun), ("attention_mask", ones), ("mm_token_type_ids", zeros)):
        if name in tensors:
            tensors[name] = torch.cat([tensors[name], more], dim=1)
    return tensors


def _check_room(taken: int, room: int) -> None:
    """Also asked before a picture is enlarged: it might not fit into memory."""
    if taken >= room:
        raise QvqError(
            f"Question and image take {taken:,} tokens, and this model has room for {room:,}; "
            "give a smaller visual_tokens=(minimum, maximum) or a shorter question."
        )


def scaling_note(medium, minimum: int, maximum: int, language: str = "en") -> str | None:
    """What the budget did to an image or a clip; None where it was only rounded to whole visual tokens."""
    size, seen = medium.size, resized(*medium.size, minimum, maximum)
    unbounded, taken = visual_tokens(*size, 1, math.inf), visual_tokens(*size, minimum, maximum)
    if minimum <= unbounded <= maximum:
        return None
    change = "up" if unbounded < minimum else "too long" if taken > maximum else "down"
    words = {"before": f"{size[0]}×{size[1]}", "after": f"{seen[0]}×{seen[1]}", "taken": taken}
    words["what"] = phrase(FRAMES if isinstance(medium, Clip) else IMAGE, language)
    return phrase(SCALED[change], language, **words, minimum=minimum, maximum=maximum)


def _as_in_template(part) -> dict:
    if isinstance(part, str):
        return {"type": "text", "text": part}
    return {"type": "video" if isinstance(part, Clip) else "image"}
