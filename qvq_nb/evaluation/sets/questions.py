"""All questions of a set, in the order of its file, and what was left out of it."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from qvq_nb.errors import QvqError
from qvq_nb.evaluation.sets.harness import Harness
from qvq_nb.evaluation.sets.places import PLACE
from qvq_nb.evaluation.sets.question import Question
from qvq_nb.evaluation.sets.rows import Row
from qvq_nb.evaluation.sets.rules import NO_ANSWER, NO_MACHINE, NO_OPTION, LeftOut, Rule
from qvq_nb.files import shown

NO_PICTURE = "no picture"
_CHINESE = {
    NO_PICTURE: "没有图片",
    NO_ANSWER: "没有答案",
    NO_OPTION: "答案不在选项之中",
    NO_MACHINE: "无法由程序评分",
}
CATEGORIES = (
    "split", "category", "l2-category", "subject", "subfield", "task", "skills", "grade", "level", "source",
    "question_type", "answer_type", "topic_difficulty", "difficulty",
)  # fmt: skip
_LANGUAGES = {"english": "en", "chinese": "zh", "persian": "fa", "en": "en", "zh": "zh"}
LONGEST_CATEGORY = 200  # characters


class Questions(Sequence):
    """The questions of a set, and how many rows were `left_out` for which reason.

    Only their texts are in memory; a picture is read when it is taken.
    """

    def __init__(self, name: str, questions: Sequence[Question], left_out: dict[str, int], harness: Harness):
        self.name, self.left_out, self.harness = name, dict(left_out), harness
        self._questions = tuple(questions)

    def __len__(self) -> int:
        return len(self._questions)

    def __getitem__(self, place):
        return self._questions[place]

    def told(self, language: str = "en") -> str:
        """How many questions there are, and what was left out and why, in one sentence."""
        if language == "zh":
            out = [f"{count} 行{_in_chinese(reason)}" for reason, count in self.left_out.items()]
            return f"{self.name}：{len(self)} 题" + (f"；未采用：{'，'.join(out)}。" if out else "。")
        out = [f"{count} with {reason}" for reason, count in self.left_out.items()]
        return f"{self.name}: {len(self)} questions" + (f"; left out: {', '.join(out)}." if out else ".")

    def __repr__(self) -> str:
        return f"Questions({self.told()})"


class Gathering:
    """Takes row after row of a file and makes the questions of them."""

    def __init__(self, path: Path, name: str, rule: Rule, harness: Harness, splits: Sequence[str] | None):
        self.path, self.name, self.rule, self.harness = path, name, rule, harness
        self._splits = rule.splits if splits is None else tuple(splits)
        self._asked_for = splits is not None
        self._places: dict[str, str] = {}  # of each index
        self._kept: list[Question] = []
        self._left_out: list[tuple[str, str]] = []  # the split and why

    def know(self, index: str, row: Row, column: str) -> None:
        """Notes that a row has this index; QvqError where another has it, too."""
        if index in self._places:
            row.fault(column, f"the index {shown(index)!r} is that of {self._places[index]}, too")
        self._places[index] = row.place

    def leave_out(self, row: Row, why: str) -> None:
        """Counts a row that is not asked."""
        self._left_out.append((row.text("split"), why))

    def take(
        self, index: str, row: Row, pictures: Sequence, shared: str | None, inside: bool = False
    ) -> None:
        """Makes a question of a row; `shared` is the same for rows that show the same picture."""
        try:
            truth = self.rule.truth(row)
        except LeftOut as reason:
            return self.leave_out(row, str(reason))
        prompt = self.rule.prompt(row, row.options(), self.harness)
        if self.rule.pictures_last and not inside:
            prompt += "".join(f"<image {number}>" for number in range(1, len(pictures) + 1))
            inside = True
        self._kept.append(
            Question(
                id=index,
                set=self.name,
                prompt=prompt,
                pictures=pictures,
                **vars(truth),
                language=_LANGUAGES.get(row.text("language").casefold()) or self.rule.language(row),
                categories=_categories(row),
                group=shared,
                circular=_turned(index, row, self.rule),
                inside=inside or self.harness.in_place and bool(PLACE.search(prompt)),
                row={name: value for name, value in row.cells.items() if name != "image"},
            )
        )

    def finished(self) -> Questions:
        """The questions that were taken; QvqError where there is none."""
        here = {question.categories.get("split", "") for question in self._kept}
        splits = self._splits if self._asked_for or here & set(self._splits) else ()
        of_other_splits = [split for split, _ in self._left_out if splits and split not in splits]
        counted = Counter(why for split, why in self._left_out if not splits or split in splits)
        kept = []
        for question in self._kept:
            split = question.categories.get("split", "")
            if splits and split not in splits:
                of_other_splits.append(split)
            else:
                kept.append(question)
        counted.update(f"split {split}" if split else "no split" for split in of_other_splits)
        if not kept:
            why = ", ".join(f"{count} with {reason}" for reason, count in counted.items()) or "it has no rows"
            raise QvqError(f"{self.path.name} has no question that can be asked and scored: {why}.")
        return Questions(self.name, _linked(kept), counted, self.harness)


def _linked(questions: list[Question]) -> list[Question]:
    """The same, with `group` and `circular` only where several questions have it in common."""
    groups = Counter(question.group for question in questions)
    turns = Counter(question.circular for question in questions)
    return [
        replace(
            question,
            group=question.group if groups[question.group] > 1 else None,
            circular=question.circular if turns[question.circular] > 1 else None,
        )
        for question in questions
    ]


def _turned(index: str, row: Row, rule: Rule) -> str | None:
    """What the orders of one question's options have in common."""
    if row.text("g_index"):
        return row.text("g_index").removesuffix(".0")
    whole = index.removesuffix(".0")
    return str(int(whole) % 1_000_000) if rule.turns and whole.isdecimal() and len(whole) < 20 else None


def _categories(row: Row) -> dict[str, str]:
    found = {}
    for name in CATEGORIES:
        value = row.answers(name) if name == "skills" else [row.text(name)]
        text = ", ".join(value).strip()
        if text and len(text) <= LONGEST_CATEGORY:
            found[name] = text
    return found


def _in_chinese(reason: str) -> str:
    return _CHINESE.get(reason) or reason.replace("no split", "没有划分").replace("split ", "属于划分 ")
