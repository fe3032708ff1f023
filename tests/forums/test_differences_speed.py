"""The time of differences, also for posts that repeat words."""

import pytest

from forums.moderation.differences import differences
from tests.cpu_time import takes_less
from tests.mscos.test_text_speed import ORDINARY

TIMES = 10
HOSTILE = {"few words": "£1l1234-5 years old 2001", "one word": "a ", "blanks": " \n", "two words": "a b "}


def every_other_word_changed(text):
    words = text.split(" ")
    return " ".join("somebody" if number % 2 else word for number, word in enumerate(words))


@pytest.mark.parametrize("unit", HOSTILE.values(), ids=HOSTILE)
def test_no_change_takes_long_to_show(unit):
    def show(text):
        differences(text, every_other_word_changed(text))

    assert takes_less(lambda: show((unit * 10_000)[:10_000]), TIMES, lambda: show(ORDINARY[:10_000]))


def test_where_words_repeat_too_often_what_changed_is_one_piece():
    before = "x " + "a " * 1000 + "b c " + "a " * 1000 + "y"
    assert differences(before, before.replace("b c", "d c")) == [
        ("kept", "x " + "a " * 1000),
        ("struck", "b "),
        ("added", "d "),
        ("kept", "c " + "a " * 1000 + "y"),
    ]
