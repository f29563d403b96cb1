"""Arithmetic on text alone: one of the steps that the families' thinking needs."""

from random import Random

from qvq_mini.families.chart import MODELS
from qvq_mini.families.invoice import ENGLISH_ITEMS, ITEMS
from qvq_mini.samples import Sample
from qvq_mini.thinking import FOUND, Piece, final_answer, product, product_rule, search
from qvq_nb.cases import LANGUAGES


def sample(random: Random) -> Sample:
    """Any of the steps."""
    language = random.choice(LANGUAGES)
    kinds = {long_product: 2, short_product: 1, rule: 8, comparison: 1, total: 3, lookup: 1}
    return random.choices(list(kinds), list(kinds.values()))[0](language, random)


def _sample(question: str, steps: str, answer, language: str) -> Sample:
    return Sample(None, question, [Piece(steps + final_answer(str(answer), language))])


def long_product(language: str, random: Random) -> Sample:
    """A number of up to three digits times one digit, with the carry."""
    number, digit = random.randint(2, 999), random.randint(2, 9)
    return _sample(f"{number}×{digit}", product(number, digit), number * digit, language)


def short_product(language: str, random: Random) -> Sample:
    """A product of the times table and a little beyond."""
    number, digit = random.randint(2, 40), random.randint(2, 9)
    return _sample(f"{number}×{digit}", f"{number}×{digit}={number * digit}", number * digit, language)


def rule(language: str, random: Random) -> Sample:
    """The product rule on one row of a table."""
    row = [random.randint(-9, 9) for _ in range(4)]
    lines = product_rule(*row)
    question = "f={} g={} f'={} g'={}".format(*row)
    return _sample(question, "\n".join(lines), lines[-1].rsplit("=", 1)[1], language)


def comparison(language: str, random: Random) -> Sample:
    """The highest or the lowest of two to nine numbers; close ones are the hard ones."""
    first = random.randint(60, 960)
    choice = range(60, 990) if random.random() < 0.5 else range(first, first + 30)
    values = [f"{value / 10:.1f}" for value in random.sample(choice, random.choice((2, 3, 3, 4, 6, 9)))]
    lowest = random.random() < 0.5
    steps = search(values, language, lowest)
    answer = (min if lowest else max)(values, key=float)
    return _sample(f"{' '.join(values)}: {steps.splitlines()[0]}", steps, answer, language)


def total(language: str, random: Random) -> Sample:
    """A sum or a difference, as derivatives and sofas need them."""
    first, second = random.choice(
        (
            (random.randint(-81, 81), random.randint(-81, 81)),
            (random.randint(100, 399), random.randint(10, 199)),
            (random.randint(13, 28), -random.randint(6, 9)),
        )
    )
    question = f"{first}{second:+d}"
    return _sample(question, f"{question}={first + second}", first + second, language)


def lookup(language: str, random: Random) -> Sample:
    """Names in a row, and which is the third, the first …: what a trace does to find a line or a group."""
    names = random.sample([*MODELS, *ITEMS, *ENGLISH_ITEMS.values()], random.choice((2, 3, 3, 4, 5)))
    if random.random() < 0.5:  # no names at all, so that every character counts
        names = list(dict.fromkeys(_invented_name(random) for _ in names))
    if random.random() < 0.5:
        names[-1] = random.choice(names[:-1] or names) + random.choice("-0B")  # one that begins like another
    listed = "".join(f"{name}: {number}\n" for number, name in enumerate(names, 1))
    asked = random.sample(range(len(names)), len(names))
    steps = listed + "\n".join(f"{FOUND[language]}{names[index]}: {index + 1}" for index in asked)
    question = " ".join([*names, *(names[index] for index in asked)])
    return _sample(question, steps, asked[-1] + 1, language)


def _invented_name(random: Random) -> str:
    letters = "ABGLMPQVegimnotw-.0123457" if random.random() < 0.5 else "".join(ITEMS)
    return "".join(random.choices(letters, k=random.randint(2, 9)))
