"""A chart of grouped bars: models by benchmark, with the values printed on the bars."""

from random import Random

from qvq_nb.cases.drawing import Canvas, Style, text_width
from qvq_nb.cases.scope import Scope, Topic

WIDTH, HEIGHT = 392, 280  # pixels
MODELS = (
    "QwQ-32B-Preview",
    "QVQ-72B-Preview",
    "Qwen2-VL-72B",
    "Qwen2-VL-7B",
    "Qwen2.5-Math-72B",
    "Qwen2.5-72B",
    "GPT-4o",
    "GPT-4o-mini",
    "OpenAI-o1-mini",
    "OpenAI-o1",
    "Claude-3.5",
    "Claude-3-Opus",
    "Gemini-1.5-Pro",
    "Llama-3.1-70B",
    "Llama-3.2-90B",
    "InternVL2-76B",
    "Pixtral-124B",
    "Molmo-72B",
    "DeepSeek-V2.5",
    "DeepSeek-R1-Lite",
    "Mistral-Large",
    "Phi-3.5-Vision",
    "Yi-VL-34B",
    "GLM-4V-9B",
)
BENCHMARKS = ("GPQA", "AIME", "MATH", "MMMU", "LCB", "GSM8K", "MBPP", "MMLU", "IFEval", "OCR")
LONGEST_LINE = 11  # characters; a longer model name is written on two lines


def _facts(asked: str, benchmarks: list[str], values: dict[str, list[str]]) -> dict:
    return {
        "asked": asked,
        "benchmarks": benchmarks,
        "values": values,
        "answer": max(values[asked], key=float),
    }


CANONICAL = _facts(
    "QwQ-32B-Preview",
    ["GPQA", "AIME", "MATH"],
    {
        "QwQ-32B-Preview": ["65.2", "50.0", "86.7"],
        "GPT-4o": ["53.6", "9.3", "76.6"],
        "Claude-3.5": ["65.0", "16.0", "78.3"],
    },
)


def sample(random: Random) -> dict:
    """Facts of a fresh chart: two or three models by two or three benchmarks."""
    models = random.sample(MODELS, random.choice((2, 3, 3)))
    benchmarks = random.sample(BENCHMARKS, random.choice((2, 3, 3)) if len(models) == 2 else 3)
    values = {}
    for model in models:
        tenths = random.sample(range(60, 990), len(benchmarks))
        values[model] = [f"{value / 10:.1f}" for value in tenths]
    return _facts(random.choice(models), benchmarks, values)


def name_lines(model: str) -> list[str]:
    """A model's name as it is written under its group: broken after a hyphen where it is long."""
    if len(model) <= LONGEST_LINE:
        return [model]
    breaks = [index + 1 for index, character in enumerate(model) if character == "-"]
    best = min(breaks, key=lambda index: max(index, len(model) - index))
    return [model[:best], model[best:]]


def draw(facts: dict, style: Style, language: str, scale: int = 1) -> Canvas:
    """The chart: a legend of benchmarks on top, a group of bars for each model."""
    canvas = Canvas(WIDTH, HEIGHT, style, scale)
    dx, dy = style.shift
    models, benchmarks = list(facts["values"]), facts["benchmarks"]
    left, right, base, top = 10 + dx, WIDTH - 10 + dx, HEIGHT - 56 + dy, 62 + dy
    _legend(canvas, benchmarks, (left + right) / 2, 22 + dy)
    for share in (0.25, 0.5, 0.75, 1):
        y = base - (base - top) * share
        canvas.line([(left, y), (right, y)], (222, 222, 226), 1)
    group_width = (right - left) / len(models)
    bar_width = min((group_width - 12) / len(benchmarks), 52)
    for group, model in enumerate(models):
        middle = left + group_width * (group + 0.5)
        for index, value in enumerate(facts["values"][model]):
            x = middle + bar_width * (index - len(benchmarks) / 2)
            y = base - (base - top) * float(value) / 100
            canvas.rectangle(x + 2, y, x + bar_width - 2, base, fill=style.palette[index])
            canvas.text(x + bar_width / 2, y - 11, value, 16, align="center", key=f"value {group} {index}")
        for row, line in enumerate(name_lines(model)):
            canvas.text(middle, base + 16 + 21 * row, line, 16, align="center", key=f"name {group}")
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


def truth(facts: dict, language: str) -> str:
    """The highest of the model's values."""
    return facts["answer"]


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
