"""A model's chat template: messages become its prompt within bounds of time, memory and length.

A template is a program in the language Jinja, and transformers runs it in its own process, where a loop has
no end and a large text no limit. A count of steps would see the loops and not the work within one step; so it
is rendered in a small process of its own (`template_process.py`) that can be ended at any moment.
"""

import atexit
import json
import subprocess
import sys
import threading
from pathlib import Path

from qvq_nb.errors import QvqError
from qvq_nb.files import shown
from qvq_nb.inference.loading import template_process

TIME_LIMIT_SECONDS = 10
LARGEST_TEMPLATE_CHARACTERS = 200_000  # the published ones have about 1,000
LONGEST_REASON = 300
LONGEST_REPLY_BYTES = 6 * template_process.LONGEST_CHARACTERS + 1_000  # as JSON in ASCII
FILES = ("chat_template.jinja", "chat_template.json", "tokenizer_config.json")  # the first there is counts


def prompt(processor, turns: list[dict]) -> str:
    """The prompt for turns as `apply_chat_template` takes them, up to where the reply begins.

    QvqError where the template is missing, fails, or does not end within its bounds.
    """
    folder = Path(processor.tokenizer.name_or_path)
    file = next((folder / name for name in FILES if (folder / name).is_file()), folder / FILES[0])
    template = processor.chat_template or processor.tokenizer.chat_template
    if isinstance(template, dict):
        template = template.get("default")
    if not isinstance(template, str) or not template.strip():
        raise QvqError(
            f"The model in {folder} has no chat template, which makes a prompt of a question; "
            f"fetch its {FILES[0]} or {FILES[1]}."
        )
    if len(template) > LARGEST_TEMPLATE_CHARACTERS:
        raise _unusable(file, f"has {len(template):,} characters, far more than any of these models")
    given = {"messages": turns, "tools": None, "documents": None, "add_generation_prompt": True}
    variables = {**processor.tokenizer.special_tokens_map, **given}
    reply = RENDERER.ask({"template": template, "variables": variables})
    if "text" not in reply:
        raise _unusable(file, reply.get("error", "fails"))
    return reply["text"]


def _unusable(file: Path, reason: str) -> QvqError:
    said = shown(" ".join(str(reason).split()), LONGEST_REASON)
    return QvqError(f"The chat template in {file} {said}; fetch this file again.")


class Renderer:
    """The process that renders templates: started when first needed, ended when it takes too long."""

    def __init__(self):
        self._process, self._lock = None, threading.Lock()

    def ask(self, request: dict) -> dict:
        """Its reply to one request; {"error": …} where it did not reply in time."""
        line = json.dumps(request, default=lambda part: f"<{type(part).__name__}>").encode() + b"\n"
        with self._lock:
            process = self._running()
            too_late = threading.Event()
            timer = threading.Timer(TIME_LIMIT_SECONDS, lambda: (too_late.set(), process.kill()))
            timer.start()
            try:
                process.stdin.write(line)
                process.stdin.flush()
                reply = process.stdout.readline(LONGEST_REPLY_BYTES)
                return json.loads(reply)
            except (OSError, ValueError):
                self.close()
                if too_late.is_set():
                    return {"error": f"does not end within {TIME_LIMIT_SECONDS} seconds"}
                return {"error": "ends the process that renders it"}
            except BaseException:  # interrupted: what the process still writes belongs to nobody
                self.close()
                raise
            finally:
                timer.cancel()

    def close(self) -> None:
        """Ends the process; the next request starts another."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process.stdin.close()
            self._process.stdout.close()
            self._process = None

    def _running(self):
        if self._process is None or self._process.poll() is not None:
            self._process = subprocess.Popen(
                [sys.executable, template_process.__file__],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                start_new_session=True,  # Ctrl-C is for the one who asks
            )
        return self._process


RENDERER = Renderer()
atexit.register(RENDERER.close)
