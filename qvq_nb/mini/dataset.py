"""Training batches, drawn afresh: reading exercises, arithmetic on text alone, and the six case families.

Every sample is a conversation (picture, question, reply). Beside it goes the glyph target: which
characters stand in which 14 × 14 patch, known because the pictures are drawn by code.
"""

from dataclasses import dataclass, field
from random import Random

import numpy
import torch
from PIL import Image

from qvq_nb.cases import FAMILIES, family_module
from qvq_nb.cases.drawing import Canvas, Glyph, random_style
from qvq_nb.mini import phrasings, reading
from qvq_nb.mini.pointing import glyphs_of_reply
from qvq_nb.mini.traces import comparisons, final_answer, not_seen, product, product_rule, trace

PATCH, MERGE = 14, 2  # pixels per patch, patches per visual token along each side
MEAN = numpy.array([0.48145466, 0.4578275, 0.40821073], dtype=numpy.float32)  # of the Qwen2-VL image processor
DEVIATION = numpy.array([0.26862954, 0.26130258, 0.27577711], dtype=numpy.float32)
GLYPHS_PER_PATCH = 2
PHRASING_SHARE = 0.5  # of the questions that are asked in other words
UNANSWERABLE_SHARE = 0.04
IGNORED = -100
LENGTH_STEP = 32  # sequences are padded to multiples of this: every new shape costs time on a CPU
SYSTEM_PROMPTS = (
    "You are a helpful assistant.",
    "You are a helpful and harmless assistant. You are Qwen developed by Alibaba. You should think step-by-step.",
)


@dataclass
class Sample:
    """One conversation; `canvas` is None for arithmetic on text alone."""

    canvas: Canvas | None
    question: str
    reply: str
    places: dict[int, Glyph] = field(default_factory=dict)  # the glyph that a character of the reply is copied from


def case_sample(family: str, random: Random) -> Sample:
    """A fresh case with its trace as the reply; never the canonical case's values."""
    module = family_module(family)
    language = random.choice(("en", "zh"))
    facts = module.sample(random)
    while values(family, facts) == values(family, module.CANONICAL):
        facts = module.sample(random)
    canvas = module.draw(facts, random_style(random), language)
    if family == "recognition":
        canvas.glyphs += reading.bird_marks(facts)
    if random.random() < UNANSWERABLE_SHARE:
        return unanswerable_sample(family, canvas, language, random)
    question = module.question(facts, language)
    if random.random() < PHRASING_SHARE:
        question = phrasings.ask(family, facts, language, random)
    reply = trace(family, facts, language)
    return Sample(canvas, question, reply, glyphs_of_reply(family, facts, language, canvas, reply))


def unanswerable_sample(family: str, canvas: Canvas, language: str, random: Random) -> Sample:
    """A question that the picture does not answer: an empty picture, or one of another family than is asked about."""
    asked = family
    if random.random() < 0.5:
        canvas = Canvas(canvas.width, canvas.height, canvas.style)
    else:
        asked = random.choice([other for other in FAMILIES if other != family])
    module = family_module(asked)
    facts = module.sample(random)
    question = random.choice((module.question(facts, language), phrasings.ask(asked, facts, language, random)))
    return Sample(canvas, question, not_seen(asked, language))


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
    language = random.choice(("en", "zh"))
    canvas, text = reading.draw(random)
    return Sample(canvas, {"en": "Read the text.", "zh": "读出文字。"}[language], text,
                  glyphs_of_reply("reading", None, language, canvas, text))


