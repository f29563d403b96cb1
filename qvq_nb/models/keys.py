"""Keys for models behind an address: where they are looked for, and that nobody gets to see them."""

import os
import sys

from qvq_nb.errors import QvqError

OWN_KEY = "QVQ_NB_API_KEY"  # for a server of one's own; a provider's key has the provider's name for it


class Key:
    """A key that shows itself to nobody: `repr`, traceback, JSON and pickle do not have it."""

    __slots__ = ("header", "hidden_in", "name")

    def __init__(self, name: str, value: str):
        value = value.strip()
        if not (value.isascii() and value.isprintable()) or " " in value:
            raise QvqError(f"What {name} holds is no key; copy it again, without anything around it.")
        self.name = name
        self.header = lambda: f"Bearer {value}"  # of the request
        self.hidden_in = lambda text: text.replace(value, "…")

    def __repr__(self):
        return f"Key({self.name})"


def find(name: str) -> Key | None:
    """The key of that name from the environment, else from Colab's or Kaggle's secret store; else None.

    A JupyterHub, a JupyterLab with a store of secrets, and ModelScope's notebooks give theirs as environment
    variables.
    """
    value = os.environ.get(name) or _from_store(name)
    return Key(name, value) if value and value.strip() else None


def _from_store(name: str) -> str | None:
    """What the notebook service keeps under that name; None where there is none."""
    try:
        if "google.colab" in sys.modules:
            from google.colab import userdata

            return userdata.get(name)
        if "KAGGLE_KERNEL_RUN_TYPE" in os.environ:
            from kaggle_secrets import UserSecretsClient

            return UserSecretsClient().get_secret(name)
    except Exception:  # each store has errors of its own for "no such secret" and "not allowed"
        return None
    return None
