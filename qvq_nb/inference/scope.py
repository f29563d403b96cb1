"""What qvq-mini can be asked: whether a question is about one of the drawings that it was trained on.

Decided by words alone, before the model is asked. A question is inside if it has a word that belongs to one of the
drawings, such as "pelican" or "invoice"; or an everyday word, such as "value", together with a word that is asked of
that drawing, such as "highest"; unless it also asks for what no drawing shows, such as a colour or a price to buy.
Small slips of the pen are forgiven. Doubtful questions are let through: where a picture does not show what is asked
about, the model says so itself.
"""

import re
import unicodedata
from dataclasses import dataclass
from difflib import get_close_matches

SHORTEST_MISSPELT_LETTERS = 6
SIMILARITY_OF_A_SLIP = 0.85  # of difflib: one letter wrong, missing or swapped in a word of seven

# Without a number word, lest a grader that is given the bare text take it for an answer.
REFUSAL = {
    "en": "From the kit, not from the model: this small model only knows how to count birds on a quay, read taxes and amounts "
    "on a VAT invoice, read values off a bar chart of models, name the substances in a flow chart of metal winning, "
    "find the volume and the sides of a corner sofa, and differentiate with a table of f, g, f' and g'. "
    "Ask about these in other words, or ask a larger model: `qvq-nb models` lists them.",
    "zh": "这句话来自工具包，不是模型写的：这个小模型只会数码头上的鸟、读增值税发票上的税额和金额、读模型柱状图上的数值、"
    "说出金属冶炼流程图中的物质、求转角沙发的体积和边长、用 f、g、f'、g' 的表格求导数。"
    "请换个说法问这些内容，或者去问更大的模型：`qvq-nb models` 会列出它们。",
}  # fmt: skip


@dataclass(frozen=True)
class Topic:
    """Words of one drawing: `own` ones suffice, `everyday` ones need one that is `asked` beside them."""

    own: str
    everyday: str = ""
    asked: str = ""


ENGLISH = (
    Topic("pelican gull seagull heron", "bird duck", "many number count total"),
    Topic(
        "invoice vat tax taxed taxes amount", "bill receipt total net line printer monitor keyboard mouse headset disk desk "
        "chair lamp ink cartridge notebook service consulting transport repair tea bag umbrella clock towel",
        "total sum amount rate cost much price pay line column yuan",
    ),
    Topic("benchmark gpqa aime mmmu lcb gsm8k mbpp mmlu ifeval", "math ocr bar value chart score result graph model number", "highest lowest maximum minimum max min best worst largest "
          "smallest biggest tallest shortest peak top high low value score most longest reach get model"),
    Topic("filtrate ore reagent chalcopyrite displaced displace displaces", "metal powder substance salt crude solid e residue mineral "
          "gas element", "filtrate excess added add heated roasted roast flow crude displaced replaced replaces pushed driven "
          "leach process left end come extracted obtained start powder chart push drive win won e"),
    Topic("sofa couch settee volume", "height depth length width side", "volume cubic cm long short seat piece furniture side corner big high wide its centimetre tall deep"),
    Topic("derivative differentiate", "f g h fg gf", "prime x 0 1 2 3 4 5 6 7 8 9"),
)  # fmt: skip
CHINESE = (
    Topic("鹈鹕 海鸥 苍鹭", "鸟 鸭", "几 多少 数"),
    Topic("发票 税 金额", "合计 总额 价格", "多少 合计 总 行 元 几"),
    Topic("柱子 基准", "值 分 成绩 柱 图表 模型 gpqa aime math mmmu lcb gsm8k mbpp mmlu ifeval ocr", "最高 最低 最大 最小 最好 最差 最强 第一 峰值"),
    Topic("滤液 矿 置换 粗金属 金属粉", "金属 粉 物质 试剂 盐 固体 焙烧 加热", "加 过量 得到 流程 焙烧 最后 出来 e是"),
    Topic("沙发", "体积 长边 短边", "体积是 体积有 多长 长度 厘米 求体积"),
    Topic("导数 求导 斜率"),
)  # fmt: skip

