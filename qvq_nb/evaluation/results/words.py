"""The words of the reports in English and Chinese, and cells for people."""

from qvq_nb.evaluation.interval import percent
from qvq_nb.files import shown

LONGEST_CELL = 60

WORDS = {
    "all": ("all", "全部"),
    "title": ("{model} on {sets}", "{model} 在 {sets} 上的成绩"),
    "scores": ("Scores", "成绩"),
    "part": ("part", "部分"),
    "set": ("set", "题集"),
    "right": ("right", "答对"),
    "of": ("of", "题数"),
    "share": ("share", "正确率"),
    "interval": ("95 % interval", "95% 区间"),
    "error": ("standard error, points", "标准误（百分点）"),
    "by": ("By {name}", "按{name}"),
    "more": ("… {count} more, in summary.json", "……另有 {count} 项，见 summary.json"),
    "headline": ("{right} of {total} answered questions are right: {share}, 95 % interval {low} to {high}.",
                 "已作答的 {total} 题中答对 {right} 题：{share}，95% 区间 {low} 至 {high}。"),
    "mean": ("The mean score of {total} answered questions is {share}, 95 % interval {low} to {high}.",
             "已作答的 {total} 题平均得分 {share}，95% 区间 {low} 至 {high}。"),
    "shared": ("These questions are about {clusters} pictures or passages.",
               "这些题目涉及 {clusters} 张图片或段落。"),
    "comma": (", ", "、"),
    "length": ("length", "长度"),
    "nothing": ("No question has been answered yet.", "还没有任何题目得到回答。"),
    "incomplete": ("{answered} of {wanted} answers are there. If every missing one were wrong: {share}.",
                   "{wanted} 个回答中已有 {answered} 个。若缺少的都算错，正确率为 {share}。"),
    "meaning": ("The interval says how far chance alone, in the choice of the questions, may have moved the "
                "share. Questions that share a picture count for less than as many independent ones.",
                "区间表示仅由选题的偶然性，正确率可能偏移多少。共用一张图片的几道题，"
                "所含信息少于同样多的独立题目。"),
    "beside": ("Beside the score", "成绩之外"),
    "count": ("answers", "回答"),
    "number": ("number", "数量"),
    "wanted": ("wanted", "应有"),
    "answered": ("answered", "已有"),
    "errors": ("could not be asked (error)", "提问出错"),
    "not_asked": ("not asked yet", "尚未提问"),
    "not_judged": ("not judged (no truth known)", "不评判（没有标准答案）"),
    "unclear": ("unclear: no single answer can be read", "不明确：读不出唯一答案"),
    "broken_off": ("broken off before their end", "未写完就中断"),
    "looped": ("repeat themselves in a loop", "陷入循环重复"),
    "switched": ("switch to another language", "换成了另一种语言"),
    "lengths": ("Lengths of the answers", "回答的长度"),
    "quarter": ("a quarter below", "四分之一低于"),
    "median": ("half below", "一半低于"),
    "three_quarters": ("three quarters below", "四分之三低于"),
    "sum": ("sum", "合计"),
    "known": ("known of", "有记录的回答"),
    "thinking_tokens": ("thinking, tokens", "思考（token）"),
    "new_tokens": ("written, tokens", "输出（token）"),
    "prompt_tokens": ("read, tokens", "输入（token）"),
    "visual_tokens": ("of these for pictures", "其中图片"),
    "seconds": ("seconds", "秒"),
    "cost": ("cost", "费用"),
    "repeats": ("Several answers to each question", "每题多次作答"),
    "measure": ("measure", "指标"),
    "pass": ("right at least once in {k} (pass@{k})", "{k} 次中至少对一次（pass@{k}）"),
    "majority": ("majority vote", "多数投票"),
    "published": ("Published scores", "公布的成绩"),
    "published score": ("published", "公布值"),
    "here": ("this run", "本次"),
    "differs": ("what differs or is not known", "不同或未知之处"),
    "differs model": ("model", "模型"),
    "differs questions": ("questions", "题目"),
    "differs prompt": ("prompt", "提示词"),
    "differs pixels": ("pixels", "像素"),
    "differs scorer": ("scorer", "评分程序"),
    "published note": ("The authors of {model} published neither prompt nor pixels nor scorer for these "
                       "scores, so equal numbers cannot be expected. Source: {source}, {date}. No interval "
                       "where the number of questions is not published.",
                       "{model} 的作者没有公布这些成绩所用的提示词、像素设置和评分程序，"
                       "因此不能期望数字相同。来源：{source}，{date}。未公布题数的没有区间。"),
    "harness": ("How it was measured", "测量方法"),
    "setting": ("setting", "设置"),
    "value": ("value", "取值"),
    "failures": ("Not right: the first {count} of {total}", "未答对：{total} 个中的前 {count} 个"),
    "no failures": ("Every answer is right.", "所有回答都正确。"),
    "to failures": ("What was not right", "未答对的题目"),
    "question": ("Question", "题目"),
    "got": ("Read from the answer", "读到的答案"),
    "expected": ("Expected", "标准答案"),
    "reason": ("Why", "理由"),
    "answer": ("The end of the answer", "回答的结尾"),
    "repeat": ("answer {number}", "第 {number} 次回答"),
    "length plot": ("Answers by length of their thinking, in tokens", "按思考长度（token）统计的回答数"),
    "written plot": ("Answers by what was written, in tokens", "按输出长度（token）统计的回答数"),
    "interval plot": ("Share of right answers with its 95 % interval", "正确率及其 95% 区间"),
    "diamond": ("; a diamond is a published score", "；菱形为公布的成绩"),
    "wrong": ("wrong", "错误"),
    "not clear": ("unclear", "不明确"),
    "comparison": ("{a} and {b}", "{a} 与 {b}"),
    "one part": ("{kind}: {value}", "{kind}：{value}"),
    "run": ("run", "运行"),
    "both answered": ("On the questions that both answered", "双方都回答了的题目"),
    "difference title": ("Second run against the first", "第二次运行与第一次相比"),
    "difference in points": ("difference, points", "差值（百分点）"),
    "questions": ("questions", "题数"),
    "better": ("second better", "第二次更好"),
    "worse": ("first better", "第一次更好"),
    "p": ("p (McNemar)", "p（McNemar）"),
    "settings that differ": ("Settings that differ", "不同的设置"),
    "changed": ("Questions on which they differ: the first {count} of {total}",
                "结果不同的题目：{total} 道中的前 {count} 道"),
    "nothing in common": ("{a} and {b} have no answered question in common.",
                          "{a} 与 {b} 没有共同回答过的题目。"),
    "difference": ("On {both} questions that both answered, the difference of {b} to {a} is {difference} "
                   "points: better on {better}, worse on {worse} (McNemar's exact p = {p}).",
                   "在双方都回答了的 {both} 题上，{b} 与 {a} 相差 {difference} 个百分点："
                   "{better} 题更好，{worse} 题更差（McNemar 精确检验 p = {p}）。"),
    "no error": (" Too few pictures to say how sure that is.", "图片太少，无法说明这有多可靠。"),
    "difference interval": (" The 95 % interval of the difference is {low} to {high}.",
                            "差值的 95% 区间为 {low} 至 {high}。"),
    "apart": (" That is more than chance would do.", "这超出了偶然所能造成的差别。"),
    "not apart": (" Chance alone may do that: these questions do not tell the two apart.",
                  "仅凭偶然也可能如此：这些题目不足以区分二者。"),
    "detectable": (" A difference of {points} points would be seen four times out of five.",
                   "若真有 {points} 个百分点的差别，五次中约有四次能看出来。"),
    "many parts": ("Among twenty parts one is expected to stand out by chance alone.",
                   "二十个部分中，预计会有一个仅因偶然而显得突出。"),
}  # fmt: skip

