"""What the kit says in place of a narrow model: what that one knows, and the next step with its commands."""

from qvq_nb.errors import QvqError
from qvq_nb.inference.guard import SCOPES
from qvq_nb.memory.planning import Plan, plan
from qvq_nb.models.profiles import PROFILES, Profile
from qvq_nb.models.resolve import endpoint
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
        "there": 'Your server may have one: load("{address}"), or '
        "`qvq-nb ask IMAGE QUESTION --endpoint {address}`.",
        "none": "By the plan none runs here: `qvq-nb models` lists them, `qvq-nb plan` says what they need. "
        "If somebody serves one, give its address: `qvq-nb ask IMAGE QUESTION --endpoint URL`.",
    },
    "zh": {
        "here": '这块磁盘上就有 {name}：load("{name}")，或者 `qvq-nb ask 图片 问题 --model {name}`。',
        "fits": '按规划，这台机器能跑 {name}：先 `qvq-nb download {name} --to {folder}`，再 load("{name}")。',
        "there": '你们的服务器上也许有：load("{address}")，或者 '
        "`qvq-nb ask 图片 问题 --endpoint {address}`。",
        "none": "按规划，它们在这里都跑不动：`qvq-nb models` 会列出它们，`qvq-nb plan` 会说明各需要什么。"
        "如果别处有服务器在运行大模型，可以给出地址：`qvq-nb ask 图片 问题 --endpoint 地址`。",
    },
}


def refusal(language: str) -> str:
    """The kit's answer to a question that a narrow model was not trained on."""
    does = [scope.does[language] for scope in SCOPES]
    listed = {"en": ", ", "zh": "、"}[language].join(does[:-1])
    return KNOWS_ONLY[language].format(listed, does[-1], next_step(language))


def next_step(language: str) -> str:
    """How to get a general model: at QVQ_NB_ENDPOINT, on this disk, or one that runs here."""
    if address := endpoint():
        return NEXT_STEP[language]["there"].format(address=address)
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
