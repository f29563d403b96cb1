"""Training conversations, drawn afresh: a picture, a question in many wordings, and the reply that is taught.

Beside them goes what is known because the pictures are drawn by code: where every character stands.
"""

from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from random import Random

from PIL import Image

from qvq_mini import augment, families
from qvq_mini.families import TAUGHT
from qvq_mini.thinking import Asked, Piece, cut_short
from qvq_nb.cases import LANGUAGES, family_module
from qvq_nb.cases.drawing import Glyph
from qvq_nb.cases.follow_up import follow_up

WORDING_SHARE = 0.6  # of the case's own questions that are asked in other words
PARTS_SHARE = 0.65  # of these that are put together from parts
AROUND_SHARE = 0.25  # of all questions that have polite words around them
FOLLOW_UP_SHARE = 0.35
UNANSWERABLE_SHARE = 0.06
EMPTY_SHARE = 0.3  # of the unanswerable ones whose picture is empty; the others show another family
CUT_SHARE = 0.05  # of the replies whose thinking is cut, as a thinking budget does it
SYSTEM_PROMPTS = (
    "You are a helpful assistant.",
    "You are a helpful and harmless assistant. You are Qwen developed by Alibaba. "
    "You should think step-by-step.",
)
AROUND = {
    "en": (
        "Please tell me: {}",
        "I have a question about this picture. {}",
        "Look closely. {}",
        "{} Thank you!",
        "Here is a picture. {}",
        "Hi! {}",
        "Can you help me? {}",
        "I see a picture here. {}",
        "{} Think step by step.",
    ),
    "zh": (
        "请问，{}",
        "麻烦你，{}",
        "看看这张图。{}",
        "我有个问题：{}",
        "{}谢谢！",
        "你好，{}",
        "根据这张图，{}",
        "帮我看一下，{}",
        "{}请一步一步想。",
    ),
}


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


def ask(family: str, facts: dict, language: str, random: Random) -> str:
    """The family's question in one of its other wordings."""
    return random.choice(families.module(family).WORDINGS[language]).format(**_words(facts))


def compose(family: str, facts: dict, language: str, random: Random) -> str:
    """The family's question put together from parts."""
    how, what, where = (random.choice(part) for part in families.module(family).PARTS[language])
    asked = what.format(**_words(facts))
    return how.format(asked + where if language == "en" else where + asked)


def _words(facts: dict) -> dict:
    return {"model": facts.get("asked"), "x": facts.get("x")}


def surround(question: str, language: str, random: Random) -> str:
    """The same question, now and then with polite words around it."""
    return random.choice(AROUND[language]).format(question) if random.random() < AROUND_SHARE else question


def ask_further(family: str, facts: dict, language: str, random: Random) -> Asked:
    """One of the kit's follow-up questions about the same drawing."""
    asked = follow_up(family, facts, language, random)
    return Asked(asked.question, asked.kind, asked.subject)


def any_question(family: str, facts: dict, language: str, random: Random) -> Asked:
    """A follow-up question, or the case's own, which is asked in its own words, in others, or in parts."""
    if random.random() < FOLLOW_UP_SHARE:
        return ask_further(family, facts, language, random)
    if random.random() >= WORDING_SHARE:
        return Asked(family_module(family).question(facts, language))
    return Asked((compose if random.random() < PARTS_SHARE else ask)(family, facts, language, random))


def case_sample(family: str, random: Random, size: tuple[int, int] | None = None) -> Sample:
    """A fresh case with its trace as the reply; never the canonical case's values.

    Without `size` the drawing is the kit's own; with it, a picture of that many pixels in other looks.
    """
    module, values = family_module(family), families.module(family).values
    language = random.choice(LANGUAGES)
    facts = module.sample(random)
    while values(facts) == values(module.CANONICAL):
        facts = module.sample(random)
    if size is None:
        drawn = augment.own(family, facts, language, random)
    else:
        drawn = augment.other(family, facts, language, random, size)
    if random.random() < UNANSWERABLE_SHARE:
        return unanswerable_sample(family, drawn.image, language, random)
    asked = any_question(family, drawn.facts, language, random)
    question = surround(asked.question, language, random)
    pieces = families.reply(family, drawn.facts, language, asked, random, drawn.places)
    if random.random() < CUT_SHARE:
        pieces = cut_short(pieces, random)
    return Sample(drawn.image, question, pieces, drawn.places, drawn.glyphs)


def unanswerable_sample(family: str, image: Image.Image, language: str, random: Random) -> Sample:
    """A question that the picture does not answer: it is empty, or shows another family."""
    asked = family
    if random.random() < EMPTY_SHARE:
        image = Image.new("RGB", image.size, image.getpixel((0, 0)))
    else:
        asked = random.choice([other for other in TAUGHT if other != family])
    module = family_module(asked)
    facts = module.sample(random)
    questions = (
        module.question(facts, language),
        ask(asked, facts, language, random),
        compose(asked, facts, language, random),
        ask_further(asked, facts, language, random).question,
    )
    return Sample(image, random.choice(questions), [Piece(families.not_seen(asked, language))])


def sample_from(source: str, random: Random, size: tuple[int, int] | None = None) -> Sample:
    """A sample of a source: a drill, or a case family, which takes a `size` in pixels for other looks."""
    if source in TAUGHT:
        return case_sample(source, random, size)
    return import_module(f"qvq_mini.drills.{source}").sample(random)


@cache
def vocabulary_texts() -> tuple[list[str], set[str]]:
    """Texts that make the vocabulary, and the words that stay spelled: all that is copied from pictures."""
    from qvq_mini.drills.reading import QUESTION, WORDS
    from qvq_mini.families.chart import MODELS

    random = Random("vocabulary")
    texts = list(SYSTEM_PROMPTS) * 100 + ["system\n", "user\n", "assistant\n"] * 100
    for source in (*TAUGHT, "arithmetic"):
        samples = [sample_from(source, random) for _ in range(400)]
        texts += [text for sample in samples for text in (sample.question, sample.reply)]
    texts += [*QUESTION.values()] * 50 + list(WORDS)
    spelled = {
        word for name in (*MODELS, *WORDS) for word in name.replace("-", " ").replace("(", " ").split()
    }
    return texts, spelled
