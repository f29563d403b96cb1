"""Whether a model reads the question and the picture: `python benchmarks/other_questions.py`.

Asks about fresh cases (seeds from 11,000,000): follow-up questions, the case's question in words that were never
trained on, and questions that the picture does not answer, because it is empty or shows another family.
"""

from random import Random

import typer
from PIL import Image

import qvq_nb as qvq
from qvq_nb.cases import FAMILIES, LANGUAGES
from qvq_nb.cases.follow_ups import follow_up
from qvq_nb.evaluation import wilson_interval

FIRST_SEED = 11_000_000
NOT_SEEN = {"en": "not visible", "zh": "看不到"}
HELD_OUT_WORDS = {  # nowhere else in this project
    "recognition": {
        "en": ("Could you give me a head count of the pelicans?", "Of all these birds, how many would you say are pelicans?",
               "I see some birds here; what's the pelican count?"),
        "zh": ("麻烦你数一下鹈鹕有多少只。", "这群鸟当中，鹈鹕占几只？", "码头边站了多少只鹈鹕呢？"),
    },
    "invoice": {
        "en": ("What do all the taxes on this invoice come to?", "If I add up the tax of every line, what do I get?",
               "Which amount stands in the total row under tax?"),
        "zh": ("这张票上税一共是多少钱？", "把每一行的税额加起来是多少？", "合计那一行的税额写的是多少？"),
    },
    "chart": {
        "en": ("How well does {model} do at its best?", "Of the bars of {model}, how high is the tallest?",
               "What is the top number shown for {model} in the graph?"),
        "zh": ("{model} 表现最好时是多少？", "{model} 的几根柱子里，最高的是多少？", "图上 {model} 的最大数值是几？"),
    },
    "chemistry": {
        "en": ("After the metal powder is added, which salt is left in filtrate E?", "What would you call the substance in filtrate E?",
               "Which compound makes up filtrate E?"),
        "zh": ("加入金属粉后，滤液E里剩下什么盐？", "滤液E中溶解的是什么？", "滤液E应该叫什么物质？"),
    },
    "sofa": {
        "en": ("How much volume does this corner couch have?", "Could you compute the sofa's volume from the sizes shown?",
               "What is the cubic volume of the L-shaped sofa?"),
        "zh": ("按图上的尺寸，沙发有多少立方厘米？", "这个L形沙发的体积怎么算，是多少？", "沙发的总体积是多少？"),
    },
    "derivative": {
        "en": ("What is h'({x}) when h(x) equals f(x) times g(x)?", "Suppose h = f·g. Read the table and give h'({x}).",
               "Take h(x) = f(x) · g(x) and evaluate its derivative at {x}."),
        "zh": ("h(x) 等于 f(x) 乘 g(x)，那么 h'({x}) 是几？", "假设 h = f·g，请看表给出 h'({x})。", "取 h(x) = f(x) · g(x)，它在 {x} 处的导数是多少？"),
    },
}  # fmt: skip


def main(model: str = typer.Option("qvq-mini", help="A name from `qvq-nb models`, or a folder."),
         count: int = typer.Option(20, help="Questions of each kind, family and language.")):
    """Prints right answers of each kind and family, with 95 % intervals."""
    reasoner = qvq.load(model)
    kinds = {"follow-up": _follow_up, "held-out words": _held_out, "empty picture": _empty, "another drawing": _another}
    print("| question | " + " | ".join(FAMILIES) + " | all | 95 % interval |")
    print("| --- |" + " ---: |" * (len(FAMILIES) + 2))
    for name, ask in kinds.items():
        right = [sum(ask(reasoner, family, language, FIRST_SEED + number) for language in LANGUAGES for number in range(count))
                 for family in FAMILIES]  # fmt: skip
        total = 2 * count * len(FAMILIES)
        low, high = wilson_interval(sum(right), total)
        cells = [f"{one} of {2 * count}" for one in right]
        print(f"| {name} | " + " | ".join(cells) + f" | {sum(right)} of {total} | {100 * low:.1f} to {100 * high:.1f} % |", flush=True)


def _follow_up(reasoner, family, language, seed) -> bool:
    case = qvq.case(family, seed, language)
    asked = follow_up(family, case.facts, language, Random(seed))
    return asked.is_answered_by(reasoner.ask(case.image, asked.question).final)


def _held_out(reasoner, family, language, seed) -> bool:
    case = qvq.case(family, seed, language)
    words = Random(seed).choice(HELD_OUT_WORDS[family][language])
    return case.check(reasoner.ask(case.image, words.format(model=case.facts.get("asked"), x=case.facts.get("x")))).ok


def _empty(reasoner, family, language, seed) -> bool:
    case = qvq.case(family, seed, language)
    paper = Random(seed).choice(("white", "#fffdf0", "#e8e8e8"))
    return NOT_SEEN[language] in reasoner.ask(Image.new("RGB", case.image.size, paper), case.question).final


def _another(reasoner, family, language, seed) -> bool:
    case = qvq.case(family, seed, language)
    shown = Random(seed).choice([other for other in FAMILIES if other != family])
    return NOT_SEEN[language] in reasoner.ask(qvq.case(shown, seed, language).image, case.question).final


if __name__ == "__main__":
    typer.run(main)
