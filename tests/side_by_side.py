"""The embedded model behind a vLLM server and in this process, side by side: the hand test of docs/vllm.md.

python tests/side_by_side.py http://127.0.0.1:8123/v1
"""

import re
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from urllib.request import ProxyHandler, build_opener

from qvq_nb.cases import BASIC, LANGUAGES, case
from qvq_nb.errors import QvqError
from qvq_nb.inference.reasoner import load

COUNTERS = re.compile(r"^vllm:(num_requests_running|generation_tokens_total){.*} (\S+)", re.MULTILINE)


def compare(there, here, title, source, question=None, **options):
    """Print whether both give the same words, and what each counted (prompt + new tokens)."""
    both = [one.ask(source, question, **options) for one in (there, here)]
    counts = " and ".join(f"{one.prompt_tokens}+{one.new_tokens} tokens, {one.seconds:.1f} s" for one in both)
    first, second = both
    words = "the same words" if first.text == second.text else f"{first.text!r}, but here {second.text!r}"
    seen = "" if first.visual_tokens == second.visual_tokens else "; OTHER VISUAL TOKENS"
    print(f"{title}: {words}; {first.stop_reason}; {counts}{seen}", *first.notes, sep="\n    ", flush=True)


def many_at_once(there, here):
    """Print how many of 18 fresh cases get the same words where 8 are asked at once."""
    seeds = ((1, "en"), (2, "zh"), (3, "en"))
    drawn = [case(family, seed=seed, language=language) for family in BASIC for seed, language in seeds]
    started = time.monotonic()
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(there.ask, drawn))
    seconds, tokens = time.monotonic() - started, sum(one.new_tokens for one in answers)
    same = sum(one.text == here.ask(each).text for each, one in zip(drawn, answers, strict=True))
    print(
        f"8 at once: the same words {same} of {len(drawn)} times; {tokens} tokens in {seconds:.0f} s",
        flush=True,
    )


def refused(there, title, *question):
    """Print the sentence that this question ends with."""
    try:
        there.ask(*question)
    except QvqError as fault:
        print(f"{title}: {fault}", flush=True)


def closed_early(there, address):
    """Print what the server counts before, while and after an answer that is closed at its 20th piece."""

    def counted(when):
        page = build_opener(ProxyHandler({})).open(address.replace("/v1", "/metrics")).read().decode()
        print(f"{when}: {dict(COUNTERS.findall(page))}", flush=True)

    answer = there.stream(case("chart"))
    counted("before an answer")
    for _ in range(20):
        next(answer)
    counted("after 20 pieces of it")
    answer.close()
    for seconds in (1, 5):
        time.sleep(seconds)
        counted(f"{seconds} s after it was closed" if seconds == 1 else f"{seconds} s later")


def main(address):
    there, here = load(address), load("qvq-mini")
    chart, invoice = case("chart"), case("invoice")
    for language in LANGUAGES:
        for family in BASIC:
            drawn = case(family, language=language)
            compare(there, here, drawn.id, drawn)
    for budget in (0, 40, 190, 400):
        compare(there, here, f"thinking budget {budget}", chart, thinking_budget=budget)
    compare(there, here, "thinking budget 40, zh", case("chart", language="zh"), thinking_budget=40)
    highest = "What is the highest value of GPT-4o?"
    compare(there, here, "two pictures", [chart.image, invoice.image], highest)
    refused(there, "five pictures", [chart.image] * 5, highest)
    compare(there, here, "a longer answer than there is room for", chart, max_new_tokens=5000)
    refused(there, "a longer question than there is room for", chart, highest + " Look at the chart." * 900)
    there.refuses = here.refuses = False  # the small model was not trained on clips
    compare(there, here, "a clip", case("clip"))
    closed_early(there, address)
    many_at_once(there, here)


if __name__ == "__main__":
    main(sys.argv[1])
