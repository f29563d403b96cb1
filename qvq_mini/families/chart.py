"""Bar charts, as qvq-mini learns them: names looked up, bars read group by group and compared pairwise."""

from random import Random

from qvq_mini.families.layouts import chart as layout
from qvq_mini.thinking import Piece, Writer, search, spaced
from qvq_nb.cases.reading import chart

WEIGHT, OTHER_LOOKS_SHARE = 2.8, 0.65
THING = {"en": "chart", "zh": "图表"}
STATED = r"^[^:\n]+(?=: \d$)|(?<![\w.-])\d+\.\d"
MODELS, BENCHMARKS = chart.MODELS, chart.BENCHMARKS
WORDINGS = {
    "en": (
        "What is the maximum value of {model}?",
        "What is the best score of {model}?",
        "Which is the largest number of {model} in the chart?",
        "How high is the highest bar of {model}?",
        "Find the top value that {model} reaches.",
        "Look at {model}: what is its highest value?",
        "Please give the highest score of {model}.",
        "What is the peak value for {model}?",
        "In this chart, what is the highest value that {model} has?",
        "Highest value of {model}?",
        "What does the tallest bar of {model} say?",
    ),
    "zh": (
        "{model} 的最大值是多少？",
        "{model} 的最好成绩是多少？",
        "图表中 {model} 最大的数是多少？",
        "{model} 最高的柱子是多少？",
        "找出 {model} 达到的最高值。",
        "看 {model}，它的最高值是多少？",
        "请给出 {model} 的最高分。",
        "{model} 的峰值是多少？",
        "在这张图里，{model} 的最高值是多少？",
        "{model} 最高多少？",
        "{model} 最高的一根柱子上写着多少？",
    ),
}
PARTS = {  # how it is asked, what is asked for, and where it stands
    "en": (
        ("What is {}?", "How high is {}?", "Tell me {}.", "Read {}.", "Find {}.", "Give me {}.",
         "Can you see {}?"),
        ("the highest value of {model}", "{model}'s best result", "the top score of {model}",
         "the maximum of {model}", "the largest number for {model}", "the tallest bar of {model}",
         "{model}'s highest bar", "the best number of {model}", "the peak of {model}"),
        ("", " in this chart", " here", " in the picture", " in the graph", " among its bars"),
    ),
    "zh": (
        ("{}是多少？", "{}是几？", "{}有多高？", "读出{}。", "告诉我{}。", "{}达到多少？", "请找出{}。"),
        ("{model} 的最高值", "{model} 最好的成绩", "{model} 的最高分", "{model} 的最大值",
         "{model} 最高的柱子", "{model} 最大的数", "{model} 的峰值"),
        ("", "图中", "这张图里", "图表上", "这里"),
    ),
}  # fmt: skip

draw_otherwise = layout.draw


def values(facts: dict):
    """The model that is asked for, and its highest value."""
    return facts["asked"], facts["answer"]


def other_facts(facts: dict, random: Random) -> dict:
    """The same chart."""
    return facts


def think(writer: Writer) -> str:
    """Finds the group that is asked for, reads its bars twice, and compares them."""
    kind, facts = writer.kind, writer.facts
    if kind in ("lowest bar", "highest bar"):
        return _whole_chart(writer, kind == "lowest bar")
    asked = writer.subject.get("model", facts["asked"])
    numbers, models = facts["values"][asked], list(facts["values"])
    if kind == "value":
        wanted = writer.subject["benchmark"]
        benchmark = facts["benchmarks"][wanted]
        writer.wanted(f"{benchmark} of {asked}", f"{asked} 的 {benchmark}")
    else:
        english, chinese = ("lowest", "最低值") if kind == "lowest" else ("highest", "最高值")
        writer.wanted(f"the {english} value of {asked}", f"{asked} 的{chinese}")
    group = models.index(asked)
    writer.find(models, group, "name")
    first = _bars(group, numbers)
    writer.read(first)
    writer.say("\nLet me double-check: ", "\n再核对一遍：")
    writer.check(first, _bars(group, numbers))
    if kind == "value":
        for index, benchmark in enumerate(facts["benchmarks"][: wanted + 1]):
            writer.read([Piece(benchmark, f"benchmark {index}"), Piece(f" {numbers[index]}\n")])
        return numbers[wanted]
    truth = _best(writer, numbers, lowest=kind == "lowest")
    writer.say(f"The {english} value is {truth}.", f"{chinese}是{truth}。")
    return truth


def _whole_chart(writer: Writer, lowest: bool) -> str:
    english, chinese = ("lowest bar", "最低的柱子") if lowest else ("highest bar", "最高的柱子")
    writer.wanted(f"the {english}", chinese)
    writer.say("Let me read all bars, group by group.\n", "我逐组读出所有柱子。\n")
    everything = []
    for group, numbers in enumerate(writer.facts["values"].values()):
        writer.read([*_bars(group, numbers), Piece("\n")])
        everything += numbers
    truth = _best(writer, everything, lowest)
    writer.say(f"The {english} is {truth}.", f"{chinese}是{truth}。")
    return truth


def _best(writer: Writer, numbers: list[str], lowest: bool) -> str:
    writer.say(search(numbers, writer.language, lowest) + "\n")
    return (min if lowest else max)(numbers, key=float)


def _bars(group: int, numbers: list[str]) -> list[Piece]:
    return spaced([Piece(number, f"value {group} {index}") for index, number in enumerate(numbers)])
