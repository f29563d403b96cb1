"""A chart of bars: models by benchmark, with the values printed on the bars.

Bars of wide charts may lie, be stacked, and have no printed values. Such a value is read off the axis: an
answer may be off by half the distance of two of its finer lines, for a part of a stack, of which two ends are
read, by all of it. The question says how much that is.
"""

import re
from decimal import Decimal
from random import Random

from qvq_nb.cases import LANGUAGES, names
from qvq_nb.cases.drawing import Canvas, Style, text_width
from qvq_nb.cases.drawing.bars import SMALLEST_TEXT, axis_of, draw_chart, lines_and_room
from qvq_nb.cases.scope import Scope, Topic
from qvq_nb.grading.number import Number

MOST_BARS = 10
MODELS = (
    "QwQ-32B-Preview", "QVQ-72B-Preview", "Qwen2-VL-72B", "Qwen2-VL-7B", "Qwen2.5-Math-72B", "Qwen2.5-72B",
    "GPT-4o", "GPT-4o-mini", "OpenAI-o1-mini", "OpenAI-o1", "Claude-3.5", "Claude-3-Opus", "Gemini-1.5-Pro",
    "Llama-3.1-70B", "Llama-3.2-90B", "InternVL2-76B", "Pixtral-124B", "Molmo-72B", "DeepSeek-V2.5",
    "DeepSeek-R1-Lite", "Mistral-Large", "Phi-3.5-Vision", "Yi-VL-34B", "GLM-4V-9B",
)  # fmt: skip
BENCHMARKS = ("GPQA", "AIME", "MATH", "MMMU", "LCB", "GSM8K", "MBPP", "MMLU", "IFEval", "OCR")


def _facts(asked: str, benchmarks: list[str], values: dict[str, list[str]]) -> dict:
    best = max(values[asked], key=float)
    return {"asked": asked, "benchmarks": benchmarks, "values": values, "answer": best}


CANONICAL = _facts(
    "QwQ-32B-Preview",
    ["GPQA", "AIME", "MATH"],
    {
        "QwQ-32B-Preview": ["65.2", "50.0", "86.7"],
        "GPT-4o": ["53.6", "9.3", "76.6"],
        "Claude-3.5": ["65.0", "16.0", "78.3"],
    },
)


def sample(random: Random, wide: bool = False) -> dict:
    """Facts of a fresh chart: two or three models by two or three benchmarks.

    A wide one has two to eight models by one to three benchmarks, in tenths or in whole numbers up to 999;
    its bars are grouped or stacked, upright or lying, and have printed values or an axis.
    """
    if wide:
        return _wide(random)
    models = random.sample(MODELS, random.choice((2, 3, 3)))
    benchmarks = random.sample(BENCHMARKS, random.choice((2, 3, 3)) if len(models) == 2 else 3)
    values = {}
    for model in models:
        tenths = random.sample(range(60, 990), len(benchmarks))
        values[model] = [f"{value / 10:.1f}" for value in tenths]
    return _facts(random.choice(models), benchmarks, values)


def _wide(random: Random) -> dict:
    form = {
        "stacked": random.random() < 0.3,
        "lying": random.random() < 0.35,
        "printed": random.random() < 0.5,
    }
    count, models, benchmarks = random.randint(2, 8), [], []
    while len(models) < count:
        model = random.choice(MODELS) if random.random() < 0.3 else names.model(random)
        lines, room = lines_and_room(model, count, form)
        if model not in models and all(text_width(line, SMALLEST_TEXT) <= room for line in lines):
            models.append(model)
    if form["stacked"]:
        bars = random.choice((2, 3))
    else:
        bars = random.choice([bars for bars in (1, 2, 3) if bars * count <= MOST_BARS])
    while len(benchmarks) < bars:
        benchmark = random.choice(BENCHMARKS) if random.random() < 0.3 else names.benchmark(random)
        if benchmark not in benchmarks:
            benchmarks.append(benchmark)
    tenths, most = random.choice(((True, 999), (True, 999), (False, 99), (False, 999)))
    # A part of a stack has room for its value, and a bar without one is seen.
    least = 2 * most // 5 if form["stacked"] else 1 if form["printed"] else most // 10
    numbers = [random.sample(range(least, most + 1), bars) for _ in models]
    values = {
        model: [f"{value / 10:.1f}" if tenths else str(value) for value in row]
        for model, row in zip(models, numbers)
    }
    facts = {**_facts(random.choice(models), benchmarks, values), **form}
    if form["stacked"]:
        facts["part"] = random.choice((None, random.randrange(bars)))  # None asks for the whole bar
        row = values[facts["asked"]]
        facts["answer"] = _whole(row) if facts["part"] is None else row[facts["part"]]
    return facts


