"""A chart of grouped bars: models by benchmark, with the values printed on the bars."""

from math import ceil
from random import Random

from qvq_nb.cases import names
from qvq_nb.cases.drawing import Canvas, Style, fitting_size, text_width
from qvq_nb.cases.scope import Scope, Topic
from qvq_nb.grading.number import Number

WIDTH, HEIGHT = 392, 280  # pixels
SMALLEST_TEXT = 12  # where many bars stand side by side; an easy chart has at least 16
MOST_BARS = 10
MODELS = (
    "QwQ-32B-Preview", "QVQ-72B-Preview", "Qwen2-VL-72B", "Qwen2-VL-7B", "Qwen2.5-Math-72B", "Qwen2.5-72B",
    "GPT-4o", "GPT-4o-mini", "OpenAI-o1-mini", "OpenAI-o1", "Claude-3.5", "Claude-3-Opus", "Gemini-1.5-Pro",
    "Llama-3.1-70B", "Llama-3.2-90B", "InternVL2-76B", "Pixtral-124B", "Molmo-72B", "DeepSeek-V2.5",
    "DeepSeek-R1-Lite", "Mistral-Large", "Phi-3.5-Vision", "Yi-VL-34B", "GLM-4V-9B",
)  # fmt: skip
BENCHMARKS = ("GPQA", "AIME", "MATH", "MMMU", "LCB", "GSM8K", "MBPP", "MMLU", "IFEval", "OCR")
LONGEST_LINE = 11  # characters; a longer model name is written on two lines
MARGIN, GAP = 10, 12  # pixels beside the chart, and between two groups


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

    A wide one has two to eight models by one to three benchmarks, in tenths or in whole numbers up to 999.
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
    count, models, benchmarks = random.randint(2, 8), [], []
    while len(models) < count:
        model = random.choice(MODELS) if random.random() < 0.3 else names.model(random)
        lines, room = _lines_and_room(model, count)
        if model not in models and all(text_width(line, SMALLEST_TEXT) <= room for line in lines):
            models.append(model)
    bars = random.choice([bars for bars in (1, 2, 3) if bars * count <= MOST_BARS])
    while len(benchmarks) < bars:
        benchmark = random.choice(BENCHMARKS) if random.random() < 0.3 else names.benchmark(random)
        if benchmark not in benchmarks:
            benchmarks.append(benchmark)
    tenths, most = random.choice(((True, 999), (True, 999), (False, 99), (False, 999)))
    numbers = [random.sample(range(1, most + 1), bars) for _ in models]
    values = {
        model: [f"{value / 10:.1f}" if tenths else str(value) for value in row]
        for model, row in zip(models, numbers)
    }
    return _facts(random.choice(models), benchmarks, values)


def _lines_and_room(model: str, groups: int) -> tuple[list[str], float]:
    """The lines of a name under one of so many groups, and how many pixels wide they may be."""
    group_width = (WIDTH - 2 * MARGIN) / groups
    return name_lines(model, min(LONGEST_LINE, int(group_width / 9))), group_width - 4


def name_lines(model: str, longest: int = LONGEST_LINE) -> list[str]:
    """A model's name as it is written under its group: broken after a hyphen where it is long."""
    breaks = [index + 1 for index, character in enumerate(model) if character == "-"]
    if len(model) <= longest or not breaks:
        return [model]
    best = min(breaks, key=lambda index: max(index, len(model) - index))
    return [model[:best], model[best:]]


