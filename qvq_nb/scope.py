"""What qvq-mini can be asked: whether a question is about one of the drawings that it was trained on.

Decided by words alone, before the model is asked. A question is inside if it has a word for the thing, a word for
what is asked of it, and no word that the drawing does not account for: so "How many pelicans are there?" is inside,
and "How many pelicans are there in Australia?" is not. English is compared word by word, with plurals and small
slips of the pen; Chinese, which has no spaces, by taking the known words out of the sentence and looking at the rest.
"""

import re
import unicodedata
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property

SHORTEST_MISSPELT_LETTERS = 5
SIMILARITY_OF_A_SLIP = 0.82  # of difflib: one letter wrong, missing or swapped in a word of six
LONGEST_NAME_CHARACTERS = 6  # of a Chinese name that the tables do not know

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
    """The words of one kind of question: for the thing, for what is asked of it, and what else may stand beside them.

    `names` says which words may be names that no table knows: "marked" (with a digit or capitals, such as GPT-4o),
    "items" (goods on an invoice), or "" for none.
    """

    things: str
    asked: str
    beside: str = ""
    numbers: bool = False
    names: str = ""

    @cached_property
    def words(self) -> set[str]:
        return set(f"{self.things} {self.asked} {self.beside}".split())


ENGLISH_COMMON = set(
    "a an the this that these those it its there here is are was were be do does did can could would will i me my we you "
    "please tell give show find look see know want like need have has to of in on at for from by with and or as let if then "
    "what which who how much many number total sum all altogether any some one other not no only just so now hi hey hello ok "
    "picture image photo photograph drawing figure shown visible read exactly according say get use using compute "
    "calculate determine work out up value name answer question thank quickly "
    "they them their she he her his us our your yours my mine itself "
    "about above across after along among around before behind below beside between beyond by down during except inside into "
    "near off onto outside over past per round than through under until upon within without "
    "although because both but either neither nor though whether while another each every few fewer less more most several such "
    "very too again also already actually really together quite rather simply maybe perhaps overall once still else "
    "am been being done doing got getting had having cannot don doesn isn will would did end "
    "zero two three four five six seven eight nine ten excuse sorry kindly help ask wonder curious check state report identify "
    "list specify mention write good sir madam next different same print printed hold used where right mind enumerate estimate depicted displayed display illustrated present presented indicate indicated mark marked given listed contain include visual carefully quick quickly thing quantity amount figure result solve obtain get gives provide provided extract deduce infer conclude "
    "try begin start correct true exact precise total".split()
)
ENGLISH = (
    Topic(  # birds on a quay
        "pelican gull seagull heron duck bird", "many count counting number total sum amount altogether tally any there",
        "quay pier dock edge cut off sit sitting stand counted except resting perched gathered line lined standing appear scene apart besides each kind type every also row whole together than more them wonder animal",
    ),
    Topic(  # invoices
        "tax vat invoice bill receipt line row amount total subtotal", "tax taxed vat total amount rate sum price cost much pay paid subtotal",
        "before after without including grand payable levied imposed incurred collected combined entire whole figure goods product purchase worth excluding column add charge due yuan rmb high big large bottom first second third fourth last "
        "item good entry apply applies percent net gross be must value come altogether each state owe owed "
        "printer monitor display keyboard mouse headphone earphone hard disk drive desk office chair lamp ink cartridge notebook laptop "
        "service fee consulting transport shipping repair maintenance tea bag schoolbag umbrella clock watch towel",
        numbers=True, names="items",
    ),
    Topic(  # the bars of a chart
        "bar", "highest lowest tallest shortest longest smallest largest biggest maximum minimum value number label",
        "high low chart graph plot model benchmark among", numbers=True, names="marked",
    ),
    Topic(  # charts: what a model reaches
        "chart graph diagram value score result benchmark model maximum minimum peak",
        "highest lowest maximum minimum max min best worst largest smallest biggest greatest least top bottom peak most high low "
        "value score scored result number point win winner lead leader strongest weakest perform reach get do first superior outperform rank ranked ranks tops leading well hardest easiest front ahead",
        "achieve achieved attain attained record recorded earn earned performance across candidate column among test task off come", numbers=True, names="marked",
    ),
    Topic(  # flow charts: substances
        "filtrate ore mineral residue e", "what which name identify formula substance salt contain left mineral add added heat heated roast roasted",
        "e c d b solid gas chemical compound in flow chart diagram scheme process metal winning start begin beginning end first last raw "
        "crude heat roast leach water add powder excess ammonium sulfate nitrate chloride solution dissolved dissolve main composition step used react consist made when before roasting heating mixed used "
        "together start crushed first material process go reagent remain end compound",
    ),
    Topic(  # flow charts: steps
        "metal element powder substance salt reagent material e solid product crude heat heated roast roasted added displace displaced",
        "displace displaced element add added excess heat heated roast roasted crude win won obtain obtained extract extracted come flow "
        "process e produce produced contain consist react go push pushed drive driven force forced replace replaced liberate liberated precipitate recover recovered isolate isolated left over raw into",
        "chart diagram scheme chemical compound ore filtrate solution start end formula metal first last before mixed during remain used "
        "iron zinc magnesium aluminium aluminum copper nickel lead silver made ammonium",
    ),
    Topic(  # sofas
        "sofa couch settee volume side seat height depth width length centimetre centimeter litre liter",
        "volume big large tall high height long length wide width deep depth size dimension measurement measure space side cubic litre liter",
        "reach wall far occupy total overall outer inner cm cm3 m3 m cubed centimetre centimeter metre meter decimetre liter litre l corner shaped seat short longer shorter longest shortest "
        "measure take end arm back part unit",
    ),
    Topic(  # tables of f and g
        "f g h fg gf derivative", "0 1 2 3 4 5 6 7 8 9",
        "slope gradient rate change prime x when derivative differentiate product quotient difference rule table function times plus minus equal given "
        "evaluate where below above row column below take point", numbers=True,
    ),
)  # fmt: skip

