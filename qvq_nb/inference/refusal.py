"""What the kit says in place of a narrow model: what that one knows, and the next step with its commands."""

from qvq_nb.cases import FAMILIES, family_module
from qvq_nb.errors import QvqError
from qvq_nb.memory.planning import Plan, plan
from qvq_nb.models.profiles import PROFILES, Profile
from qvq_nb.paths import home_folder

# Without a number word, lest a grader that is given the bare text take it for an answer.
KNOWS_ONLY = {
    "en": "From the kit, not from the model: this small model only knows how to {} and {}. "
    "Ask about these in other words, or ask a larger model. {}",
    "zh": "这句话来自工具包，不是模型写的：这个小模型只会{}、{}。"
    "请换个说法问这些内容，或者去问更大的模型。{}",
}
NEXT_STEP = {
    "en": {
        "here": 'On this disk is {name}: load("{name}"), or `qvq-nb ask IMAGE QUESTION --model {name}`.',
        "fits": 'By the plan {name} runs here: `qvq-nb download {name} --to {folder}`, then load("{name}").',
        "none": "By the plan none runs here: `qvq-nb models` lists them, `qvq-nb plan` says what they need.",
    },
    "zh": {
        "here": '这块磁盘上就有 {name}：load("{name}")，或者 `qvq-nb ask 图片 问题 --model {name}`。',
        "fits": '按规划，这台机器能跑 {name}：先 `qvq-nb download {name} --to {folder}`，再 load("{name}")。',
        "none": "按规划，它们在这里都跑不动：`qvq-nb models` 会列出它们，`qvq-nb plan` 会说明各需要什么。",
    },
}


def refusal(language: str) -> str:
    """The kit's answer to a question that a narrow model was not trained on."""
    does = [family_module(family).SCOPE.does[language] for family in FAMILIES]
    listed = {"en": ", ", "zh": "、"}[language].join(does[:-1])
    return KNOWS_ONLY[language].format(listed, does[-1], next_step(language))


def next_step(language: str) -> str:
    """How to get a general model that runs here: first one on this disk; without GPUs a small one."""
    runnable = {profile: planned for profile in PROFILES if (planned := _plan_that_fits(profile))}
    if not runnable:
        return NEXT_STEP[language]["none"]
    here = [profile for profile in runnable if profile.is_here]
    candidates = here or list(runnable)
    chosen = candidates[-1] if runnable[candidates[-1]].gpus else candidates[0]
    folder = str(chosen.folder).replace(str(home_folder()), "~", 1)
    return NEXT_STEP[language]["here" if here else "fits"].format(name=chosen.name, folder=folder)


def _plan_that_fits(profile: Profile) -> Plan | None:
    """The plan for this machine as it is now; None for a narrow or hosted model, or where it does not fit."""
    if profile.is_narrow or profile.tier == "API":
        return None
    try:
        planned = plan(profile.name)
    except QvqError:  # its shape is not known here
        return None
    return planned if planned.verdict in ("fits", "tight") else None