# Names of settings and categories, which come from elsewhere; any other is said as it is.
NAMES = {
    "set": ("set", "题集"),
    "language": ("language", "语言"),
    "category": ("category", "类别"),
    "model": ("model", "模型"),
    "prompt": ("prompt", "提示词"),
    "system": ("system prompt", "系统提示词"),
    "min_pixels": ("least pixels", "最少像素"),
    "max_pixels": ("most pixels", "最多像素"),
    "max_new_tokens": ("most new tokens", "最多输出 token"),
    "temperature": ("temperature", "温度"),
    "thinking_budget": ("thinking budget, tokens", "思考预算（token）"),
    "repeats": ("answers to each question", "每题回答次数"),
    "weights": ("weights", "权重"),
    "scorer": ("scorer", "评分程序"),
    "price": ("price per million tokens", "每百万 token 价格"),
    "en": ("English", "英文"),
    "zh": ("Chinese", "中文"),
    "level": ("level", "难度"),
    "subject": ("subject", "学科"),
    "split": ("split", "划分"),
    "task": ("task", "任务"),
    "source": ("source", "来源"),
}


class Words:
    """Says what the reports say in one language."""

    MOST_ROWS = 30  # of a table for people; JSON has all

    def __init__(self, language: str):
        self.language = language

    def __call__(self, what: str, **values) -> str:
        return WORDS[what][self.language == "zh"].format(**values)

    def name(self, name: str) -> str:
        """The name of a setting or a category."""
        return NAMES[name][self.language == "zh"] if name in NAMES else shortened(name)


def shortened(value, longest: int = LONGEST_CELL) -> str:
    """Any value on one line, printable and not too long."""
    return shown(_written(value), longest)


def points(share: float | None) -> str:
    """A difference of shares in percentage points."""
    return "–" if share is None else f"{100 * share:.1f}"


def signed(share: float | None) -> str:
    """A difference of shares in percentage points with its sign."""
    if share is None:
        return "–"
    written = f"{100 * share:+.1f}"
    return "±0.0" if written in ("+0.0", "-0.0") else written.replace("-", "−")


def interval_cells(one: dict) -> tuple[str, str, str, str, str]:
    """Cells of an estimate: right, of how many, share, interval, standard error in points."""
    ends = f"{percent(one['low'])} – {percent(one['high'])}" if one["total"] else "–"
    return (
        f"{one['right']:.2f}".rstrip("0").rstrip("."),
        f"{one['total']:,}",
        percent(one["accuracy"]),
        ends,
        points(one["standard_error"]),
    )


def _written(value) -> str:
    if value is None:
        return "–"
    if isinstance(value, dict):
        return ", ".join(f"{name} {_written(one)}" for name, one in value.items())
    if isinstance(value, (list, tuple)):
        return ", ".join(map(_written, value))
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)
