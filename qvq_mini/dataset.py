"""Training batches, drawn afresh: reading exercises, arithmetic on text alone, and the six case families.

Every sample is a conversation (picture, question, reply). Beside it goes what is known because the pictures are
drawn by code: which characters stand in which 14 × 14 patch, and where each copied character is copied from.
"""

from dataclasses import dataclass, field
from random import Random

import numpy
import torch
from PIL import Image

from qvq_mini import looks, phrasings, reading
from qvq_mini.layouts.tables import ENGLISH_ITEMS
from qvq_mini.traces import (
    COLUMN_PIXELS,
    FOUND,
    Piece,
    cut_short,
    final_answer,
    not_seen,
    product,
    product_rule,
    reply,
    search,
)
from qvq_nb.cases import FAMILIES, LANGUAGES, family_module
from qvq_nb.cases.chart import MODELS
from qvq_nb.cases.drawing import Glyph
from qvq_nb.cases.follow_up import follow_up
from qvq_nb.cases.invoice import ITEMS

PATCH, MERGE = 14, 2  # pixels per patch, patches per visual token along each side
MEAN = numpy.array(
    [0.48145466, 0.4578275, 0.40821073], dtype=numpy.float32
)  # of the Qwen2-VL image processor
DEVIATION = numpy.array([0.26862954, 0.26130258, 0.27577711], dtype=numpy.float32)
GLYPHS_PER_PATCH = 2
PHRASING_SHARE = 0.6  # of the questions that are asked in other words
FOLLOW_UP_SHARE = 0.35
UNANSWERABLE_SHARE = 0.06
CUT_SHARE = 0.05  # of the replies whose thinking is cut, as a thinking budget does it
OTHER_LOOKS_SHARE = {
    "recognition": 0.7,
    "invoice": 0.5,
    "chart": 0.65,
    "chemistry": 0.8,
    "sofa": 0.75,
    "derivative": 0.7,
}  # of a family's batches
IGNORED = -100
LENGTH_STEP = 32  # sequences are padded to multiples of this: every new shape costs time on a CPU
SYSTEM_PROMPTS = (
    "You are a helpful assistant.",
    "You are a helpful and harmless assistant. You are Qwen developed by Alibaba. You should think step-by-step.",
)


@dataclass
class Sample:
    """One conversation; `image` is None for arithmetic on text alone.

    `pieces` are the reply, `places` the glyphs of each drawn text by its key, `glyphs` all that is drawn.
    """

    image: Image.Image | None
    question: str
    pieces: list[Piece]
    places: dict[str, list[Glyph]] = field(default_factory=dict)
    glyphs: list[Glyph] = field(default_factory=list)

    @property
    def reply(self) -> str:
        """The whole reply."""
        return "".join(piece.text for piece in self.pieces)


