"""What a narrow model is given to look at: no larger a picture than in its training, and that is said."""

from dataclasses import replace

from qvq_nb.grading.verdict import phrase
from qvq_nb.inference.engine import GenerationOptions
from qvq_nb.media.clip import Clip
from qvq_nb.media.resize import visual_tokens
from qvq_nb.models.profiles import Profile

NOTES = {
    "budget": ("{name} takes at most {most} visual tokens per picture, "
               "so the budget is {most}, not {maximum}.",
               "{name} 每张图最多用 {most} 个视觉 token，所以上限是 {most}，不是 {maximum}。"),
    "clip": ("{name} was never trained on clips; what it makes of one is not to be trusted.",
             "{name} 训练时从没看过短片；它对短片的说法不可信。"),
    "several": ("{name} was trained on one picture at a time; what it makes of {count} is not to be trusted.",
                "{name} 训练时每次只看一张图；它对这 {count} 张图的说法不可信。"),
}  # fmt: skip


def within_training(
    profile: Profile, options: GenerationOptions, media: list, language: str = "en"
) -> tuple[GenerationOptions, tuple[str, ...]]:
    """The options with a budget that the model can read well, and what the learner must know about that."""
    name, (least, most) = profile.name, profile.visual_tokens
    minimum, maximum = options.visual_tokens or (least, most)
    notes = []
    if maximum > most:
        notes.append(phrase(NOTES["budget"], language, name=name, most=most, maximum=maximum))
        maximum = most
    minimum = min(minimum, maximum)
    # An enlarged picture is rounded up, and a very long one keeps one row: both may go beyond the most.
    while maximum > 1 and any(visual_tokens(*one.size, minimum, maximum) > most for one in media):
        minimum, maximum = max(minimum - 1, 1), maximum if minimum > 1 else maximum - 1
    if any(isinstance(one, Clip) for one in media):
        notes.append(phrase(NOTES["clip"], language, name=name))
    if len(media) > 1:
        notes.append(phrase(NOTES["several"], language, name=name, count=len(media)))
    return replace(options, visual_tokens=(minimum, maximum)), tuple(notes)
