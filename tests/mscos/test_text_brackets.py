"""A long text full of brackets takes no longer than an ordinary one of its length, and is shown as typed."""

import pytest

from mscos.text import BRACKETS, EDITORIAL_LENGTH, render_editorial
from tests.cpu_time import takes_less
from tests.mscos.test_text_speed import ORDINARY

TIMES = 3
LONG = (ORDINARY * 20)[:EDITORIAL_LENGTH]


@pytest.mark.parametrize("unit", ["[", "[[", "!["])
def test_no_text_of_brackets_takes_long(unit):
    text = (unit * EDITORIAL_LENGTH)[:EDITORIAL_LENGTH]
    assert takes_less(lambda: render_editorial(text), TIMES, lambda: render_editorial(LONG))


def test_a_text_of_many_links_is_read_and_one_of_too_many_shown_as_typed():
    link = "[a](https://b.c) "
    assert render_editorial(link * BRACKETS).count("<a ") == BRACKETS
    assert render_editorial(link * (BRACKETS + 1)) == f"<p>{(link * (BRACKETS + 1)).strip()}</p>\n"
