"""Which option a reply chooses: by its letter, by its text, by its value, or by the nearest text."""

import re
import unicodedata
from collections.abc import Callable

from qvq_nb.evaluation.scoring.latex import cleaned
from qvq_nb.evaluation.scoring.numbers import stated_formula
from qvq_nb.evaluation.scoring.stated import Stated, first_sentence, sentences
from qvq_nb.evaluation.scoring.text_metrics import edit_distance
from qvq_nb.evaluation.scoring.units import without_unit

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
WITHOUT_OPTIONS = 10  # letters that may be meant where the options are not known
LONGEST = 600  # characters of a piece in which an option is looked for
_LABEL = re.compile(
    r"""^\W*(?:(?:the\s+)?(?:correct\s+)?(?:option|choice|answer|letter)\b(?:\s+(?:is|are)\b)?\W*|(?:选项|选择|选|答案)(?:是|为)?\W*)*
        (?P<letter>[A-Za-z])(?P<after>\W*)(?![A-Za-z0-9])""",
    re.IGNORECASE | re.VERBOSE,
)
_BRACKETED = re.compile(r"[(（\[]\s*([A-Za-z])\s*[)）\]]")
_BARE = re.compile(r"(?<![A-Za-z0-9\\^_'’])([A-Z])(?![A-Za-z0-9'’^_=(])")
_SEVERAL = re.compile(r"\W*[A-Z](?:\W+(?:and\b|or\b|和|或)?\W*[A-Z])+\W*")
_NAMED = re.compile(
    r"(?:option|choice|answer|letter|选项|选择|应选|选|答案)\W{0,3}(?:is|are|是|为)?\W{0,4}$", re.IGNORECASE
)
_SAYS_YES_OR_NO = re.compile(r"\W*(yes|no|true|false|是|否|对|错|不)(?![a-z])", re.IGNORECASE)


class Options:
    """The texts of the options A, B, …; empty where only their letters are known."""

    def __init__(self, choices):
        self.texts = [str(choice) for choice in choices or ()]
        self.letters = LETTERS[: len(self.texts) or WITHOUT_OPTIONS]
        self.plain = [_letters_only(text) for text in self.texts]

    def letter_of(self, gold: str) -> str | None:
        """The letter that a true answer means: "B", "(B)" or the option's text; None of anything else."""
        bare = re.sub(r"[\W_]", "", gold).upper()
        if len(bare) == 1 and bare in self.letters:
            return bare
        return self.named(gold)

    def named(self, text: str) -> str | None:
        """The letter of the option whose text this is, but for spaces, signs of TeX and capitals."""
        wanted = _letters_only(text)
        places = [place for place, plain in enumerate(self.plain) if wanted and plain == wanted]
        if len(places) > 1:
            exact = [place for place in places if self.texts[place].strip() == text.strip()]
            places = exact or places
        return self.letters[places[0]] if places else None

    def mentioned(self, text: str) -> str | None:
        """The option whose text stands last in a piece of text; a longer option hides those inside it."""
        text = f" {_words(text)} "
        found = []
        for letter, option in zip(self.letters, self.texts):
            words = _words(option)
            start = text.rfind(f" {words} ") if words else -1
            if start >= 0:
                found.append((start + 1, start + 1 + len(words), letter))
        outer = [
            (end, letter)
            for start, end, letter in found
            if not any(s <= start and end <= e and (s, e) != (start, end) for s, e, _ in found)
        ]
        return max(outer)[1] if outer else None

    def nearest(self, text: str) -> str | None:
        """The option with the smallest edit distance, the first of several."""
        if not self.texts:
            return None
        distances = [edit_distance(text[:LONGEST], option[:LONGEST]) for option in self.texts]
        return self.letters[distances.index(min(distances))]


def chosen(reply: Stated, options: Options, same: Callable[[str, str], bool], nearest: bool) -> str | None:
    """The letter of the option that a reply chooses; None where it chooses none.

    `same(one, other)` says whether two texts are the same value; it is asked of a box or a short reply only.
    With `nearest` the option whose text is most like the answer stands in for one that was not named.
    """
    if reply.box is not None:
        said = reply.box
        found = _read(said, options) or _valued(said, options, same) or options.mentioned(plain(said))
    else:
        said = stated_formula(reply, several=False, number=True)
        found = _after_cue(reply, options) or _without_cue(reply.final, options)
        found = found or _valued(said, options, same)
    return found or (options.nearest(plain(said)) if nearest and said.strip() else None)


