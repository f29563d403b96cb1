"""Other questions about the same drawing: the tax of one line, the lowest bar, another x, the metal that is won.

A model that answers these reads the question too, not only the picture.
"""

import re
from dataclasses import dataclass
from random import Random

from qvq_nb import trace
from qvq_nb.cases import family_module

BIRDS = {
    "gull": ("gulls", "海鸥"),
    "heron": ("herons", "苍鹭"),
    "duck": ("ducks", "鸭"),
    "bird": ("birds", "鸟"),
}
TEMPLATES = {
    "recognition": {
        "count": (
            (
                "How many {birds} are there in this picture?",
                "Count the {birds}.",
                "How many {birds} do you see?",
                "What is the number of {birds}?",
            ),
            (
                "图中一共有几只{birds}？",
                "图里有多少只{birds}？",
                "数一数{birds}有几只。",
                "{birds}一共几只？",
            ),
        )
    },
    "invoice": {
        "tax": (
            (
                "What is the tax on {item}?",
                "How much tax is charged for {item}?",
                "Read the tax of {item}.",
                "What is the tax amount in the line {item}?",
            ),
            ("{item}的税额是多少？", "{item}这一行的税额是多少？", "读出{item}的税额。", "{item}交多少税？"),
        ),
        "amount": (
            (
                "What is the amount of {item}?",
                "How much is {item} before tax?",
                "Read the amount in the line {item}.",
            ),
            ("{item}的金额是多少？", "{item}这一行的金额是多少？", "读出{item}的金额。"),
        ),
        "rate": (
            (
                "What is the tax rate of {item}?",
                "Which tax rate applies to {item}?",
                "Read the tax rate in the line {item}.",
            ),
            ("{item}的税率是多少？", "{item}这一行的税率是多少？", "读出{item}的税率。"),
        ),
        "total amount": (
            (
                "What is the total amount without tax?",
                "What is the sum of the amounts on this invoice?",
                "Read the total of the amount column.",
            ),
            ("不含税的金额合计是多少？", "这张发票的金额合计是多少？", "读出金额那一列的合计。"),
        ),
    },
    "chart": {
        "lowest": (
            (
                "What is the lowest value of {model}?",
                "How high is the lowest bar of {model}?",
                "Minimum of {model}?",
                "What is the worst score of {model}?",
            ),
            (
                "{model} 的最低值是多少？",
                "{model} 最低的柱子是多少？",
                "{model} 的最小值是多少？",
                "{model} 最差的成绩是多少？",
            ),
        ),
        "value": (
            (
                "What does {model} reach in {benchmark}?",
                "What is the value of {model} for {benchmark}?",
                "How high is the {benchmark} bar of {model}?",
                "Read the {benchmark} score of {model}.",
            ),
            (
                "{model} 在 {benchmark} 上是多少？",
                "{model} 的 {benchmark} 值是多少？",
                "{model} 的 {benchmark} 柱子有多高？",
                "读出 {model} 的 {benchmark} 成绩。",
            ),
        ),
        "lowest bar": (
            (
                "What is the lowest bar in the chart?",
                "What is the smallest value in this chart?",
                "How low is the lowest bar of all?",
            ),
            ("图中最低的柱子是多少？", "这张图里最小的值是多少？", "所有柱子中最低的是多少？"),
        ),
        "highest bar": (
            (
                "What is the highest bar in the chart?",
                "What is the largest value in this chart?",
                "How high is the highest bar of all?",
            ),
            ("图中最高的柱子是多少？", "这张图里最大的值是多少？", "所有柱子中最高的是多少？"),
        ),
    },
    "chemistry": {
        "metal": (
            (
                "Which metal is displaced?",
                "Which crude metal is won in this process?",
                "What metal comes out at the end?",
                "Name the metal that is driven out of filtrate C.",
            ),
            (
                "被置换出来的是什么金属？",
                "这个流程得到的粗金属是什么？",
                "最后得到什么金属？",
                "滤液C中被置换的是哪种金属？",
            ),
        ),
        "powder": (
            (
                "Which metal powder is added?",
                "What powder is added in excess?",
                "Which metal displaces the other one?",
            ),
            ("加入的是什么金属粉？", "加入的过量粉末是什么？", "哪种金属置换了另一种？"),
        ),
        "ore": (
            ("Which ore is used?", "What is the ore at the start?", "Name the ore in the flow chart."),
            ("用的是什么矿石？", "流程开始的矿石是什么？", "说出流程图中的矿石。"),
        ),
        "reagent": (
            (
                "What is the ore heated with?",
                "Which salt is added to the ore?",
                "Which reagent is used with air?",
            ),
            ("矿石和什么一起加热？", "往矿石里加的是什么盐？", "和空气一起加入的试剂是什么？"),
        ),
    },
    "sofa": {
        "height": (
            ("How high is the sofa?", "What is the height of the sofa?"),
            ("沙发有多高？", "沙发的高度是多少？"),
        ),
        "depth": (
            ("How deep is the seat of the sofa?", "What is the depth of the sofa?"),
            ("沙发的座有多宽？", "沙发的宽是多少？"),
        ),
        "long": (
            ("How long is the long side of the sofa?", "What is the length of the sofa's long side?"),
            ("沙发的长边有多长？", "沙发长边的长度是多少？"),
        ),
        "short": (
            ("How long is the short side of the sofa?", "What is the length of the sofa's short side?"),
            ("沙发的短边有多长？", "沙发短边的长度是多少？"),
        ),
        "area": (
            ("What floor area does the sofa cover?", "How large is the area that the sofa stands on?"),
            ("沙发占地面积是多少？", "沙发的底面积有多大？"),
        ),
    },
    "derivative": {
        "entry": (
            (
                "What is {column}({x})?",
                "Read {column}({x}) from the table.",
                "Which value has {column} at x = {x}?",
            ),
            ("{column}({x}) 是多少？", "从表中读出 {column}({x})。", "{column} 在 x = {x} 处的值是多少？"),
        ),
        "sum": (
            (
                "Given s(x) = f(x) + g(x), find s'({x}) using the table.",
                "What is (f + g)'({x})?",
                "What is the derivative of f + g at x = {x}?",
            ),
            (
                "已知 s(x) = f(x) + g(x)，根据表格求 s'({x})。",
                "(f + g)'({x}) 等于多少？",
                "f + g 在 x = {x} 处的导数是多少？",
            ),
        ),
        "product": (
            ("What is f({x}) · g({x})?", "Compute the product f({x})g({x}).", "Multiply f({x}) by g({x})."),
            ("f({x}) · g({x}) 等于多少？", "计算乘积 f({x})g({x})。", "f({x}) 乘以 g({x}) 是多少？"),
        ),
    },
}


