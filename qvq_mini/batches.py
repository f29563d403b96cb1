"""Training batches: what the model is shown is what the real processor shows it, in tensors.

Beside the tokens go the characters in each 14 × 14 patch, and the visual token that each copied character is
copied from.
"""

from random import Random

import numpy
import torch
from PIL import Image

from qvq_mini import augment, families
from qvq_mini.characters import CHARACTERS
from qvq_mini.families import TAUGHT
from qvq_mini.samples import SYSTEM_PROMPTS, Sample, sample_from
from qvq_nb.cases.drawing import Glyph

PATCH, MERGE = 14, 2  # pixels per patch, patches per visual token along each side
MEAN = numpy.array([0.48145466, 0.4578275, 0.40821073], numpy.float32)  # of the Qwen2-VL image processor
DEVIATION = numpy.array([0.26862954, 0.26130258, 0.27577711], numpy.float32)
GLYPHS_PER_PATCH = 2
IGNORED = -100
LENGTH_STEP = 32  # sequences are padded to multiples of this: every new shape costs time on a CPU


def patches(image: Image.Image) -> numpy.ndarray:
    """What the Qwen2-VL image processor makes of an image whose sides are multiples of 28.

    Returns float32 of shape (patches, 3 * 2 * 14 * 14); the four patches of a visual token stand together.
    """
    pixels = (numpy.asarray(image, dtype=numpy.float32) / 255 - MEAN) / DEVIATION
    height, width, _ = pixels.shape
    rows, columns, token = height // (PATCH * MERGE), width // (PATCH * MERGE), MERGE
    blocks = pixels.reshape(rows, token, PATCH, columns, token, PATCH, 3).transpose(0, 3, 1, 4, 6, 2, 5)
    blocks = blocks.reshape(rows * columns * token * token, 3, 1, PATCH, PATCH)
    return numpy.repeat(blocks, 2, axis=2).reshape(len(blocks), -1)


def glyph_alphabet() -> dict[str, int]:
    """A class for each character that can be drawn, and for each kind of bird; 0 is no character."""
    from qvq_nb.cases.scenes.recognition import OTHERS

    characters = {chr(code) for code in range(33, 127)} | set(CHARACTERS)
    return {name: index for index, name in enumerate([*sorted(characters), "pelican", *OTHERS], 1)}


