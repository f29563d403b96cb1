"""How benchmarks are asked: the words around a question, the size of pictures, the length of an answer."""

import re
from dataclasses import asdict, dataclass

from qvq_nb.evaluation.sets.rows import Row
from qvq_nb.models.profiles import QVQ_SYSTEM_PROMPT

PIXELS_PER_TOKEN = 28 * 28
_CHINESE = re.compile(r"[\u4e00-\u9fff]")


@dataclass(frozen=True)
class Harness:
    """How questions are asked; as it stands, like VLMEvalKit's entry for QVQ-72B-Preview.

    Lengths are in pixels and in tokens. With `in_place` pictures go where a text has `<image 1>`, and before
    all text otherwise.
    """

    name: str = "VLMEvalKit, QVQ-72B-Preview"
    system: str = QVQ_SYSTEM_PROMPT
    after_options: str = "Please select the correct answer from the options above."
    after_chinese_options: str = "请直接回答选项字母。"
    after_question: str = "\nPlease try to answer the question with short words or phrases if possible."
    in_place: bool = False
    min_pixels: int = 1280 * PIXELS_PER_TOKEN
    max_pixels: int = 16384 * PIXELS_PER_TOKEN
    max_new_tokens: int = 8192
    sampling: str = "the likeliest word (there: temperature 0.01, top_p 0.001, top_k 1)"

    @property
    def visual_tokens(self) -> tuple[int, int]:
        """The least and the most tokens for one picture, as `ask` takes them."""
        return self.min_pixels // PIXELS_PER_TOKEN, self.max_pixels // PIXELS_PER_TOKEN

    def to_dict(self) -> dict:
        """Everything as plain values, ready for JSON."""
        return asdict(self)

    def __str__(self) -> str:
        return "\n".join(f"{name}: {value!r}" for name, value in asdict(self).items())


QVQ = Harness()


def with_options(row: Row, options: dict[str, str], harness: Harness, english: bool = False) -> str:
    """A question with its lettered options; `english` keeps the English request for Chinese ones, too."""
    hint = row.text("hint")
    text = (f"Hint: {hint}\n" if hint else "") + f"Question: {row.text('question')}\n"
    if options:
        text += "Options:\n" + "".join(f"{letter}. {option}\n" for letter, option in options.items())
        chinese = _CHINESE.search(text) and not english
        text += harness.after_chinese_options if chinese else harness.after_options
    return text.rstrip()


def in_few_words(row: Row, options: dict[str, str], harness: Harness) -> str:
    """A question that asks for a short answer."""
    return row.text("question") + harness.after_question


_TYPES = {
    "Numerical": ("a numerical value", "数值"),
    "Expression": ("an expression", "表达式"),
    "Equation": ("an equation", "方程"),
    "Interval": ("an interval", "区间"),
}
_ENGLISH = (
    "The following is an open-ended problem from an International {subject} competition. {types}Please "
    "calculate the answer according to the given requirements and the information provided. Please use LaTeX "
    "format to represent the variables and formulas used in the solution process and results. Please end "
    'your solution with "So the final answer is {box}." and give the result explicitly{unit}.'
)
_IN_CHINESE = (
    "以下是中国{subject}竞赛中的解答题{types}。请根据题目的要求和所提供的信息计算得出答案。"
    "解答过程和结果中使用的变量和公式请使用LaTeX格式表示。请在最后以“所以最终答案是{box}。”显式给出结果{unit}。"
)


def of_olympiad(row: Row, source: str, several: bool) -> str:
    """OlympiadBench's own words before a question; `source` is the part, such as OE_MM_maths_en_COMP."""
    chinese, maths = "zh" in source, "maths" in source
    if chinese:
        subject, box = "数学" if maths else "物理", "用英文逗号连接的多个答案" if several else "答案"
    else:
        subject = "Math" if maths else "Physics"
        box = "multiple answers connected with commas" if several else "answer"
    box, unit = f"\\boxed{{{box}}}", ""
    if row.text("unit"):
        box += "(单位)" if chinese else "(unit)"
        unit = (
            "，注意答案的单位不要放在\\boxed{}中"
            if chinese
            else ", note that the unit of the answer should not be included in \\boxed{}"
        )
    types = _types(row.text("answer_type"), several, chinese)
    words = (_IN_CHINESE if chinese else _ENGLISH).format(subject=subject, types=types, box=box, unit=unit)
    context = row.text("context") if not maths else ""
    return "\n".join(part for part in (words, context, row.text("question")) if part)


def _types(written: str, several: bool, chinese: bool) -> str:
    """What kind of answer is asked for; nothing of tuples, which mean various things there."""
    if "Tuple" in written:
        return ""
    named = [next((pair for kind, pair in _TYPES.items() if kind in one), None) for one in written.split(",")]
    if None in named:
        return ""
    names = [pair[chinese] for pair in named]
    if not several:
        return f"，答案类型为{names[0]}" if chinese else f"The answer of The problem should be {names[0]}. "
    if len(set(names)) == 1:
        return (
            f"，题目有多个答案，答案类型均为{names[0]}"
            if chinese
            else f"The problem has multiple answers, each of them should be {names[0]}. "
        )
    if chinese:
        return f"，题目有多个答案，答案类型分别为{'、'.join(names)}"
    return f"The problem has multiple answers, with the answers in order being {', '.join(names)}. "
