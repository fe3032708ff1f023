"""Which words tell a stranger what this is about."""

import pytest

from mscos.quiet_words import QUIET_WORDS, telling_words


@pytest.mark.parametrize(
    "word",
    [
        "slave", "slavery", "enslaved", "enslaving", "trafficking", "trafficker", "exploitation", "exploit", "survivor",
        "survivors", "victim", "abuse", "abuser", "abusive", "abusing", "escape", "refuge", "refugees", "safehouse",
        "safe house", "safe-houses", "trauma", "traumatic",
    ],
)  # fmt: skip
def test_telling_words_are_named_whole(word):
    assert telling_words(f"Week 5: {word.capitalize()}, and more") == [word]
    assert QUIET_WORDS.search(word)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Week 5: housing",
        "Safe housing for households",
        "Safe households",
        "Traffic and landscapes",
        "Slavonic choirs",
    ],
)
def test_other_words_are_not_told(text):
    assert telling_words(text) == []
    assert QUIET_WORDS.search(text) is None


def test_each_word_is_named_once_in_order():
    assert telling_words("Trauma-informed: safety from any trafficker or other abuser. TRAUMA") == [
        "trauma",
        "trafficker",
        "abuser",
    ]


def test_an_address_tells_as_well():
    assert telling_words("week-5-safe-house") == ["safe-house"]
    assert telling_words("week_5_safe_house") == ["week_5_safe_house"]


@pytest.mark.parametrize("text", ["sla\u00adve", "sla\u200bve", "\uff53\uff4c\uff41\uff56\uff45", "sl\u2060ave"])
def test_marks_that_take_no_room_hide_no_word(text):
    assert telling_words(text) == ["slave"]


def test_a_long_text_takes_no_long_time():
    assert telling_words("a" * 200_000 + " slave" + "v" * 200_000) == ["slave" + "v" * 200_000]
