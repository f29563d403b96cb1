"""The page docs/survives.md is what the tests say."""

import pytest
from survives import PAGES, ROWS, page

if not next(iter(PAGES.values())).parent.is_dir():
    pytest.skip("these tests need the checkout", allow_module_level=True)


@pytest.mark.parametrize("language", PAGES)
def test_the_page_is_what_the_tests_give(language):
    text = PAGES[language].read_text(encoding="utf-8")
    assert page(language) == text, "python tests/survives.py writes it again"


@pytest.mark.parametrize("language", PAGES)
def test_every_line_stands_once_and_has_two_columns(language):
    lines = [line for line in page(language).splitlines() if line.startswith("| ") and "---" not in line]
    assert len(lines) - len(ROWS) == sum(map(len, ROWS.values())) == len(set(lines)) - 1
    assert all(line.replace("\\|", "").count("|") == 3 for line in lines)


def test_a_line_counts_the_inputs_of_its_test():
    counts = {(row.examples(), row.generated()) for rows in ROWS.values() for row in rows}
    assert all(examples or generated for examples, generated in counts)
    assert any(examples > 1 for examples, _ in counts) and any(generated for _, generated in counts)
