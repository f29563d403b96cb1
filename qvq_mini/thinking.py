"""What a reply is made of: pieces, a writer that reads twice, and arithmetic in steps for a small model.

Each step asks little: names are copied before they are used, every number is repeated right before it is
needed, comparisons go pairwise, products digit by digit with the carry. What matters is read a second time.
In some replies the first reading is spoilt on purpose; the model is never taught to write such a slip, only
to see it and to go on with the second reading.
"""

from random import Random
from typing import NamedTuple

from qvq_nb.trace import FINAL_OPENINGS

SLIP_SHARE = 0.3
FOUND = {"en": "So I read ", "zh": "要读的是"}


class Piece(NamedTuple):
    """A part of a reply: its text, the key of the drawn text that it is copied from, whether it is taught.

    What is not taught is read by the model, as the beginning of its own reply, and never learned.
    """

    text: str
    key: str | None = None
    taught: bool = True


class Asked(NamedTuple):
    """A question, and of one that is not the case's own its kind and what it is about."""

    question: str
    kind: str | None = None
    subject: dict = {}


class Writer:
    """Writes the thinking about one drawing; a family's `think` calls it and returns the answer.

    `places` are the glyphs of each drawn text by its key, where the picture is not the case's own. Only with
    a `random` are there slips.
    """

    def __init__(
        self,
        facts: dict,
        language: str,
        asked: Asked | None = None,
        random: Random | None = None,
        places: dict | None = None,
    ):
        self.facts, self.language, self.random, self.places = facts, language, random, places
        self.kind, self.subject = (asked.kind, asked.subject) if asked else (None, {})
        self.chinese = language == "zh"
        self.stop = "。" if self.chinese else "."
        self.pieces: list[Piece] = []

    def say(self, english: str, chinese: str | None = None) -> None:
        """Words of the model's own."""
        self.pieces.append(Piece(chinese if self.chinese and chinese is not None else english))

    def wanted(self, english: str, chinese: str) -> None:
        """Says first what is asked for: the later steps hang on these few words, not on the question."""
        self.say(f"The question is about {english}.\n", f"问的是{chinese}。\n")

    def find(self, names: list[str], wanted: int, key: str) -> None:
        """Numbers the names of the drawing and looks up the one that is asked for."""
        for index, name in enumerate(names):
            self.read([Piece(name, f"{key} {index}"), Piece(f": {index + 1}\n")])
        self.say(FOUND[self.language])
        self.read([Piece(names[wanted], f"{key} {wanted}"), Piece(f": {wanted + 1}\n")])

    def read(self, pieces: list[Piece]) -> None:
        """A first reading."""
        self.pieces += pieces

    def slips(self) -> bool:
        """Whether the first reading is to be spoilt."""
        return self.random is not None and self.random.random() < SLIP_SHARE

    def check(self, first: list[Piece], again: list[Piece], misread=None) -> None:
        """Reads `again` what matters; now and then one of the `first` is spoilt by `misread`."""
        slipped = False
        if self.slips():
            keys = {piece.key for piece in again if piece.key}
            places = [
                index
                for index, piece in enumerate(self.pieces)
                if piece.key in keys and any(piece is one for one in first)
            ]
            index = self.random.choice(places)
            wrong = (misread or self._another_number)(self.pieces[index])
            slipped = wrong != self.pieces[index].text
            self.pieces[index] = self.pieces[index]._replace(text=wrong, taught=not slipped)
        self.pieces += [*again, Piece(self.stop)]
        if slipped:
            self.say(" I misread that before.\n", "刚才读错了。\n")
        else:
            self.say(" That agrees.\n", "一致。\n")

    def _another_number(self, piece: Piece) -> str:
        """Another digit, as an eye takes one for another; or another number of its kind from the drawing."""
        others = [
            other.text
            for other in self.pieces
            if other.key and other.key.split()[0] == piece.key.split()[0] and other.text != piece.text
        ]
        if others and self.random.random() < 0.4:
            return self.random.choice(others)
        place = self.random.choice([index for index, letter in enumerate(piece.text) if letter.isdigit()])
        return piece.text[:place] + self.random.choice("0123456789") + piece.text[place + 1 :]


def spaced(pieces: list[Piece], joint: str = " ") -> list[Piece]:
    """The pieces with a `joint` between any two."""
    return [part for piece in pieces for part in (Piece(joint), piece)][1:]


def final_answer(answer: str, language: str) -> str:
    """The closing lines: QVQ writes `**Final Answer**` in English and `**答案**` in Chinese."""
    return f"{FINAL_OPENINGS[language]}{answer}}} $$"


def cut_short(pieces: list[Piece], random: Random) -> list[Piece]:
    """The same reply with its thinking cut anywhere and given: only the final answer is taught."""
    *thinking, final = pieces
    left = random.randint(0, sum(len(piece.text) for piece in thinking))
    kept = []
    for piece in thinking:
        kept.append(Piece(piece.text[:left], taught=False))
        left = max(left - len(piece.text), 0)
    return [piece for piece in kept if piece.text] + [final]


def search(values: list[str], language: str, lowest: bool = False) -> str:
    """Asks for the highest or the lowest of `values`, and finds it."""
    wanted = {
        "en": f"Which is the {'lowest' if lowest else 'highest'}?",
        "zh": f"哪个{'最低' if lowest else '最高'}？",
    }[language]
    return "\n".join([wanted, *comparisons(values, lowest)])


def comparisons(values: list[str], lowest: bool = False) -> list[str]:
    """Finds the highest (or lowest) of `values`: the better of a pair is named and meets the next value."""
    best, lines = values[0], []
    for value in values[1:]:
        sign = "=" if float(best) == float(value) else ">" if float(best) > float(value) else "<"
        better = (min if lowest else max)(best, value, key=float)
        lines.append(f"{best}{sign}{value}: {better}")
        best = better
    return lines


def product(number: int, digit: int) -> str:
    """`number` × `digit` from the last digit on, with the carry: "351×9: 9; 45+0=45; 27+4=31; 3159"."""
    steps, carry = [], 0
    for character in reversed(str(number)):
        partial = int(character) * digit
        total = partial + carry
        steps.append(f"{partial}+{carry}={total}" if steps else f"{total}")
        carry = total // 10
    return f"{number}×{digit}: {'; '.join(steps)}; {number * digit}"


def product_rule(f: int, g: int, f_prime: int, g_prime: int) -> list[str]:
    """The three lines of arithmetic behind h' = f'g + fg'."""
    first, second = f_prime * g, f * g_prime
    return [
        f"f'g={f_prime}·{g}={first}",
        f"fg'={f}·{g_prime}={second}",
        f"{first}{second:+d}={first + second}",
    ]