def _after_cue(reply: Stated, options: Options) -> str | None:
    """The option after the last "the answer is" that is followed by one."""
    for rest in reply.after_cues:
        sentence = first_sentence(rest)
        found = _read(rest, options) or options.mentioned(plain(sentence)) or _alone(plain(sentence), options)
        if found:
            return found
    return None


def _read(text: str, options: Options) -> str | None:
    """The option that a box or the rest of a line begins with."""
    text = plain(text)[:LONGEST]
    if _SEVERAL.fullmatch(text):
        return options.named(text)
    label = _LABEL.match(text)
    letter = label["letter"].upper() if label else ""
    if letter and letter in options.letters:
        alone = not text[label.end() :].strip()
        marked = re.search(r"[)\].:,;(\n\"'、。-]", label["after"]) or _BRACKETED.match(text.lstrip("\"' "))
        before = text[: label.start("letter")].strip(" (\"'*[（")
        is_no_word = bool(marked or before) or letter not in "AI"
        if alone or (label["letter"].isupper() and is_no_word) or ")" in label["after"]:
            return letter
    return options.named(text) or options.named(first_sentence(text).rstrip(".。"))


def _valued(text: str, options: Options, same) -> str | None:
    """The one option that is the same value as a text with digits."""
    if len(text) > LONGEST or not any(map(str.isdigit, text)):
        return None
    for plainer in (str, _without_any_unit):
        equal = [
            letter
            for letter, option in zip(options.letters, options.texts)
            if any(map(str.isdigit, option)) and same(plainer(option), plainer(text))
        ]
        if equal:
            return equal[0] if len(equal) == 1 else None
    return None


def _without_any_unit(text: str) -> str:
    return without_unit(cleaned(text), to_number=True)


def _without_cue(final: str, options: Options) -> str | None:
    """The option of a reply without a cue: its first or last line, or the last one that it names."""
    text = plain(final)
    lines = [line for line in text.split("\n") if line.strip()] or [""]
    for line in dict.fromkeys((lines[0], lines[-1])):
        if (found := _read(line, options)) and (len(lines) == 1 or len(line) <= 80):
            return found
    opening = _SAYS_YES_OR_NO.match(text)
    if opening and (found := options.named(opening[1])):
        return found
    bracketed = [one.group(1).upper() for one in _BRACKETED.finditer(text)]
    bracketed = [letter for letter in bracketed if letter in options.letters]
    if bracketed:
        return bracketed[-1]
    for sentence in reversed(sentences(text)):
        if found := options.mentioned(sentence[-LONGEST:]) or _alone(sentence[-LONGEST:], options):
            return found
    return None


def _alone(sentence: str, options: Options) -> str | None:
    """The last letter that stands alone in a sentence; an article or a pronoun is none."""
    found = [
        one[1]
        for one in _BARE.finditer(sentence)
        if one[1] in options.letters
        and (
            one[1] not in "AI"
            or not sentence[one.end() :].strip(" .。*)")
            or _NAMED.search(sentence[: one.start()])
        )
    ]
    return found[-1] if found else None


def plain(text: str) -> str:
    """The text without the dress of TeX and Markdown, full-width characters as plain ones."""
    text = unicodedata.normalize("NFKC", text)
    text = re.sub(
        r"\\(?:text(?:bf|rm|it|sf)?|math(?:rm|bf|it|sf)|operatorname|mbox|boxed|bf|rm)(?![A-Za-z])\s*",
        " ",
        text,
    )
    text = re.sub(r"\\(?=[%$&_#])", "", text)
    text = re.sub(r"\\[()\[\]]|\\(?:left|right|quad)(?![A-Za-z])|\\[,;:! ]|[*`${}~]", " ", text)
    return re.sub(r"[ \t]+", " ", text).strip()


def _letters_only(text: str) -> str:
    """What two texts of one option have in common."""
    text = re.sub(r"\\[dt]frac", r"\\frac", plain(text))
    text = re.sub(r"\^?\s*\\(?:circ|degree)(?![A-Za-z])", "°", text)
    return re.sub(r"[\s_\"';。!?]|[,.](?!\d)", "", text).casefold().strip("()[]:")


def _words(text: str) -> str:
    text = (plain(text).casefold() + " ").replace(". ", " ")
    return " ".join(re.findall(r"[\w.%°/√^\\+=<>-]+", text))
