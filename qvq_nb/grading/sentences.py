"""What a verdict says, in English and in Chinese."""

_SENTENCES = {
    "empty": ("There is no final answer to read.", "没有可读的最终答案。"),
    "refused": ("The kit refused the question, so the model gave no answer.",
                "工具包拒绝了这个问题，模型没有作答。"),
    "broken": ("The text was cut off inside the box, so the answer is incomplete.",
               "文本在答案框内被截断，答案不完整。"),
    "unfinished": ("The answer did not come to its end, so it is not complete.",
                   "回答没有写完，所以不完整。"),
    "right": ("{got} is what the drawing gives.", "{got} 与图中一致。"),
    "no number": (r"No such number stands there; write just the answer in \boxed{{…}}.",
                  r"没有读到所问的数字；请只把答案写进 \boxed{{…}}。"),
    "unreadable": (r"{got} can be read in several ways or not at all; write it as \boxed{{1234.5}}.",
                   r"{got} 读不出或有多种读法；请写成 \boxed{{1234.5}} 这样的形式。"),
    "open box": (r"A box is opened there and not closed; write \boxed{{…}} whole.",
                 r"有一个答案框没有写完；请完整地写出 \boxed{{…}}。"),
    "several": (r"Several possible answers stand there; write just one in \boxed{{…}}.",
                r"写了好几个可能的答案；请只把一个写进 \boxed{{…}}。"),
    "doubted": (r"“{word}” leaves open what the answer is; write just the answer in \boxed{{…}}.",
                r"“{word}”让人看不出答案是什么；请只把答案写进 \boxed{{…}}。"),
    "about another": (r"It speaks of “{name}”; write just what is asked for in \boxed{{…}}.",
                      r"说的是{name}；请只把所问的写进 \boxed{{…}}。"),
    "wrong unit": ("The unit is wrong: {unit}, where {wanted} is asked for.",
                   "单位不对：写的是 {unit}，应为 {wanted}。"),
    "needless unit": ("The answer carries a unit, {unit}, that does not belong to it.",
                      "答案带有不该有的单位 {unit}。"),
    "wrong number": ("{got} is not {expected}.", "{got} 不等于 {expected}。"),
    "right without unit": ("The number is right; no unit was given, and {unit} was assumed.",
                           "数字正确；没有写单位，按 {unit} 计。"),
    "right within": ("{got} is {expected} to within {tolerance}.",
                     "{got} 与 {expected} 相差不超过 {tolerance}。"),
    "right converted": ("{got} is {expected}.", "{got} 即 {expected}。"),
    "no substance": (r"No compound is named there; write just its formula or name in \boxed{{…}}.",
                     r"没有说出化合物；请只把它的化学式或名称写进 \boxed{{…}}。"),
    "wrong name": ("{got} is not {expected}.", "{got} 不是 {expected}。"),
    "no box": ("The final part holds no box; write one in thousandths of width and height, as {example}.",
               "最终部分没有框；请按宽、高的千分坐标写一个，例如 {example}。"),
    "several boxes": ("The final part holds several different boxes; write just one, as {example}.",
                      "最终部分有多个不同的框；请只写一个，例如 {example}。"),
    "box denied": ("The text says where it is not; write just the box of the object itself, as {example}.",
                   "文本说的是不在哪里；请只写物体本身的框，例如 {example}。"),
    "box right": ("IoU {overlap} with the true box (read as {form}, in thousandths).",
                  "与正确框的 IoU 为 {overlap}（按{form}、千分坐标读取）。"),
    "box wrong": ("IoU {overlap} with the true box, where {threshold} is needed"
                  " (read as {form}, in thousandths).",
                  "与正确框的 IoU 只有 {overlap}，至少要 {threshold}（按{form}、千分坐标读取）。"),
    "box on another": ("The box lies on the {name}: IoU {overlap} with the true box, where {threshold} is"
                       " needed (read as {form}, in thousandths).",
                       "框到了{name}：与正确框的 IoU 只有 {overlap}，至少要 {threshold}"
                       "（按{form}、千分坐标读取）。"),
    "no multiple of π": (r"No single multiple of π can be read; write it like \boxed{{\frac{{3\pi}}{{4}}}}.",
                         r"读不出一个 π 的倍数；请写成 \boxed{{\frac{{3\pi}}{{4}}}} 这样的形式。"),
    "without π": ("{got} lacks the factor π; {expected} is right.", "{got} 漏了因子 π，应为 {expected}。"),
    "not one name": (r"The final part does not name one; write it alone, as in \boxed{{…}}.",
                     r"最终部分没有明确说出是哪一个；请只写出它，例如 \boxed{{…}}。"),
    "not in parts": (r"The answer does not give these parts, and no more, in order: {names}. "
                     r"Write them with commas between, such as \boxed{{2, 13.50}}.",
                     r"答案没有依次给出以下各部分：{names}。请用逗号隔开来写，例如 \boxed{{2, 13.50}}。"),
    "one part": ("{name}: {reason}", "{name}：{reason}"),
    "not one option": (r"The final part does not choose one option; write its letter, such as \boxed{{B}}.",
                       r"最终部分没有选定一个选项；请写出选项的字母，例如 \boxed{{B}}。"),
}  # fmt: skip


def say(what: str, language: str, **words) -> str:
    """The sentence for one reason, in English or Chinese."""
    return phrase(_SENTENCES[what], language, **words)


def phrase(english_and_chinese: tuple[str, str], language: str, **words) -> str:
    """One of two sentences that say the same, with `words` put in."""
    return english_and_chinese[language == "zh"].format(**words)
