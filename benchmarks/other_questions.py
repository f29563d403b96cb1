"""Whether a model reads the question and looks at the picture.

    python benchmarks/other_questions.py           twenty questions of each kind, family and language
    python benchmarks/other_questions.py --keep    the same, kept in benchmarks/results/other_questions.md

Asks about fresh cases (seeds from 12,000,000): follow-up questions, the case's question in words that were
never trained on, and questions that the picture does not answer, because it is empty or shows another family.
"""

import sys
from pathlib import Path
from random import Random

import typer
from PIL import Image

import qvq_nb as qvq
from qvq_nb.cases import LANGUAGES
from qvq_nb.evaluation.interval import wilson_interval
from qvq_nb.files import write_whole
from qvq_nb.models.profiles import EMBEDDED, get
from qvq_nb.screen import note
from qvq_nb.tables import Table

RESULT = Path(__file__).parent / "results" / "other_questions.md"
TRAINED_ON = get(EMBEDDED).families
COLUMNS = ("question", *TRAINED_ON, "all", "95 % interval")
PAGE = """# Other questions

Whether a model reads the question and looks at the picture: follow-up questions, the case's question in words
that were never trained on, an empty picture, and a picture of another family (right is to say that it cannot
be seen). Fresh cases, half English and half Chinese; on {model}:

```bash
{command}
```

{table}
"""
FIRST_SEED = 12_000_000
NOT_SEEN = {"en": "not visible", "zh": "看不到"}
HELD_OUT_WORDS = {  # nowhere else in this project
    "recognition": {
        "en": ("I'd like a pelican count, please.", "Pelicans on this quay: what's the figure?",
               "If you look at the birds, how many turn out to be pelicans?"),
        "zh": ("鹈鹕这一种，一共来了几只？", "请报一下鹈鹕的只数。", "看一眼，鹈鹕有多少呀？"),
    },
    "invoice": {
        "en": ("What does the tax amount to in total on this invoice?",
               "How many yuan does the bottom line give for tax?",
               "Which total does the invoice show for tax?"),
        "zh": ("这张发票总共多少税？", "税额合计那一格写了多少？", "开票的税额总计是多少元？"),
    },
    "chart": {
        "en": ("What's the very best that {model} achieves here?", "{model}: what is its largest value?",
               "Which is the highest score that {model} obtains?"),
        "zh": ("{model} 最高能到多少？", "请看 {model}：最大的值是多少？", "{model} 考得最好的是多少分？"),
    },
    "chemistry": {
        "en": ("So what is in filtrate E in the end?", "Which dissolved salt does filtrate E hold?",
               "What would a chemist call filtrate E?"),
        "zh": ("最后那个滤液E到底装着什么？", "滤液E溶着哪种盐？", "请问E这种滤液的化学名称是什么？"),
    },
    "sofa": {
        "en": ("What's the sofa's volume, please?", "How voluminous is this couch?",
               "Taking the sizes from the drawing, what volume does the sofa have?"),
        "zh": ("图里沙发的体积请算出来。", "沙发一共占多少立方厘米？", "根据标出的长度，沙发体积是几？"),
    },
    "derivative": {
        "en": ("For the product h(x) = f(x) · g(x), what does h'({x}) come out as?",
               "h is f times g. So h'({x}) is what?",
               "What value does the derivative of h(x) = f(x)g(x) take at x = {x}?"),
        "zh": ("h(x) = f(x) · g(x) 时，h'({x}) 的结果是什么？", "h 是 f 和 g 的积，那 h'({x}) 是多少呢？",
               "表里的数能算出 h(x) = f(x)g(x) 的 h'({x})，是多少？"),
    },
}  # fmt: skip


def main(
    model: str = typer.Option("qvq-mini", help="A name from `qvq-nb models`, or a folder."),
    count: int = typer.Option(20, help="Questions of each kind, family and language."),
    keep: bool = typer.Option(False, "--keep", help="Keep the table in results/other_questions.md."),
):
    """Prints right answers of each kind and family, with 95 % intervals."""
    reasoner = qvq.load(model)
    kinds = {
        "follow-up": _follow_up,
        "held-out words": _held_out,
        "empty picture": _empty,
        "another drawing": _another,
    }
    asked = [(language, FIRST_SEED + number) for language in LANGUAGES for number in range(count)]
    rows = []
    for name, ask in kinds.items():
        right = [sum(ask(reasoner, family, *one) for one in asked) for family in TRAINED_ON]
        total = len(asked) * len(TRAINED_ON)
        low, high = wilson_interval(sum(right), total)
        cells = [f"{one} of {len(asked)}" for one in right]
        rows.append((name, *cells, f"{sum(right)} of {total}", f"{100 * low:.1f} to {100 * high:.1f} %"))
        note(f"{name}: done")
    table = Table(COLUMNS, rows).to_markdown()
    if keep:
        command = " ".join(["python", "benchmarks/other_questions.py", *sys.argv[1:]])
        write_whole(RESULT, PAGE.format(model=model, command=command, table=table))
    print(table)


def _follow_up(reasoner, family, language, seed) -> bool:
    asked = qvq.case(family, seed, language).follow_up(seed)
    return asked.check(reasoner.ask(asked)).ok


def _held_out(reasoner, family, language, seed) -> bool:
    case = qvq.case(family, seed, language)
    words = Random(seed).choice(HELD_OUT_WORDS[family][language])
    asked = words.format(model=case.facts.get("asked"), x=case.facts.get("x"))
    return case.check(reasoner.ask(case.image, asked)).ok


def _empty(reasoner, family, language, seed) -> bool:
    case = qvq.case(family, seed, language)
    paper = Random(seed).choice(("white", "#fffdf0", "#e8e8e8"))
    return NOT_SEEN[language] in reasoner.ask(Image.new("RGB", case.image.size, paper), case.question).final


def _another(reasoner, family, language, seed) -> bool:
    case = qvq.case(family, seed, language)
    shown = Random(seed).choice([other for other in TRAINED_ON if other != family])
    return NOT_SEEN[language] in reasoner.ask(qvq.case(shown, seed, language).image, case.question).final


if __name__ == "__main__":
    typer.run(main)
