"""Notebooks and helpers for visual reasoning models, from a laptop to QVQ-72B.

`import qvq_nb` loads nothing heavy: each name below is fetched when it is first used.
"""

from importlib import import_module

_HOME_OF = {
    "load": "qvq_nb.inference.reasoner",
    "Answer": "qvq_nb.inference.reasoner",
    "case": "qvq_nb.cases",
    "clip": "qvq_nb.media.clip",
    "evaluate": "qvq_nb.evaluation.counting",
    "versions": "qvq_nb.doctor.versions",
    "QvqError": "qvq_nb.errors",
}

__version__ = "0.1.0"
__all__ = [*_HOME_OF, "__version__"]


def __getattr__(name):
    if name not in _HOME_OF:
        raise AttributeError(f"module 'qvq_nb' has no attribute {name!r}")
    return getattr(import_module(_HOME_OF[name]), name)


def __dir__():
    return sorted({*globals(), *_HOME_OF})
