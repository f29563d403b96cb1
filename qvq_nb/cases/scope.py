"""By which words a question belongs to a drawing. The words stand in the family files; here is their shape.

All of them are in small letters and parted by spaces; patterns are regular expressions, found anywhere.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Topic:
    """Words of a drawing in one language: `own` ones suffice, `everyday` ones need an `asked` one."""

    own: str
    everyday: str = ""
    asked: str = ""


@dataclass(frozen=True)
class Scope:
    """What one drawing can be asked. `does` says it to learners, by language, as in "I only know how to …".

    A question with all `patterns` is inside, too; one with any of `not_shown` is outside, whatever its words.
    """

    does: dict[str, str]
    en: Topic
    zh: Topic
    patterns: tuple[str, ...] = ()
    not_shown: tuple[str, ...] = ()


# What no drawing of any family shows.
NOT_SHOWN = (
    r"\bwho (?:is|issued|made|invented|wrote|built|painted)\b",
    r"\b(?:colou?rs?|live|sleep|poem|translate|repeat|buy|sell)\b",
    r"\b(?:heavy|weigh\w*|people|stand for|mean|world|cats?|dogs?|better at|material)\b",
    r"\bin (?:germany|france|japan|china|california|australia|berlin|finance)\b",
    r"^(?:why|when|where (?:do|does|is|are) (?!gpt|qwen|claude))",
    "颜色|睡|寿命|多少年|诗|翻译|重复|为什么|哪一天|几点|谁开|谁造|哪家",
    "世界|猫|狗|多少钱一|该买|参数|德国|日本|加州|澳大利亚|地球",
)
DEFINITION = r"(?:what|who)(?:'s| is| are| was| were)(?: an?)? [a-z]{2,}\W*|什么是(?!滤液)\w+?\W*"