def case_sample(family: str, random: Random, size: tuple[int, int] | None = None) -> Sample:
    """A fresh case with its trace as the reply; never the canonical case's values.

    Without `size` the drawing is the kit's own; with it, a picture of that many pixels in other looks and layouts.
    """
    module = family_module(family)
    language = random.choice(LANGUAGES)
    facts = module.sample(random)
    while values(family, facts) == values(family, module.CANONICAL):
        facts = module.sample(random)
    drawn = (
        looks.own(family, facts, language, random)
        if size is None
        else looks.other(family, facts, language, random, size)
    )
    facts = drawn.facts
    if random.random() < UNANSWERABLE_SHARE:
        return unanswerable_sample(family, drawn.image, language, random)
    asked = follow_up(family, facts, language, random) if random.random() < FOLLOW_UP_SHARE else None
    question = asked.question if asked else module.question(facts, language)
    if asked is None and random.random() < PHRASING_SHARE:
        composed = random.random() < phrasings.COMPOSED_SHARE
        question = (phrasings.compose if composed else phrasings.ask)(family, facts, language, random)
    question = phrasings.surround(question, language, random)
    columns = None
    if family == "recognition":
        columns = [
            int(drawn.places[f"bird {index}"][0].x // COLUMN_PIXELS) for index in range(len(facts["birds"]))
        ]
    pieces = reply(family, facts, language, asked, random, columns)
    if random.random() < CUT_SHARE:
        pieces = cut_short(pieces, random)
    return Sample(drawn.image, question, pieces, drawn.places, drawn.glyphs)


def unanswerable_sample(family: str, image: Image.Image, language: str, random: Random) -> Sample:
    """A question that the picture does not answer: an empty picture, or one of another family than is asked about."""
    asked = family
    if random.random() < 0.3:
        image = Image.new("RGB", image.size, image.getpixel((0, 0)))
    else:
        asked = random.choice([other for other in FAMILIES if other != family])
    module = family_module(asked)
    facts = module.sample(random)
    question = random.choice(
        (
            module.question(facts, language),
            phrasings.ask(asked, facts, language, random),
            phrasings.compose(asked, facts, language, random),
            follow_up(asked, facts, language, random).question,
        )
    )
    return Sample(image, question, [Piece(not_seen(asked, language))])


def values(family: str, facts: dict):
    """What a case's answer hangs on: a draw with the canonical case's values is never trained on."""
    if family == "recognition":
        return [bird["name"] for bird in facts["birds"]]
    if family == "invoice":
        return facts["answer"]
    if family == "chart":
        return facts["asked"], facts["answer"]
    if family == "chemistry":
        return facts["ore"], facts["anion"], facts["displacer"]
    if family == "sofa":
        return [facts[name] for name in ("long", "short", "depth", "height")]
    asked = next(row for row in facts["table"] if row["x"] == facts["x"])
    return {name: value for name, value in asked.items() if name != "x"}


def reading_sample(random: Random) -> Sample:
    """A small picture of text lines or a table of numbers, to be copied."""
    language = random.choice(LANGUAGES)
    canvas, pieces = reading.draw(random)
    return Sample(
        canvas.image(),
        {"en": "Read the text.", "zh": "读出文字。"}[language],
        pieces,
        canvas.places,
        canvas.glyphs,
    )


def arithmetic_sample(random: Random) -> Sample:
    """One of the steps that the traces need, on text alone."""
    language = random.choice(("en", "zh"))
    kind = random.choices(range(6), (2, 1, 8, 1, 3, 1))[0]
    if kind == 5:
        return lookup_sample(language, random)
    if kind == 0:
        number, digit = random.randint(2, 999), random.randint(2, 9)
        question, steps, answer = f"{number}×{digit}", product(number, digit), number * digit
    elif kind == 1:
        number, digit = random.randint(2, 40), random.randint(2, 9)
        question, answer = f"{number}×{digit}", number * digit
        steps = f"{number}×{digit}={answer}"
    elif kind == 2:
        row = [random.randint(-9, 9) for _ in range(4)]
        question = "f={} g={} f'={} g'={}".format(*row)
        lines = product_rule(*row)
        steps, answer = "\n".join(lines), lines[-1].rsplit("=", 1)[1]
    elif kind == 3:
        first = random.randint(60, 960)
        choice = (
            range(60, 990) if random.random() < 0.5 else range(first, first + 30)
        )  # close ones are the hard ones
        candidates = [
            f"{value / 10:.1f}" for value in random.sample(choice, random.choice((2, 3, 3, 4, 6, 9)))
        ]
        lowest = random.random() < 0.5
        question, answer = " ".join(candidates), (min if lowest else max)(candidates, key=float)
        steps = search(candidates, language, lowest)
        question = f"{question}: {steps.splitlines()[0]}"
    else:
        first, second = random.choice(
            (
                (random.randint(-81, 81), random.randint(-81, 81)),
                (random.randint(100, 399), random.randint(10, 199)),
                (random.randint(13, 28), -random.randint(6, 9)),
            )
        )
        question, answer = f"{first}{second:+d}", first + second
        steps = f"{question}={answer}"
    return Sample(None, question, [Piece(steps + final_answer(str(answer), language))])


def lookup_sample(language: str, random: Random) -> Sample:
    """Names in a row, and which is the third, the first …: what a trace does to find a line or a group."""
    names = random.sample([*MODELS, *ITEMS, *ENGLISH_ITEMS.values()], random.choice((2, 3, 3, 4, 5)))
    if random.random() < 0.5:  # no names at all, so that every character counts
        names = list(
            {
                "".join(
                    random.choices(
                        "ABGLMPQVegimnotw-.0123457" if random.random() < 0.5 else "".join(ITEMS),
                        k=random.randint(2, 9),
                    )
                )
                for _ in names
            }
        )
    if random.random() < 0.5:
        names[-1] = random.choice(names[:-1] or names) + random.choice("-0B")  # one that begins like another
    listed = "".join(f"{name}: {number}\n" for number, name in enumerate(names, 1))
    asked = random.sample(range(len(names)), len(names))
    steps = listed + "\n".join(f"{FOUND[language]}{names[index]}: {index + 1}" for index in asked)
    return Sample(
        None,
        " ".join([*names, *(names[index] for index in asked)]),
        [Piece(steps + final_answer(str(asked[-1] + 1), language))],
    )


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
    blocks = targets.reshape(rows // MERGE, MERGE, columns // MERGE, MERGE, GLYPHS_PER_PATCH).transpose(
        0, 2, 1, 3, 4
    )
    return blocks.reshape(-1, GLYPHS_PER_PATCH)


def copied_from(sample: Sample) -> dict[int, Glyph]:
    """For each character of the reply that is copied from the picture, by its index: the glyph that it is copied from."""
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


class Batches(torch.utils.data.IterableDataset):
    """An endless stream of batches: step `n` depends on `seed` and `n` alone, so a run can be resumed exactly.

    `schedule(step)` gives the mixture, a list of (source, weight); one batch holds one source,
    which keeps its pictures of one size and its sequences of similar length.
    """

    def __init__(
        self, tokenizer, alphabet: dict[str, int], schedule, batch_size, seed: int, first_step: int = 0
    ):
        self.tokenizer, self.alphabet, self.schedule = tokenizer, alphabet, schedule
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
        sources, weights = zip(*self.schedule(step))
        source = random.choices(sources, weights)[0]
        size = looks.any_size(random) if random.random() < OTHER_LOOKS_SHARE.get(source, 0) else None
        samples = [sample_from(source, random, size) for _ in range(self.batch_size(source))]
        return {
            "source": source,
            **self.collate(samples, numpy.random.default_rng([self.seed, step]), random),
        }

    def collate(self, samples: list[Sample], generator: numpy.random.Generator, random: Random) -> dict:
        """Tensors of one batch; all pictures of a batch have the same size."""
        rows = [self.encode(sample, random) for sample in samples]
        length = max(len(row["input_ids"]) for row in rows)
        length = -(-length // LENGTH_STEP) * LENGTH_STEP
        pad = self.tokenizer.pad_token_id
        batch = {
            "input_ids": torch.tensor(
                [row["input_ids"] + [pad] * (length - len(row["input_ids"])) for row in rows]
            ),
            "labels": torch.tensor(
                [row["labels"] + [IGNORED] * (length - len(row["labels"])) for row in rows]
            ),
            "looks": torch.tensor([row["looks"] + [IGNORED] * (length - len(row["looks"])) for row in rows]),
            "position_ids": torch.stack([_padded_positions(row["positions"], length) for row in rows], dim=1),
        }
        if samples[0].image is not None:
            images = [looks.spoil(sample.image, generator) for sample in samples]
            batch["pixel_values"] = torch.from_numpy(numpy.concatenate([patches(image) for image in images]))
            batch["glyphs"] = torch.from_numpy(
                numpy.concatenate([glyph_targets(sample, self.alphabet) for sample in samples])
            )
            grid = [1, images[0].height // PATCH, images[0].width // PATCH]
            batch["image_grid_thw"] = torch.tensor([grid] * len(images))
        return batch

    def encode(self, sample: Sample, random: Random) -> dict:
        """Token ids, labels (the reply only), where to look, and the three rows of mrope positions of one conversation."""
        content = [{"type": "text", "text": sample.question}]
        if sample.image is not None:
            content.insert(0, {"type": "image"})
        messages = [
            {"role": "system", "content": random.choice(SYSTEM_PROMPTS)},
            {"role": "user", "content": content},
        ]
        prompt = self.tokenizer.apply_chat_template(messages, add_generation_prompt=True, tokenize=False)
        encoded = self.tokenizer(
            sample.reply + "<|im_end|>", add_special_tokens=False, return_offsets_mapping=True
        )
        reply = encoded.input_ids
        before, image, after = prompt.partition("<|image_pad|>")
        ids = before_ids = self.tokenizer(before, add_special_tokens=False).input_ids
        positions = numpy.tile(numpy.arange(len(ids)), (3, 1))
        if image:
            rows, columns = sample.image.height // (PATCH * MERGE), sample.image.width // (PATCH * MERGE)
            start = len(ids)
            grid = (
                numpy.stack(
                    [
                        numpy.zeros(rows * columns, dtype=int),
                        numpy.repeat(numpy.arange(rows), columns),
                        numpy.tile(numpy.arange(columns), rows),
                    ]
                )
                + start
            )
            tail = self.tokenizer(after, add_special_tokens=False).input_ids
            rest = numpy.tile(numpy.arange(len(tail) + len(reply)) + start + max(rows, columns), (3, 1))
            ids = ids + [self.tokenizer.convert_tokens_to_ids("<|image_pad|>")] * (rows * columns) + tail
            positions = numpy.concatenate([positions, grid, rest], axis=1)
        else:
            positions = numpy.tile(numpy.arange(len(ids) + len(reply)), (3, 1))
        copied, hidden = copied_from(sample), untaught(sample)
        where, labels = [], []
        for token, (start, end) in zip(reply, encoded.offset_mapping):
            where.append(_visual_token(sample, copied, start, end, len(before_ids)))
            labels.append(IGNORED if any(index in hidden for index in range(start, end)) else token)
        return {
            "input_ids": ids + reply,
            "labels": [IGNORED] * len(ids) + labels,
            "positions": positions,
            "looks": [IGNORED] * len(ids) + where,
        }


def sample_from(source: str, random: Random, size: tuple[int, int] | None = None) -> Sample:
    """A sample of a source: "reading", "arithmetic", or a case family, which takes a `size` in pixels for other looks."""
    if source in FAMILIES:
        return case_sample(source, random, size)
    return {"reading": reading_sample, "arithmetic": arithmetic_sample}[source](random)


def _visual_token(sample: Sample, copied: dict[int, Glyph], start: int, end: int, first: int) -> int:
    """The index in the sequence of the visual token that the reply's characters from `start` to `end` are copied from."""
    glyph = next((copied[index] for index in range(start, end) if index in copied), None)
    side = PATCH * MERGE
    if glyph is None or not (0 <= glyph.x < sample.image.width and 0 <= glyph.y < sample.image.height):
        return IGNORED
    return first + int(glyph.y // side) * (sample.image.width // side) + int(glyph.x // side)


def _padded_positions(positions: numpy.ndarray, length: int) -> torch.Tensor:
    missing = length - positions.shape[1]
    return torch.from_numpy(numpy.pad(positions, ((0, 0), (0, missing)), mode="edge"))