CHINESE_COMMON = set(
    "请问 请 你 我 帮 告诉 想 知道 需要 能 可以 看到 看见 看 图表 图中 图里 图上 图片 照片 画面 画 图 这张 这幅 这个 这些 这里 这 那 里面 里 中 上 "
    "的 是 了 有没有 有 在 吗 呢 吧 啊 多少 几 什么 哪个 哪些 哪种 哪一个 哪 一共 总共 共 总数 总 全部 所有 到底 究竟 找出 找 求出 求 计算 算一算 "
    "算出 算 读出 读 说出 说 给出 写出 写着 写 判断 根据 按照 按 利用 用 由 从 查 它 和 与 还 也 都 等于 等 为 不是 没有 除了 以外 之外 其他 其它 "
    "每种 每个 各 种 个 只 张 条 项 数一数 数一下 数数 数出 数 数字 数量 数目 名称 名字 叫 要 得出 出来 起来 一下 一 最后 请你 下 把 字 值 答案 呀 们 能不能".split()
)
CHINESE = (
    Topic("鹈鹕 海鸥 苍鹭 鸭子 鸭 鸟 鸥 鹭", "几 多少 数 数量 数目 总数 一共 总共 只数 没有", "停 停着 栖 落 站立 的鸟 多 更 鸟类 动物 岸边 码头  站着 站 包括 被 边缘 切掉 切 外 除 加 动物"),
    Topic(
        "税 税额 税款 税率 增值税 发票 金额 单价 票 单子 价格 总价 行", "多少 几 税额 金额 税率 合计 总额 总 总数 价 价格 税款",
        "商品 百分之 最高 最低 价税 不含 含 交 收 缴 应 需 合计 加 列 栏 行 第 二 三 四 五 元 钱 块 额 总计 共计 多大 点 加在 在一起 缴纳 征收 收取 支付 付 承担 商品 货物 最下面 一起 按 价格 之和 和 扣 "
        "打印机 显示器 键盘 鼠标 耳机 硬盘 办公桌 椅子 台灯 墨盒 笔记本 服务费 咨询费 运输费 维修费 茶叶 书包 雨伞 钟表 毛巾",
        numbers=True, names="items",
    ),
    Topic("柱子 柱 柱状图", "最高 最低 最长 最短 最矮 最大 最小 多高 多少 数值", "条形图 模型 根", numbers=True, names="marked"),
    Topic(
        "模型 值 分 分数 得分 成绩 结果 数值 最大值 最小值 峰值 图表 基准 名",
        "最高 最低 最大 最小 最好 最差 最强 最弱 最佳 最多 最少 峰值 第一 多少分 成绩 得分 分数 值 多少",
        "达到 取得 得到 拿到 拿 得 测试 基准 项目 任务 一项 一个 谁 表现 柱状图 柱子 根 柱 分 高 低 第 赢 上面 排 难 容易 数 第一名 名 项 领先 优 胜出 表现 模型里 三 两 上的",
        numbers=True, names="marked",
    ),
    Topic(
        "滤液 矿石 矿 矿物 原料 e", "什么 哪 哪种 名字 名称 化学式 物质 盐 e",
        "流程图 流程 工艺 化学 成分 主要 溶质 溶液 含有 含 加热 焙烧 时 开头 开始 开端 使用 炼 c d b 滤渣 固体 得到 最初 加入 加 一起 铵 于 粉 组成 化合物 这种 种 工业 步 最终",
    ),
    Topic(
        "金属 金属粉 粉末 粉 物质 粗金属 焙烧 加热 置换 试剂 反应物",
        "置换 加入 加了 加的 过量 加热 焙烧 得到 炼出 冶炼 析出 提取 加进 生成 提炼 还原 赶出 为了 替换 取代 回收",
        "矿石 流程图 流程 工艺 滤液 出 时 粗 加 来 化学 得 末 最终 铁 锌 镁 铝 铜 镍 铅 银 跟 一起 被 去 进 矿",
    ),
    Topic(
        "沙发 体积 长边 短边 高度 宽度 深度 长度 边", "体积 大 空间 高 高度 宽 宽度 深 深度 长 长度 长边 短边 尺寸 立方厘米",
        "转角 拐角 厘米 立方 分米 米 占 多 座位 座 扶手 边 短 最长 最短 cm 单位 立方米 升 靠 墙 那边 容积 左 右 后 前 侧",
    ),
    Topic(
        "f g h fg gf", "0 1 2 3 4 5 6 7 8 9",
        "x prime 斜率 变化率 函数 导数 求导 导 乘积 之积 积 商 差 之和 表格 表中 表 下表 已知 若 如果 设 其中 处 时 点 法则 乘法 乘以 乘 加 减 当 如下 取 则", numbers=True,
    ),
)  # fmt: skip