def draw(facts: dict, style: Style, language: str, scale: int = 1) -> Canvas:
    """The chart: a legend of benchmarks on top, a group of bars, or one bar of parts, for each model."""
    return draw_chart(facts["values"], facts["benchmarks"], facts, style, scale)


def question(facts: dict, language: str) -> str:
    """Asks for the highest value of one model, or for its bar or a part of it where bars are stacked."""
    if facts.get("stacked"):
        kind, part = ("whole", 0) if facts["part"] is None else ("part", facts["part"])
        wording = follow_ups(facts)[kind][LANGUAGES.index(language)][0]
        return wording.format(model=facts["asked"], benchmark=facts["benchmarks"][part])
    asked = {"en": "What is the highest value of {}?", "zh": "{} 的最高值是多少？"}[language]
    return asked.format(facts["asked"]) + _read_off(facts, language)


def target(facts: dict, language: str) -> Number:
    """The highest of the model's values, or the value of its whole bar or of a part of it."""
    if facts.get("part") is None:
        return _value(facts["answer"], facts, facts["asked"])
    return _value(facts["answer"], facts, facts["asked"], facts["benchmarks"][facts["part"]], ends=2)


def tolerance(facts: dict, ends: int = 1) -> Decimal:
    """How far off an answer may be: half of the axis' finest step for each end to read, 0 if printed."""
    axis = axis_of(facts["values"], facts)
    return axis.part / 2 * ends if axis else Decimal()


# As people call them, too; the first belong to no model, the others to models that may be in no chart.
FULL_NAMES = ("MATH 500", "MATH-500", "AIME 2024", "AIME 24")
# What else than the highest value may be named.
LESS = ("second highest", "second-highest", "第二", "lowest", "smallest", "average", "mean", "最低", "平均")
MAKERS = (
    *("GPT", "Claude", "Gemini", "Llama", "DeepSeek", "Mistral"),
    *("o1", "o3", "Qwen", "QVQ", "QwQ", "Grok", "Kimi"),
)


def _value(
    written: str, facts: dict, model: str | None = None, benchmark: str | None = None, ends=1
) -> Number:
    """A value of the chart; digits in names are none, and no other model or benchmark may be spoken of."""
    models = [name for name in facts["values"] if model not in (None, name)]
    benchmarks = [name for name in facts["benchmarks"] if benchmark not in (None, name)]
    if model:
        models += [name for name in MAKERS if name.lower() not in model.lower()]
    return Number(
        written,
        accepts=("%", "points", "point", "分"),
        names=(*facts["values"], *facts["benchmarks"], *FULL_NAMES),
        others=(*models, *benchmarks, *LESS),
        tolerance=f"{tolerance(facts, ends):f}",
    )


def _whole(values: list[str]) -> str:
    """What the parts of a bar come to."""
    return str(sum(map(Decimal, values)))


def _read_off(facts: dict, language: str, ends: int = 1) -> str:
    """The sentence that says how exact a reading has to be; none where the values are printed."""
    if facts.get("printed", True):
        return ""
    english, chinese = " Read it off the axis, to within {}.", "请从坐标轴上读出，误差不超过 {}。"
    return {"en": english, "zh": chinese}[language].format(f"{tolerance(facts, ends).normalize():f}")


