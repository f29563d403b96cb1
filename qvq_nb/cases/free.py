"""Free questions about a learner's own picture, whose answers nobody can call right or wrong by a rule."""

from qvq_nb.cases import LANGUAGES
from qvq_nb.cases.case import Case
from qvq_nb.errors import QvqError
from qvq_nb.grading.forms.no_truth import NoTruth
from qvq_nb.media.image import open_image

# Of each kind the question and why its answer is not judged, each in English and in Chinese.
FREE = {
    "landmark": (
        (
            "Which place could this be? Say what in the picture tells you so, and how sure you are. "
            "Leave open who the people in it are.",
            "这可能是什么地方？说说图中哪些地方让你这样想，有多大把握。图中的人是谁，不必说。",
        ),
        (
            "The kit does not know where your picture was taken; look the place up.",
            "工具包不知道这张图是在哪里拍的；请自己查证。",
        ),
    ),
    "poem": (
        ("Write a poem of four lines about this picture.", "为这张图写一首四行小诗。"),
        ("No poem is the right one.", "诗没有标准答案。"),
    ),
    "script": (
        (
            "Write the script of a short film that begins with this picture: three scenes, and for each "
            "of them what is seen and what is said.",
            "以这张图为开头，写一个短片脚本：共三幕，每一幕写出画面和台词。",
        ),
        ("A story may go on in many ways.", "故事可以有许多种写法。"),
    ),
    "palm": (
        (
            "Read this palm as a fortune teller at a fair would. This is play: the lines of a hand say "
            "nothing about a person or the future, and the answer has to say so, too.",
            "像庙会上看手相的人那样，看看这只手。这只是游戏：掌纹说明不了一个人的性格，"
            "也说明不了将来，回答里也要写明这一点。",
        ),
        (
            "Palm reading is play, and there is nothing true in it to compare with.",
            "看手相只是游戏，没有可以对照的事实。",
        ),
    ),
}


def free_case(picture, kind: str, language: str = "en") -> Case:
    """A free question about a picture, given as its path or as a PIL image: landmark, poem, script or palm.

    QvqError for another kind or language, and for what is no picture.
    """
    if kind not in FREE:
        raise QvqError(f"There is no free question {kind!r}; choose one of: {', '.join(FREE)}.")
    if language not in LANGUAGES:
        raise QvqError(f"There is no language {language!r}; choose en or zh.")
    question, why = FREE[kind]
    asked = question[LANGUAGES.index(language)]
    return Case(f"{kind}-{language}", (open_image(picture),), asked, NoTruth(why), language, {})
