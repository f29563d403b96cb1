"""A very long and low picture with one line of words: which is the k-th of them?"""

from random import Random

from qvq_nb.cases import names
from qvq_nb.cases.drawing import Canvas, Style, text_width
from qvq_nb.grading.text import Text

WIDTH, HEIGHT = 2800, 28  # pixels
MARGIN, LEAST_GAP = 14, 14  # pixels at both ends, and between two words
WORDS, TEXT_SIZE = 40, 16
EASY_PLACES = 10  # in an easy strip one of the first words is asked for


def sample(random: Random, wide: bool = False) -> dict:
    """Facts of a fresh strip of 40 words, none part of another; wide: 20 to 40, of both languages."""
    count = random.randint(20, WORDS) if wide else WORDS
    while True:
        words = []
        while len(words) < count:
            word = _word(random, wide)
            if not any(word in other or other in word for other in words):
                words.append(word)
        if _gap(words) >= LEAST_GAP:
            place = random.randint(1, count if wide else EASY_PLACES)
            return {"words": words, "place": place, "answer": words[place - 1]}


def _word(random: Random, wide: bool) -> str:
    """An everyday or an invented word without a space, in small letters."""
    kind = random.randrange(4 if wide else 3)
    if kind == 0:
        return "".join(random.sample(names.SYLLABLES, random.randint(2, 3)))
    if kind == 3:
        return random.choice(names.CHINESE_GOODS)
    return random.choice([word for word in names.ENGLISH_GOODS if " " not in word]).lower()


def _gap(words: list[str]) -> float:
    """The pixels between two words, so that they fill the strip."""
    taken = sum(text_width(word, TEXT_SIZE) for word in words)
    return (WIDTH - 2 * MARGIN - taken) / (len(words) - 1)


CANONICAL = sample(Random(3))


def draw(facts: dict, style: Style, language: str, scale: int = 1) -> Canvas:
    """The words side by side; the style's size and shift are left out, since there is no room for them."""
    canvas, x = Canvas(WIDTH, HEIGHT, style, scale), MARGIN
    for number, word in enumerate(facts["words"], start=1):
        canvas.text(x, HEIGHT / 2, word, TEXT_SIZE, key=f"word {number}")
        x += text_width(word, TEXT_SIZE) + _gap(facts["words"])
    return canvas


def question(facts: dict, language: str) -> str:
    """Asks for one word by its number from the left."""
    place = facts["place"]
    english = f"What is word number {place} in this strip, counted from the left?"
    return {"en": english, "zh": f"这张长条图里，从左数第 {place} 个词是什么？"}[language]


def target(facts: dict, language: str) -> Text:
    """The word; the other words of the strip are wrong answers."""
    others = tuple(word for word in facts["words"] if word != facts["answer"])
    return Text(facts["answer"], others=others)