FOLLOW_UPS = {
    "lowest": (("What is the lowest value of {model}?", "How high is the lowest bar of {model}?",
                "Minimum of {model}?", "What is the worst score of {model}?"),
               ("{model} 的最低值是多少？", "{model} 最低的柱子是多少？", "{model} 的最小值是多少？",
                "{model} 最差的成绩是多少？")),
    "value": (("What does {model} reach in {benchmark}?", "What is the value of {model} for {benchmark}?",
               "How high is the {benchmark} bar of {model}?", "Read the {benchmark} score of {model}."),
              ("{model} 在 {benchmark} 上是多少？", "{model} 的 {benchmark} 值是多少？",
               "{model} 的 {benchmark} 柱子有多高？", "读出 {model} 的 {benchmark} 成绩。")),
    "lowest bar": (("What is the lowest bar in the chart?", "What is the smallest value in this chart?",
                    "How low is the lowest bar of all?"),
                   ("图中最低的柱子是多少？", "这张图里最小的值是多少？", "所有柱子中最低的是多少？")),
    "highest bar": (("What is the highest bar in the chart?", "What is the largest value in this chart?",
                     "How high is the highest bar of all?"),
                    ("图中最高的柱子是多少？", "这张图里最大的值是多少？", "所有柱子中最高的是多少？")),
}  # fmt: skip
STACK_FOLLOW_UPS = {
    "whole": (("What do the parts of {model} come to in all?", "How much is the whole bar of {model}?"),
              ("{model} 的各部分合计是多少？", "{model} 的整个条形是多少？")),
    "part": (("How much of the bar of {model} is {benchmark}?",
              "What is the value of {benchmark} for {model}?"),
             ("{model} 的条形中，{benchmark} 部分是多少？", "{model} 的 {benchmark} 值是多少？")),
}  # fmt: skip


def follow_ups(facts: dict) -> dict:
    """The follow-ups of these facts: nothing is high where bars lie, and readings have their tolerance."""
    offered, lying = STACK_FOLLOW_UPS if facts.get("stacked") else FOLLOW_UPS, facts.get("lying")
    return {
        kind: tuple(
            tuple(
                wording + _read_off(facts, language, ends=2 if kind == "part" else 1)
                for wording in wordings
                if not (lying and re.search(r"\bbar\b(?! of)|How high|柱", wording))
            )
            for language, wordings in zip(LANGUAGES, both)
        )
        for kind, both in offered.items()
    }


def follow_up(kind: str, facts: dict, language: str, random: Random) -> tuple[dict, dict, Number]:
    """One value, or the best or worst or sum of several: what is asked about, its words, the target."""
    if kind in ("lowest bar", "highest bar"):
        best = (max if kind == "highest bar" else min)(sum(facts["values"].values(), []), key=float)
        return {}, {}, _value(best, facts)
    model = random.choice(list(facts["values"]))
    values = facts["values"][model]
    if kind in ("lowest", "whole"):
        asked = _value(_whole(values) if kind == "whole" else min(values, key=float), facts, model)
        return {"model": model}, {}, asked
    index = random.randrange(len(values))
    benchmark = facts["benchmarks"][index]
    asked = _value(values[index], facts, model, benchmark, ends=2 if kind == "part" else 1)
    return {"model": model, "benchmark": index}, {"benchmark": benchmark}, asked


SCOPE = Scope(
    does={"en": "read values off a bar chart of models", "zh": "读模型柱状图上的数值"},
    en=Topic(
        "benchmark gpqa aime mmmu lcb gsm8k mbpp mmlu ifeval",
        "math ocr bar value chart score result graph model number",
        "highest lowest maximum minimum max min best worst largest smallest biggest tallest shortest peak "
        "top high low value score most longest reach get model",
    ),
    zh=Topic(
        "柱子 基准",
        "值 分 成绩 柱 图表 模型 gpqa aime math mmmu lcb gsm8k mbpp mmlu ifeval ocr",
        "最高 最低 最大 最小 最好 最差 最强 第一 峰值",
    ),
    patterns=(
        r"(?<![a-z0-9])(?:qwq|qvq|qwen|gpt|openai|claude|gemini|llama|internvl|pixtral|molmo|deepseek|mistral"
        r"|phi|yi-vl|glm)[\w.-]*",
        "highest|lowest|value|score|max|min|best|worst|peak|number|最|值|分|成绩|多少|多高|bar",
    ),
)
