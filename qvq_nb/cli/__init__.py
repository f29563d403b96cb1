"""The command `qvq-nb`: words in, words out. Every computation lives in a room below.

Here are the options that several commands share.
"""

from enum import Enum
from typing import Annotated

from typer import Option


class Language(str, Enum):
    en = "en"
    zh = "zh"


def no_longer(precision: str | None) -> None:
    """QvqError naming the option that took the place of `--precision`."""
    if precision:
        from qvq_nb.memory.dtypes import instead_of_precision

        raise instead_of_precision(precision)


Model = Annotated[str, Option(help="A name from `qvq-nb models`, a model folder, or a server's address.")]
PlannedModel = Annotated[str, Option(help="A name from `qvq-nb models`, or a folder with a config.json.")]
Dtype = Annotated[str, Option(help="bf16, fp16 or fp32.")]
Quantization = Annotated[str | None, Option(help="int8 or nf4; none without it.")]
Precision = Annotated[str | None, Option(hidden=True, callback=no_longer)]
MaxMemory = Annotated[str | None, Option(help="Such as 0=70GiB,cpu=8GiB.")]
Json = Annotated[bool, Option("--json", help="Write JSON, and nothing else, to standard output.")]
OneLanguage = Annotated[Language, Option(help="English or Chinese.")]
