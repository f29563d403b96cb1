"""The table in docs/serving.md of what can go wrong with an address is what the tests say."""

import pytest
from asking import PAGES, ROWS, table, with_table


@pytest.mark.parametrize("language", PAGES)
def test_the_page_has_the_table_that_the_tests_give(language):
    page = PAGES[language].read_text(encoding="utf-8")
    assert with_table(page, language) == page, "python tests/asking.py writes it again"


@pytest.mark.parametrize("language", PAGES)
def test_every_line_of_the_table_has_two_columns_and_stands_once(language):
    lines = table(language).splitlines()
    assert len(lines) == len(ROWS) + 2 == len(set(lines))
    assert all(line.count("|") == 3 for line in lines)