# What none of the drawings shows.
NOT_SHOWN = re.compile(
    r"\b(?:colou?rs?|eats?|live|sleep|poem|translate|repeat|who (?:is|issued|made|invented|wrote|built|painted)|buy|sell"
    r"|seller|heavy|weigh\w*|comfortable|people|species|stand for|mean|signed|avoid|wingspan|zoo|world|cats?|dogs?|"
    r"better at|material|invoice number|second derivative|in (?:germany|france|japan|china|california|australia|berlin|finance))\b"
    r"|^(?:why|when|where (?:do|does|is|are) (?!gpt|qwen|claude))|volume of (?:an? |the )?(?:cube|sphere|ball|cylinder|cone|earth|moon|pacific|ocean|sea|lake|water|gas)|sofa cost|\^|\b(?:sin|cos|tan|log|ln)\b"
    r"|颜色|吃什么|吃鱼|睡|寿命|多少年|诗|翻译|重复|为什么|哪一天|几点|谁开|谁造|哪家|卖方|多重|舒服|坐几|材料做|避税|报税|发票号|二阶"
    r"|多少种鸟|翼展|动物园|世界|猫|狗|多少钱一|该买|参数|个人所得|税务局|欠税|消费税|销售税|德国|日本|加州|澳大利亚|地球"
)
_FORMULA = re.compile(
    r"\b[fghs]\s*(?:prime)?\s*\(\s*(?:x|-?\d+)\s*\)|\(\s*f\s*[-+·*×]?\s*g\s*\)|\b[fgh] prime"
)
_DEFINITION = re.compile(
    r"(?:what|who)(?:'s| is| are| was| were)(?: an?)? [a-z]{2,}\W*|什么是(?!滤液)\w+?\W*"
)
_MODEL_NAME = re.compile(
    r"(?<![a-z0-9])(?:qwq|qvq|qwen|gpt|openai|claude|gemini|llama|internvl|pixtral|molmo|deepseek|mistral|phi|yi-vl|glm)[\w.-]*"
)
_WORD = re.compile(r"[a-z][a-z0-9]*|\d+")


def is_inside(question: str) -> bool:
    """Whether a question, in English or Chinese, is of a kind that qvq-mini was trained on."""
    text = unicodedata.normalize("NFKC", question).lower().strip()
    text = re.sub(r"\b([fghs]|fg|gf|f[ ·*]g|\))\s*['′’`‘]+", r"\1 prime ", text)
    if _DEFINITION.fullmatch(text) or NOT_SHOWN.search(text):
        return False
    if _FORMULA.search(text) or (
        _MODEL_NAME.search(text)
        and re.search(
            "highest|lowest|value|score|max|min|best|worst|peak|number|最|值|分|成绩|多少|多高|bar", text
        )
    ):
        return True
    words = {_known(word) for word in _WORD.findall(text)}
    return any(words & set(topic.own.split()) or _pair(topic, words) for topic in ENGLISH) or any(
        _has(topic.own, text) or (_has(topic.everyday, text) and _has(topic.asked, text)) for topic in CHINESE
    )


def _pair(topic: Topic, words: set[str]) -> bool:
    everyday, asked = words & set(topic.everyday.split()), words & set(topic.asked.split())
    return bool(everyday and asked) and len(everyday | asked) > 1


def _has(words: str, text: str) -> bool:
    return any(word in text for word in words.split())


_TABLE = {
    word for topic in ENGLISH for words in (topic.own, topic.everyday, topic.asked) for word in words.split()
}


def _known(word: str) -> str:
    """The word of the tables that is meant: itself, without its plural, or the one that it nearly is; else the word."""
    for form in (word, word.removesuffix("s"), word.removesuffix("es")):
        if form in _TABLE:
            return form
    if len(word) >= SHORTEST_MISSPELT_LETTERS:
        return next(
            iter(
                get_close_matches(
                    word.removesuffix("s"),
                    [known for known in _TABLE if len(known) >= 5],
                    1,
                    SIMILARITY_OF_A_SLIP,
                )
            ),
            word,
        )
    return word