def arithmetic_sample(random: Random) -> Sample:
    """One of the steps that the traces need, on text alone."""
    language = random.choice(("en", "zh"))
    kind = random.randrange(5)
    if kind == 0:
        number, digit = random.randint(2, 999), random.randint(2, 9)
        question, reply, answer = f"{number}×{digit}", product(number, digit), number * digit
    elif kind == 1:
        number, digit = random.randint(2, 40), random.randint(2, 9)
        question, answer = f"{number}×{digit}", number * digit
        reply = f"{number}×{digit}={answer}"
    elif kind == 2:
        row = [random.randint(-9, 9) for _ in range(4)]
        question = "f={} g={} f'={} g'={}".format(*row)
        lines = product_rule(*row)
        reply, answer = "\n".join(lines), lines[-1].rsplit("=", 1)[1]
    elif kind == 3:
        candidates = [f"{value / 10:.1f}" for value in random.sample(range(60, 990), random.choice((2, 3)))]
        question, answer = " ".join(candidates), max(candidates, key=float)
        reply = "\n".join(comparisons(candidates))
    else:
        first, second = random.choice(((random.randint(-81, 81), random.randint(-81, 81)),
                                       (random.randint(100, 399), random.randint(10, 199)),
                                       (random.randint(13, 28), -random.randint(6, 9))))
        question, answer = f"{first}{second:+d}", first + second
        reply = f"{question}={answer}"
    return Sample(None, question, reply + final_answer(str(answer), language))


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