_DEFINITION = re.compile(r"(?:what|who)(?:'s| is| are| was| were)(?: an?)? [a-z]{2,}\W*|什么是(?!滤液)\w+?\W*")
_HIGHER_MATHEMATICS = re.compile(r"[\^√∫∑²³⁴]|\d[xyz]|[xyz]\d|\b(?:sin|cos|tan|log|ln|exp)\b")
_CJK = "\u3400-\u4dbf\u4e00-\u9fff"
_CHINESE_RUN = re.compile(f"[{_CJK}]+")
_WORD = re.compile(rf"[^\W\d_{_CJK}]\w*(?:[.'-]\w+)*|\d+(?:\.\d+)?%?")
_ITEM = re.compile(r"(?:tax|vat|amount|price|rate) (?:on|of|for) the ([a-z]+(?: [a-z]+)?)\W*$")
_CHINESE_ITEM = re.compile(rf"[{_CJK}]{{1,{LONGEST_NAME_CHARACTERS}}}(?=的(?:税额|金额))")
_CHINESE_NAME = re.compile(rf"[{_CJK}]{{1,{LONGEST_NAME_CHARACTERS}}}(?=的最[高低大小好差](?:值|分|得分|成绩|数值))")


def is_inside(question: str) -> bool:
    """Whether a question, in English or Chinese, is of a kind that qvq-mini was trained on."""
    text = unicodedata.normalize("NFKC", question.replace("cm³", "cm3").replace("cm²", "cm2"))
    text = re.sub("[’′‘`]", "'", text).strip()
    if _DEFINITION.fullmatch(text.lower()) or _HIGHER_MATHEMATICS.search(question.replace("cm³", "").lower()):
        return False
    text = re.sub(r"\b([fgh]|fg)\s*'+", r"\1 prime ", text)
    return any(_fits_english(text, topic) for topic in ENGLISH) or any(_fits_chinese(text, topic) for topic in CHINESE)