@dataclass(frozen=True)
class FollowUp:
    """One more question about a drawing: its kind, what it is about (`target`, a dict), its wording and the truth."""

    kind: str
    target: dict
    question: str
    truth: str

    def is_answered_by(self, final: str) -> bool:
        """Whether the final part of an answer states the truth, in a box or as the whole text."""
        said = trace.boxed(final) or final
        return _plain(said) == _plain(self.truth)


def _plain(text: str) -> str:
    """The words and numbers of an answer alone: no TeX, no spaces, no unit of length or money."""
    text = re.sub(r"\\(?:text|mathrm)\b|\\[ ,;]|[{}$\\]", "", text).replace("^2", "²")
    return (
        re.sub(r"\s|[.。]$", "", text.lower().replace(",", ""))
        .removesuffix("cm²")
        .removesuffix("cm")
        .removesuffix("元")
    )


def follow_up(family: str, facts: dict, language: str, random: Random) -> FollowUp:
    """A follow-up question drawn by `random`."""
    kind = random.choice(list(TEMPLATES[family]))
    target = _target(family, kind, facts, random)
    chinese = language == "zh"
    words = dict(target)
    if "birds" in target:
        words["birds"] = BIRDS[target["birds"]][chinese]
    elif "line" in target:
        words["item"] = facts["lines"][target["line"]]["item"]
    elif "benchmark" in target:
        words["benchmark"] = facts["benchmarks"][target["benchmark"]]
    question = random.choice(TEMPLATES[family][kind][chinese]).format(**words)
    return FollowUp(kind, target, question, truth(family, kind, target, facts, language))


def _target(family: str, kind: str, facts: dict, random: Random) -> dict:
    if family == "recognition":
        return {"birds": random.choice(list(BIRDS))}
    if family == "invoice":
        return {} if kind == "total amount" else {"line": random.randrange(len(facts["lines"]))}
    if family == "chart" and kind in ("lowest", "value"):
        target = {"model": random.choice(list(facts["values"]))}
        return (
            target
            if kind == "lowest"
            else {**target, "benchmark": random.randrange(len(facts["benchmarks"]))}
        )
    if family == "derivative":
        target = {"x": random.choice(facts["table"])["x"]}
        return target if kind != "entry" else {**target, "column": random.choice(("f", "g", "f'", "g'"))}
    return {}


def truth(family: str, kind: str, target: dict, facts: dict, language: str) -> str:
    """The answer to a follow-up question, as text."""
    if family == "recognition":
        return str(sum(target["birds"] in ("bird", bird["name"]) for bird in facts["birds"]))
    if family == "invoice":
        if kind == "total amount":
            return facts["total_amount"]
        value = facts["lines"][target["line"]][kind]
        return f"{value}%" if kind == "rate" else value
    if family == "chart":
        if kind == "value":
            return facts["values"][target["model"]][target["benchmark"]]
        values = facts["values"][target["model"]] if kind == "lowest" else sum(facts["values"].values(), [])
        return (max if kind == "highest bar" else min)(values, key=float)
    if family == "chemistry":
        chemistry = family_module("chemistry")
        table, name = {
            "metal": (chemistry.METALS, "won"),
            "powder": (chemistry.DISPLACERS, "displacer"),
            "ore": (chemistry.ORES, "ore"),
            "reagent": (chemistry.REAGENTS, "anion"),
        }[kind]
        return table[facts[name]][language]
    if family == "sofa":
        long, short, depth = (facts[name] for name in ("long", "short", "depth"))
        return f"{long * depth + (short - depth) * depth} cm²" if kind == "area" else f"{facts[kind]} cm"
    row = next(row for row in facts["table"] if row["x"] == target["x"])
    if kind == "entry":
        return str(row[target["column"]])
    return str(row["f'"] + row["g'"] if kind == "sum" else row["f"] * row["g"])