def glyph_targets(canvas: Canvas, alphabet: dict[str, int]) -> numpy.ndarray:
    """The characters centred in each patch, left to right: int64 of shape (patches, 2), 0 for none."""
    rows, columns = canvas.height // PATCH, canvas.width // PATCH
    targets = numpy.zeros((rows, columns, GLYPHS_PER_PATCH), dtype=numpy.int64)
    filled = numpy.zeros((rows, columns), dtype=numpy.int64)
    for glyph in sorted(canvas.glyphs, key=lambda glyph: glyph.x):
        row, column = int(glyph.y // PATCH), int(glyph.x // PATCH)
        if 0 <= row < rows and 0 <= column < columns and filled[row, column] < GLYPHS_PER_PATCH:
            targets[row, column, filled[row, column]] = alphabet.get(glyph.character, 0)
            filled[row, column] += 1
    blocks = targets.reshape(rows // MERGE, MERGE, columns // MERGE, MERGE, GLYPHS_PER_PATCH).transpose(0, 2, 1, 3, 4)
    return blocks.reshape(-1, GLYPHS_PER_PATCH)


def spoil(image: Image.Image, generator: numpy.random.Generator) -> Image.Image:
    """Now and then a little noise and contrast, as a camera or a screenshot adds."""
    if generator.random() < 0.6:
        return image
    pixels = numpy.asarray(image, dtype=numpy.float32)
    pixels = (pixels - 128) * generator.uniform(0.75, 1.1) + 128 + generator.uniform(-12, 12)
    pixels += generator.normal(0, generator.uniform(0, 6), pixels.shape[:2] + (1,))
    return Image.fromarray(numpy.clip(pixels, 0, 255).astype(numpy.uint8))


class Batches(torch.utils.data.IterableDataset):
    """An endless stream of batches: step `n` depends on `seed` and `n` alone, so a run can be resumed exactly.

    `schedule(step)` gives the mixture, a list of (source, weight); one batch holds one source,
    which keeps its pictures of one size and its sequences of similar length.
    """

    def __init__(self, tokenizer, alphabet: dict[str, int], schedule, batch_size, seed: int, first_step: int = 0):
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
        samples = [sample_from(source, random) for _ in range(self.batch_size(source))]
        return {"source": source, **self.collate(samples, numpy.random.default_rng([self.seed, step]), random)}

    def collate(self, samples: list[Sample], generator: numpy.random.Generator, random: Random) -> dict:
        """Tensors of one batch; all pictures of a batch have the same size."""
        rows = [self.encode(sample, random) for sample in samples]
        length = max(len(row["input_ids"]) for row in rows)
        length = -(-length // LENGTH_STEP) * LENGTH_STEP
        pad = self.tokenizer.pad_token_id
        batch = {
            "input_ids": torch.tensor([row["input_ids"] + [pad] * (length - len(row["input_ids"])) for row in rows]),
            "labels": torch.tensor([row["labels"] + [IGNORED] * (length - len(row["labels"])) for row in rows]),
            "looks": torch.tensor([row["looks"] + [IGNORED] * (length - len(row["looks"])) for row in rows]),
            "position_ids": torch.stack([_padded_positions(row["positions"], length) for row in rows], dim=1),
        }
        if samples[0].canvas is not None:
            canvases = [sample.canvas for sample in samples]
            images = [spoil(canvas.image(), generator) for canvas in canvases]
            batch["pixel_values"] = torch.from_numpy(numpy.concatenate([patches(image) for image in images]))
            batch["glyphs"] = torch.from_numpy(
                numpy.concatenate([glyph_targets(canvas, self.alphabet) for canvas in canvases]))
            grid = [1, canvases[0].height // PATCH, canvases[0].width // PATCH]
            batch["image_grid_thw"] = torch.tensor([grid] * len(canvases))
        return batch

    def encode(self, sample: Sample, random: Random) -> dict:
        """Token ids, labels (the reply only), where to look, and the three rows of mrope positions of one conversation."""
        content = [{"type": "text", "text": sample.question}]
        if sample.canvas is not None:
            content.insert(0, {"type": "image"})
        messages = [{"role": "system", "content": random.choice(SYSTEM_PROMPTS)}, {"role": "user", "content": content}]
        prompt = self.tokenizer.apply_chat_template(messages, add_generation_prompt=True, tokenize=False)
        encoded = self.tokenizer(sample.reply + "<|im_end|>", add_special_tokens=False, return_offsets_mapping=True)
        reply = encoded.input_ids
        before, image, after = prompt.partition("<|image_pad|>")
        ids = before_ids = self.tokenizer(before, add_special_tokens=False).input_ids
        positions = numpy.tile(numpy.arange(len(ids)), (3, 1))
        if image:
            rows, columns = sample.canvas.height // (PATCH * MERGE), sample.canvas.width // (PATCH * MERGE)
            start = len(ids)
            grid = numpy.stack([numpy.zeros(rows * columns, dtype=int), numpy.repeat(numpy.arange(rows), columns),
                                numpy.tile(numpy.arange(columns), rows)]) + start
            tail = self.tokenizer(after, add_special_tokens=False).input_ids
            rest = numpy.tile(numpy.arange(len(tail) + len(reply)) + start + max(rows, columns), (3, 1))
            ids = ids + [self.tokenizer.convert_tokens_to_ids("<|image_pad|>")] * (rows * columns) + tail
            positions = numpy.concatenate([positions, grid, rest], axis=1)
        else:
            positions = numpy.tile(numpy.arange(len(ids) + len(reply)), (3, 1))
        looks = [_visual_token(sample, start, end, len(before_ids)) for start, end in encoded.offset_mapping]
        return {"input_ids": ids + reply, "labels": [IGNORED] * len(ids) + reply, "positions": positions,
                "looks": [IGNORED] * len(ids) + looks}


def sample_from(source: str, random: Random) -> Sample:
    """A sample of a source: "reading", "arithmetic", or a case family."""
    if source in FAMILIES:
        return case_sample(source, random)
    return {"reading": reading_sample, "arithmetic": arithmetic_sample}[source](random)


def _visual_token(sample: Sample, start: int, end: int, first: int) -> int:
    """The index in the sequence of the visual token that the reply's characters from `start` to `end` are copied from."""
    glyph = next((sample.places[index] for index in range(start, end) if index in sample.places), None)
    if glyph is None:
        return IGNORED
    side = PATCH * MERGE
    return first + int(glyph.y // side) * (sample.canvas.width // side) + int(glyph.x // side)


def _padded_positions(positions: numpy.ndarray, length: int) -> torch.Tensor:
    missing = length - positions.shape[1]
    return torch.from_numpy(numpy.pad(positions, ((0, 0), (0, missing)), mode="edge"))