def _fits_english(text: str, topic: Topic) -> bool:
    chinese = _CHINESE_RUN.findall(text)
    if chinese and topic.names != "items":
        return False
    found, names, bare = set(), int(bool(chinese)), True
    item = _ITEM.search(text.lower()) if topic.names == "items" else None
    allowed_item = set(item[1].split()) if item else set()
    for place, written in enumerate(_WORD.findall(text)):
        word = _known(written, topic)
        if word in topic.words:
            found.add(word)
        elif word is not None:
            bare = bare and word in ("the", "of", "in", "on", "at", "for", "and")
        elif topic.numbers and written[0].isdigit():
            continue
        elif (topic.names == "marked" and _is_marked(written, place)) or written.lower() in allowed_item:
            names += 1
        else:
            return False
    has_thing = names > 0 or bool(found & set(topic.things.split()))
    # Without a word for what is asked only a bare phrase will do, such as "Pelicans?" or "GPT-4o in MATH".
    return has_thing and (bool(found & set(topic.asked.split())) or bare and (bool(found) or names > 1))


def _known(written: str, topic: Topic) -> str | None:
    """The word of the tables that is meant: itself, without its plural or possessive, or the one that it nearly is."""
    word = re.sub(r"'(?:s|re|ll|d)?$", "", written.lower())
    tables = topic.words | ENGLISH_COMMON
    for form in (word, word.removesuffix("s"), word.removesuffix("es"), word.removesuffix("ing")):
        if form in tables:
            return form
    if len(word) < SHORTEST_MISSPELT_LETTERS or not word.isalpha():
        return None
    candidates = [known for known in tables if len(known) > SHORTEST_MISSPELT_LETTERS]
    return next(iter(get_close_matches(word.removesuffix("s"), candidates, 1, SIMILARITY_OF_A_SLIP)), None)


def _is_marked(written: str, place: int) -> bool:
    """Whether a word looks like a name: a digit or a hyphen in it, capitals within it, or one at its start inside a sentence."""
    return bool(re.search(r"\d|-|(?<=.)[A-Z]", written)) or (place > 0 and written[0].isupper())


def _fits_chinese(text: str, topic: Topic) -> bool:
    if not _CHINESE_RUN.search(text):
        return False
    text = re.sub(rf"(?<=[{_CJK}])\s+(?=[{_CJK}])", "", text)
    rest, found = text, set()
    for pattern, kind in ((_CHINESE_ITEM, "items"), (_CHINESE_NAME, "marked")):
        if topic.names == kind:
            rest = pattern.sub(" ", rest)
    names = rest != text
    # Longest first, so that 体积 is not taken for 积.
    words = sorted(topic.words | CHINESE_COMMON, key=len, reverse=True)
    rest = re.sub("|".join(word for word in words if _CHINESE_RUN.match(word)), " ", rest)
    if _CHINESE_RUN.search(rest):
        return False
    for written in _WORD.findall(rest):
        word = written.lower()
        if word in topic.words:
            found.add(word)
        elif topic.numbers and word[0].isdigit():
            continue
        elif topic.names == "marked" and _is_marked(written, 1):
            names = True
        else:
            return False

    def has(words: str) -> bool:
        return any(word in found or _CHINESE_RUN.match(word) and word in text for word in words.split())

    return (names or has(topic.things)) and has(topic.asked)
