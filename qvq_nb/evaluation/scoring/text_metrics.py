"""Scores of texts as the sets compute them: ANLS (DocVQA), relaxed accuracy (ChartQA), VQA (TextVQA)."""

import re
from statistics import fmean

ANLS_THRESHOLD = 0.5
RELAXED = 0.05  # of the true number
_DIGIT_WORDS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_AS_DIGITS = {word: str(digit) for digit, word in enumerate(_DIGIT_WORDS)} | {"none": "0"}
_ARTICLES = ("a", "an", "the")
_PUNCTUATION = ';/[]"{}()=+\\_-><@`,?!'
# Written without one of its apostrophes, a word is still meant: dont, couldn'tve.
_WITH_APOSTROPHE = (
    "ain't aren't can't could've couldn't couldn't've didn't doesn't don't hadn't hadn't've hasn't "
    "haven't he'd he'd've he's how'd how'll how's isn't it'd it'd've it'll ma'am mightn't mightn't've "
    "might've mustn't must've needn't not've o'clock oughtn't 'ow's'at shan't she'd've should've "
    "shouldn't shouldn't've somebody'd've somebody'll somebody's someone'd someone'd've someone'll "
    "someone's something'd something'd've something'll that's there'd there'd've there're there's "
    "they'd they'd've they'll they're they've 'twas wasn't we'd've we've weren't what'll what're what's "
    "what've when's where'd where's where've who'd who'd've who'll who's who've why'll why're why's "
    "won't would've wouldn't wouldn't've y'all y'all'll y'all'd've you'd you'd've you'll you're you've "
)


def _without_one_apostrophe(word: str) -> list[str]:
    return [word[:place] + word[place + 1 :] for place, mark in enumerate(word) if mark == "'"]


_CONTRACTIONS = {
    short: word for word in _WITH_APOSTROPHE.split() for short in _without_one_apostrophe(word)
} | {
    "somebody'd": "somebodyd"  # as the official list has it
}


def anls(reply: str, answers: list[str]) -> float:
    """1 − edit distance ÷ the longer length with the nearest answer; what is under 0.5 counts 0."""
    best = max((_similarity(reply, answer) for answer in answers), default=0.0)
    return best if best >= ANLS_THRESHOLD else 0.0


def relaxed_accuracy(reply: str, answers: list[str]) -> float:
    """1 where a number is within 5 % of the true one, or another text is the same but for capitals."""
    return float(any(_relaxed(reply.strip(), answer) for answer in answers))


def vqa_accuracy(reply: str, answers: list[str]) -> float:
    """The mean, over the people who answered, of how far the others agree: a third for each, at most 1."""
    said = vqa_words(reply)
    given = [vqa_words(answer) for answer in answers]
    same = given.count(said)
    return fmean(min(1, (same - (answer == said)) / 3) for answer in given) if given else 0.0


def edit_distance(one: str, other: str) -> int:
    """How many characters must be put in, taken out or changed to make one text of the other."""
    row = list(range(len(other) + 1))
    for place, character in enumerate(one, 1):
        before, row[0] = row[0], place
        for column, wanted in enumerate(other, 1):
            before, row[column] = (
                row[column],
                min(row[column] + 1, row[column - 1] + 1, before + (character != wanted)),
            )
    return row[-1]


def vqa_words(text: str) -> str:
    """A text as VQA compares it: small letters, no articles, no punctuation, small numbers in digits."""
    text = text.replace("\n", " ").replace("\t", " ").strip()
    has_grouped_digits = re.search(r"\d,\d", text)
    bare = text
    for mark in _PUNCTUATION:
        joined = has_grouped_digits or f"{mark} " in text or f" {mark}" in text
        bare = bare.replace(mark, "" if joined else " ")
    # The official rule hands a flag on in the place of the count, so that it drops no more than 32 points.
    bare = re.sub(r"\.(?!\d)", "", bare, count=32)
    words = [_AS_DIGITS.get(word, word) for word in bare.lower().split()]
    return " ".join(_CONTRACTIONS.get(word, word) for word in words if word not in _ARTICLES)


def _similarity(reply: str, answer: str) -> float:
    reply, answer = (" ".join(text.lower().split()) for text in (reply, answer))
    longer = max(len(reply), len(answer))
    if min(len(reply), len(answer)) < ANLS_THRESHOLD * longer:  # so many characters are too many at any rate
        return 0.0
    return 1 - edit_distance(reply, answer) / longer if longer else 1.0


def _relaxed(reply: str, answer: str) -> bool:
    number, truth = _number(reply), _number(answer)
    if number is not None and truth:
        return abs(number - truth) / abs(truth) <= RELAXED
    return reply.lower() == answer.lower()


def _number(text: str) -> float | None:
    try:
        return float(text.rstrip("%")) / 100 if text.endswith("%") else float(text)
    except ValueError:
        return None
