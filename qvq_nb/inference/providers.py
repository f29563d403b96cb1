"""Who serves models behind an address, and how each wants to be asked: a row of data per dialect.

Looked up on 2026-11-25 in the providers' documentation and in vLLM 0.33 and SGLang 0.5.23.
"""

import ipaddress
import re
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from qvq_nb.errors import QvqError
from qvq_nb.models.keys import OWN_KEY


@dataclass(frozen=True)
class Provider:
    """A dialect of the chat completions protocol.

    `hosts` and `owners` are how it is known: by its host's name and by `owned_by` in GET /v1/models. `thinks`
    are the fields of a request that switch thinking on. `continues` holds the fields of the request and those
    of the last message that let it go on with a begun answer; None if it cannot. `thinking_budget` is its
    field for one of its own; without it, max_tokens ends the thinking. `video` is how frames are sent:
    "frames" a list, "jpegs" one joined data URI, "pictures" repeated pictures. `keeps_seeds`: the same seed
    is promised to give the same words.
    """

    name: str
    hosts: str = r"(?!)"
    owners: tuple[str, ...] = ()
    key_name: str = OWN_KEY
    address: str | None = None
    thinks: dict = field(default_factory=dict)
    continues: tuple[dict, dict] | None = None
    thinking_budget: str | None = None
    video: str = "pictures"
    keeps_seeds: bool = False


THINKING = {"enable_thinking": True}
GOES_ON = ({"continue_final_message": True, "add_generation_prompt": False}, {})
PROVIDERS = (
    Provider(
        "dashscope",  # Alibaba's Model Studio; a begun answer is continued without thinking only
        hosts=r"dashscope(-\w+)?\.aliyuncs\.com|[\w-]+\.[\w-]+\.maas\.aliyuncs\.com",
        key_name="DASHSCOPE_API_KEY",
        address="https://dashscope.aliyuncs.com/compatible-mode/v1",
        thinks=THINKING,
        continues=({"enable_thinking": False}, {"partial": True}),
        thinking_budget="thinking_budget",
        video="frames",
    ),
    Provider(
        "modelscope",
        hosts=r"api-inference\.modelscope\.cn",
        key_name="MODELSCOPE_API_TOKEN",
        address="https://api-inference.modelscope.cn/v1",
        thinks=THINKING,
    ),
    Provider(
        "vllm",
        owners=("vllm",),
        thinks={"chat_template_kwargs": THINKING},
        continues=GOES_ON,
        video="jpegs",
        keeps_seeds=True,
    ),
    Provider("sglang", owners=("sglang",), thinks={"chat_template_kwargs": THINKING}, continues=GOES_ON),
    Provider("plain"),  # openai, OpenRouter, Hugging Face, transformers serve, LM Studio, ollama …
)
PLAIN = PROVIDERS[-1]
KEYS_OF_PLAIN = {
    "api.openai.com": "OPENAI_API_KEY",
    "openrouter.ai": "OPENROUTER_API_KEY",
    "router.huggingface.co": "HF_TOKEN",
}
FEWEST_FRAMES = 4  # of a video for Model Studio


def get(dialect: str) -> Provider:
    """The row of that name; QvqError listing the names where there is none."""
    for provider in PROVIDERS:
        if provider.name == dialect:
            return provider
    names = ", ".join(provider.name for provider in PROVIDERS)
    raise QvqError(f"There is no dialect {dialect!r}; choose one of {names}, or leave it out.")


def at(address: str) -> Provider | None:
    """The provider whose own host this is; None for all other addresses, and those without https."""
    parts = urlsplit(address)
    host = parts.hostname if parts.scheme == "https" else ""
    return next((one for one in PROVIDERS if re.fullmatch(one.hosts, host or "")), None)


def owning(owners: set[str]) -> Provider:
    """The dialect of a server that names these owners of its models; `plain` for unknown ones."""
    return next((one for one in PROVIDERS if owners & set(one.owners)), PLAIN)


def key_name(address: str) -> str:
    """What the key for this address is called. A provider's key goes to that provider's hosts only."""
    own, (scheme, host, *_) = at(address), urlsplit(address)
    return own.key_name if own else KEYS_OF_PLAIN.get(host if scheme == "https" else "", OWN_KEY)


def is_loopback(address: str) -> bool:
    """Whether the address is this machine itself."""
    host = urlsplit(address).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
