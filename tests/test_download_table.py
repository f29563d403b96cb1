"""The table in docs/reliability.md of what a download survives is what the tests say."""

import pytest
from downloading import PAGES, ROWS, table, with_table


@pytest.mark.parametrize("language", PAGES)
def test_the_page_has_the_table_that_the_tests_give(language):
    page = PAGES[language].read_text(encoding="utf-8")
    assert with_table(page, language) == page, "python tests/downloading.py writes it again"


@pytest.mark.parametrize("language", PAGES)
def test_every_line_of_the_table_has_two_columns_and_stands_once(language):
    lines = table(language).splitlines()
    assert all(ROWS.values()) and len(lines) == sum(map(len, ROWS.values())) + 2 == len(set(lines))
    assert all(line.replace("\\|", "").count("|") == 3 for line in lines)