def draw(facts: dict, style: Style, language: str, scale: int = 1) -> Canvas:
    """The chart: a legend of benchmarks on top, a group of bars for each model."""
    canvas = Canvas(WIDTH, HEIGHT, style, scale)
    dx, dy = style.shift
    models, benchmarks = list(facts["values"]), facts["benchmarks"]
    left, right, base, top = MARGIN + dx, WIDTH - MARGIN + dx, HEIGHT - 56 + dy, 62 + dy
    _legend(canvas, benchmarks, (left + right) / 2, 22 + dy)
    for share in (0.25, 0.5, 0.75, 1):
        y = base - (base - top) * share
        canvas.line([(left, y), (right, y)], (222, 222, 226), 1)
    group_width = (right - left) / len(models)
    bar_width = min((group_width - GAP) / len(benchmarks), 52)
    every_value = sum(facts["values"].values(), [])
    full = 100 * ceil(max(map(float, every_value)) / 100)
    value_size = fitting_size(every_value, bar_width - 4, 16)
    lines = [_lines_and_room(model, len(models)) for model in models]
    name_size = min(fitting_size(of_name, room, 16) for of_name, room in lines)
    for group, model in enumerate(models):
        middle = left + group_width * (group + 0.5)
        for index, value in enumerate(facts["values"][model]):
            x, key = middle + bar_width * (index - len(benchmarks) / 2), f"value {group} {index}"
            y = base - (base - top) * float(value) / full
            canvas.rectangle(x + 2, y, x + bar_width - 2, base, fill=style.palette[index])
            canvas.text(x + bar_width / 2, y - 11, value, value_size, align="center", key=key)
        for row, line in enumerate(lines[group][0]):
            canvas.text(middle, base + 16 + 21 * row, line, name_size, align="center", key=f"name {group}")
    canvas.line([(left, base), (right, base)])
    return canvas


def _legend(canvas: Canvas, benchmarks: list[str], middle: float, y: float) -> None:
    widths = [22 + text_width(name, 16) for name in benchmarks]
    x = middle - (sum(widths) + 18 * (len(widths) - 1)) / 2
    for index, (name, width, color) in enumerate(zip(benchmarks, widths, canvas.style.palette)):
        canvas.rectangle(x, y - 7, x + 14, y + 7, fill=color)
        canvas.text(x + 22, y, name, 16, key=f"benchmark {index}")
        x += width + 18


def question(facts: dict, language: str) -> str:
    """Asks for the highest value of one model."""
    model = facts["asked"]
    return {"en": f"What is the highest value of {model}?", "zh": f"{model} 的最高值是多少？"}[language]


def target(facts: dict, language: str) -> Number:
    """The highest of the model's values."""
    return _value(facts["answer"], facts, facts["asked"])


# As people call them, too; the first belong to no model, the others to models that may be in no chart.
FULL_NAMES = ("MATH 500", "MATH-500", "AIME 2024", "AIME 24")
MAKERS = (
    "GPT",
    "Claude",
    "Gemini",
    "Llama",
    "DeepSeek",
    "Mistral",
    "o1",
    "o3",
    "Qwen",
    "QVQ",
    "QwQ",
    "Grok",
    "Kimi",
)


def _value(written: str, facts: dict, model: str | None = None, benchmark: str | None = None) -> Number:
    """A printed value; digits in names are none, and no other model or benchmark may be spoken of."""
    models = [name for name in facts["values"] if model not in (None, name)]
    benchmarks = [name for name in facts["benchmarks"] if benchmark not in (None, name)]
    if model:
        models += [name for name in MAKERS if name.lower() not in model.lower()]
    names = (*facts["values"], *facts["benchmarks"], *FULL_NAMES)
    return Number(written, accepts=("%", "points", "point", "分"), names=names, others=(*models, *benchmarks))


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


def follow_up(kind: str, facts: dict, language: str, random: Random) -> tuple[dict, dict, Number]:
    """One value, or the best or worst of several: what is asked about, its words, the target."""
    if kind in ("lowest bar", "highest bar"):
        best = (max if kind == "highest bar" else min)(sum(facts["values"].values(), []), key=float)
        return {}, {}, _value(best, facts)
    model = random.choice(list(facts["values"]))
    values = facts["values"][model]
    if kind == "lowest":
        return {"model": model}, {}, _value(min(values, key=float), facts, model)
    index = random.randrange(len(values))
    words = {"benchmark": facts["benchmarks"][index]}
    asked = _value(values[index], facts, model, facts["benchmarks"][index])
    return {"model": model, "benchmark": index}, words, asked


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