def glyph_targets(sample: Sample, alphabet: dict[str, int]) -> numpy.ndarray:
    """The characters centred in each patch, left to right: int64 of shape (patches, 2), 0 for none."""
    rows, columns = sample.image.height // PATCH, sample.image.width // PATCH
    targets = numpy.zeros((rows, columns, GLYPHS_PER_PATCH), dtype=numpy.int64)
    filled = numpy.zeros((rows, columns), dtype=numpy.int64)
    for glyph in sorted(sample.glyphs, key=lambda glyph: glyph.x):
        row, column = int(glyph.y // PATCH), int(glyph.x // PATCH)
        if 0 <= row < rows and 0 <= column < columns and filled[row, column] < GLYPHS_PER_PATCH:
            targets[row, column, filled[row, column]] = alphabet.get(glyph.character, 0)
            filled[row, column] += 1
    blocks = targets.reshape(rows // MERGE, MERGE, columns // MERGE, MERGE, GLYPHS_PER_PATCH)
    return blocks.transpose(0, 2, 1, 3, 4).reshape(-1, GLYPHS_PER_PATCH)


def copied_from(sample: Sample) -> dict[int, Glyph]:
    """The glyph that a character of the reply is copied from, by the character's index."""
    found, start = {}, 0
    for piece in sample.pieces:
        glyphs = [glyph for glyph in sample.places.get(piece.key, ()) if glyph.character != ","]
        if glyphs and piece.taught:
            if len(glyphs[0].character) > 1:  # a bird
                found |= {start + index: glyphs[0] for index in range(len(piece.text))}
            else:
                drawn = "".join(glyph.character for glyph in glyphs).replace("−", "-").replace("′", "'")
                visible = [index for index, character in enumerate(piece.text) if character != " "]
                first = drawn.find("".join(piece.text[index] for index in visible))
                if first >= 0:
                    found |= {start + index: glyphs[first + place] for place, index in enumerate(visible)}
        start += len(piece.text)
    return found


def untaught(sample: Sample) -> set[int]:
    """The indices of the reply's characters that the model reads but never learns, such as slips."""
    found, start = set(), 0
    for piece in sample.pieces:
        if not piece.taught:
            found |= set(range(start, start + len(piece.text)))
        start += len(piece.text)
    return found


def visual_token(sample: Sample, glyph: Glyph | None) -> int | None:
    """The visual token in which a glyph stands, counted along the rows; None where it is cut off."""
    side = PATCH * MERGE
    if glyph is None or not (0 <= glyph.x < sample.image.width and 0 <= glyph.y < sample.image.height):
        return None
    return int(glyph.y // side) * (sample.image.width // side) + int(glyph.x // side)


def encode(sample: Sample, tokenizer, random: Random) -> dict:
    """Token ids, labels (the reply only), where to look, and the three rows of mrope positions."""
    content = [{"type": "text", "text": sample.question}]
    if sample.image is not None:
        content.insert(0, {"type": "image"})
    messages = [
        {"role": "system", "content": random.choice(SYSTEM_PROMPTS)},
        {"role": "user", "content": content},
    ]
    prompt = tokenizer.apply_chat_template(messages, add_generation_prompt=True, tokenize=False)
    before, image, after = prompt.partition("<|image_pad|>")
    head, tail = (tokenizer(text, add_special_tokens=False).input_ids for text in (before, after))
    reply = tokenizer(sample.reply + "<|im_end|>", add_special_tokens=False, return_offsets_mapping=True)
    rows, columns = _token_grid(sample.image) if image else (0, 0)
    pad = tokenizer.convert_tokens_to_ids("<|image_pad|>")
    prompt_ids = [*head, *[pad] * (rows * columns), *tail]
    copied, hidden = copied_from(sample), untaught(sample)
    looks, labels = [], []
    for token, (start, end) in zip(reply.input_ids, reply.offset_mapping):
        glyph = next((copied[index] for index in range(start, end) if index in copied), None)
        place = visual_token(sample, glyph)
        looks.append(IGNORED if place is None else len(head) + place)
        labels.append(IGNORED if any(index in hidden for index in range(start, end)) else token)
    return {
        "input_ids": prompt_ids + reply.input_ids,
        "labels": [IGNORED] * len(prompt_ids) + labels,
        "positions": _positions(len(head), rows, columns, len(tail) + len(reply.input_ids)),
        "looks": [IGNORED] * len(prompt_ids) + looks,
    }


def _token_grid(image: Image.Image) -> tuple[int, int]:
    """Rows and columns of visual tokens."""
    return image.height // (PATCH * MERGE), image.width // (PATCH * MERGE)


def _positions(before: int, rows: int, columns: int, after: int) -> numpy.ndarray:
    """mrope positions (time, row, column) of a text, a picture of rows × columns tokens, and a text."""
    grid = numpy.stack([
        numpy.zeros(rows * columns, dtype=int),
        numpy.repeat(numpy.arange(rows), columns),
        numpy.tile(numpy.arange(columns), rows),
    ])  # fmt: skip
    head, tail = (numpy.tile(numpy.arange(length), (3, 1)) for length in (before, after))
    return numpy.concatenate([head, grid + before, tail + before + max(rows, columns)], axis=1)


class Batches(torch.utils.data.IterableDataset):
    """An endless stream of batches: step `n` depends on `seed` and `n` alone, so that a run can be resumed.

    `mixture(step)` is a list of (source, weight), `batch_size(source)` the samples of a batch. A batch holds
    one source, which keeps its pictures of one size and its sequences of similar length.
    """

    def __init__(
        self, tokenizer, alphabet: dict[str, int], mixture, batch_size, seed: int, first_step: int = 0
    ):
        self.tokenizer, self.alphabet, self.mixture = tokenizer, alphabet, mixture
        self.batch_size, self.seed, self.first_step = batch_size, seed, first_step

    def __iter__(self):
        worker = torch.utils.data.get_worker_info()
        step, stride = self.first_step, 1
        if worker:
            step, stride = step + worker.id, worker.num_workers
        while True:
            yield self.batch(step)
            step += stride

    def batch(self, step: int) -> dict:
        """The batch of one step."""
        random = Random(f"{self.seed}-{step}")
        sources, weights = zip(*self.mixture(step))
        source = random.choices(sources, weights)[0]
        other_looks = families.module(source).OTHER_LOOKS_SHARE if source in TAUGHT else 0
        size = augment.any_size(random) if random.random() < other_looks else None
        samples = [sample_from(source, random, size) for _ in range(self.batch_size(source))]
        generator = numpy.random.default_rng([self.seed, step])
        return {"source": source, **self.collate(samples, generator, random)}

    def collate(self, samples: list[Sample], generator: numpy.random.Generator, random: Random) -> dict:
        """Tensors of one batch; all pictures of a batch have the same size."""
        rows = [encode(sample, self.tokenizer, random) for sample in samples]
        longest = max(len(row["input_ids"]) for row in rows)
        length = -(-longest // LENGTH_STEP) * LENGTH_STEP
        fillings = {"input_ids": self.tokenizer.pad_token_id, "labels": IGNORED, "looks": IGNORED}
        batch = {
            name: torch.tensor([row[name] + [filling] * (length - len(row[name])) for row in rows])
            for name, filling in fillings.items()
        }
        padded = [
            numpy.pad(row["positions"], ((0, 0), (0, length - len(row["input_ids"]))), mode="edge")
            for row in rows
        ]
        batch["position_ids"] = torch.from_numpy(numpy.stack(padded, axis=1))
        if samples[0].image is not None:
            images = [augment.spoil(sample.image, generator) for sample in samples]
            glyphs = [glyph_targets(sample, self.alphabet) for sample in samples]
            batch["pixel_values"] = torch.from_numpy(numpy.concatenate([*map(patches, images)]))
            batch["glyphs"] = torch.from_numpy(numpy.concatenate(glyphs))
            grid = [1, images[0].height // PATCH, images[0].width // PATCH]
            batch["image_grid_thw"] = torch.tensor([grid] * len(images))
        return batch
