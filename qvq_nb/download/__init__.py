"""A model from a hub onto this disk: list, check, preflight, fetch, verify.

The transfer is left to the hubs' own clients (`modelscope-hub`, `huggingface_hub`), in a process of their
own. This package adds what they lack: checked names, a look at the disk first, retries as long as bytes
arrive, proof of every byte.
"""

from qvq_nb.download.display import Progress, ask_to_go_on
from qvq_nb.download.facts import Facts
from qvq_nb.download.model import Report, download, look
from qvq_nb.download.preflight import Preflight
from qvq_nb.download.verification import Verification, verify

__all__ = [
    "Facts",
    "Preflight",
    "Progress",
    "Report",
    "Verification",
    "ask_to_go_on",
    "download",
    "look",
    "verify",
]
