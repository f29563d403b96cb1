"""Renders chat templates, in a process of its own: run by path, it reads and writes lines of JSON.

A template is a program that came with a model. Here it has a sandbox, little memory and no way to write; the
time is watched by who started the process, and by an alarm should that one be gone.
"""

import json
import sys
from datetime import datetime
from functools import lru_cache
from pathlib import Path

MEMORY_BYTES = 512 * 2**20
LONGEST_CHARACTERS = 2_000_000
ALARM_SECONDS = 60


def limit() -> None:
    """As little memory as rendering needs, and no files; Windows has no such limits."""
    try:
        import resource
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def alarm(seconds: int) -> None:
    """Ends this process after so many seconds, 0 for never."""
    import signal

    if hasattr(signal, "alarm"):
        signal.alarm(seconds)


@lru_cache(maxsize=8)
def compiled(template: str):
    """A template in the surroundings that transformers gives it (utils/chat_template_utils.py)."""
    import jinja2.ext
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    class Generation(jinja2.ext.Extension):
        """{% generation %} marks what a model is trained to write; it changes no text."""

        tags = {"generation"}

        def parse(self, parser):
            next(parser.stream)
            return parser.parse_statements(["name:endgeneration"], drop_needle=True)

    class Namespace(jinja2.utils.Namespace):
        def __setitem__(self, name, value):
            if str(name).startswith("_"):
                raise jinja2.exceptions.SecurityError(f"{name} is no name for a value")
            super().__setitem__(name, value)

    def raise_exception(message):
        raise jinja2.exceptions.TemplateError(message)

    def tojson(value, ensure_ascii=False, **options):
        return json.dumps(value, ensure_ascii=ensure_ascii, **options)

    environment = ImmutableSandboxedEnvironment(
        trim_blocks=True, lstrip_blocks=True, extensions=[Generation, jinja2.ext.loopcontrols]
    )
    environment.filters["tojson"] = tojson
    environment.globals |= {
        "raise_exception": raise_exception,
        "strftime_now": lambda form: datetime.now().strftime(form),
        "dict": lambda *values, **more: dict(*values, **more),  # the type itself would be a way out
        "namespace": Namespace,
    }
    return environment.from_string(template)


def answer(request: dict) -> dict:
    """{"text": …}, or {"error": …} with the reason in words."""
    try:
        text = compiled(request["template"]).render(**request["variables"])
    except MemoryError:
        return {"error": "needs too much memory"}
    except Exception as error:  # a template can end in any of them
        return {"error": f"fails ({type(error).__name__}: {str(error)[:200]})"}
    if len(text) > LONGEST_CHARACTERS:
        return {"error": f"writes more than {LONGEST_CHARACTERS:,} characters"}
    return {"text": text}


def main() -> None:
    folder = str(Path(__file__).parent)  # whose modules are none of a template's business
    sys.path[:] = [one for one in sys.path if one != folder]
    compiled("")  # imports what is needed before the limits, which leave room for rendering only
    limit()
    for line in sys.stdin.buffer:
        alarm(ALARM_SECONDS)
        reply = json.dumps(answer(json.loads(line)))
        alarm(0)
        sys.stdout.buffer.write(reply.encode() + b"\n")
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
