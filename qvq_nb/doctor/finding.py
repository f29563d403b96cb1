"""What the doctor says about one thing, and how it may stand in a public bug report."""

import getpass
import os
import platform
import re
from dataclasses import dataclass, replace

from qvq_nb.paths import home_folder


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at: is it well, what is to be said, and can `fix` do something about it."""

    name: str
    ok: bool
    message: str
    fixable: bool = False


def without_names(findings: list[Finding]) -> list[Finding]:
    """The findings as they may be published: no home folder, user name, host name, key or token."""
    return [replace(finding, message=nameless(finding.message)) for finding in findings]


def nameless(text: str) -> str:
    """A text with stand-ins for everything that tells who wrote it and where."""
    for path in {str(home_folder()), os.path.realpath(home_folder())} - {os.sep}:
        text = text.replace(path, "~")
    for name, value in os.environ.items():
        if re.search("TOKEN|KEY|SECRET|PASSW", name, re.IGNORECASE) and len(value) >= 8:
            text = text.replace(value, "(secret)")
    text = re.sub(r"\b(hf_|sk-|ghp_|ms-)[\w-]{8,}", "(secret)", text)
    host = platform.node()
    for name, stands_for in ((_user_name(), "(user)"), (host, "(host)"), (host.partition(".")[0], "(host)")):
        if name:
            text = re.sub(rf"(?<![\w-]){re.escape(name)}(?![\w-])", stands_for, text)
    return text


def _user_name() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return ""
