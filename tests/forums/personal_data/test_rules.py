"""The rules: what exactly is marked, what cannot hide it, and what each rule leaves alone."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forums.personal_data import number_rules
from forums.personal_data.matches import (
    EXPLANATIONS,
    Kind,
    Piece,
    find_personal_data,
    fingerprint_of,
    pieces,
    texts_by_explanation,
)
from forums.personal_data.normalise import joined_lines, normalise


def marked(text):
    return [(str(found.kind), text[found.start : found.end]) for found in find_personal_data(text)]


def test_a_pointer_says_where_it_stands_what_it_may_be_and_why():
    (match,) = find_personal_data("Call me on 07700 900123.")
    assert match == (
        11,
        23,
        Kind.PHONE,
        "This looks like a phone number. Anybody could ring it and learn whose it is.",
    )
    assert EXPLANATIONS.keys() == set(Kind)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("My name is Leyla, ring 07700 900123.", [("name", "Leyla"), ("phone", "07700 900123")]),
        ("07700 900123 or 07700 900124", [("phone", "07700 900123"), ("phone", "07700 900124")]),
        ("07700 900123 07700 900124", [("phone", "07700 900123"), ("phone", "07700 900124")]),
        ("+251 91 123 4567 and +44 7700 900123", [("phone", "+251 91 123 4567"), ("phone", "+44 7700 900123")]),
        ("Ask for Danuta. Ask for Priya and ask for Jean.", [("name", "Danuta"), ("name", "Priya"), ("name", "Jean")]),
        ("Write to leyla@example.org.", [("email", "leyla@example.org")]),
        ("leyla at example dot org", [("email", "leyla at example dot org")]),
        ("It is SW1A 1AA, flat 3, Mill House.", [("postcode", "SW1A 1AA"), ("address", "flat 3, Mill House")]),
        ("QQ 12 34 56 C", [("insurance", "QQ 12 34 56 C")]),
        ("case number 12345/67 and A1234567/001", [("reference", "12345/67"), ("reference", "A1234567/001")]),
        ("born on 3 May 1990", [("birth", "3 May 1990")]),
        ("@leyla_writes and insta: leyla.w", [("handle", "@leyla_writes"), ("handle", "leyla.w")]),
        ("Add me on snapchat!", [("handle", "Add me on snapchat")]),
        ("See https://x.com/leyla_example now", [("link", "https://x.com/leyla_example")]),
        ("It is [me](https://x.com/leyla_example).", [("link", "https://x.com/leyla_example")]),
        ("Ask for **Danuta**, or ring 077**00** 900123.", [("name", "Danuta"), ("phone", "077**00** 900123")]),
        ("I will be at the library at 5.", [("meeting", "I will be at the library at 5")]),
        ("Meet me outside the station.", [("meeting", "Meet me outside the station")]),
        ("I live at 14 Mill Lane", [("address", "14 Mill Lane")]),
        ("BD51 SMR", [("vehicle", "BD51 SMR")]),
        ("CID 12345678, UAN: 1234567", [("reference", "12345678"), ("reference", "1234567")]),
        ("eVisa share code W12 345 678", [("reference", "W12 345 678")]),
        ("Discord amara#1234", [("handle", "amara#1234")]),
        ("born on the third of May 1990", [("birth", "the third of May 1990")]),
        ("Meet at Nando's 7 tonight.", [("meeting", "Meet at Nando's 7 tonight")]),
        ("Every Monday at 10 I am in the Ritz cafe.", [("meeting", "Monday at 10 I am in the Ritz cafe")]),
        ("Signed, Joy Adeyemi", [("name", "Joy Adeyemi")]),
    ],
)
def test_what_is_marked_is_what_points_and_no_more(text, found):
    assert marked(text) == found


@pytest.mark.parametrize(
    "text",
    [
        "0 7 7 0 0 9 0 0 1 2 3",
        "0  7  7  0  0  9  0  0  1  2  3",
        "0-7-7-0-0-9-0-0-1-2-3",
        "0.7.7.0.0.9.0.0.1.2.3",
        "(07700) 900 123",
        "07700\u00a0900\u2009123",
        "07700\u2013900\u2212123",
        "0\u200b7\u200b7\u200b0\u200b0\u2060900123",
        "0\u03367\u03367\u03360\u03360 900123",
        "０７７００９００１２３",
        "٠٧٧٠٠٩٠٠١٢٣",
        "⓪⑦⑦⓪⓪⑨⓪⓪①②③",
        "O77OO 9OO123",
        "+44 (0) 7700 900123",
        "0044 7700 900 123",
        "447700900123",
        "07700\n900123",
    ],
)
def test_no_way_of_writing_hides_a_number_cheaply(text):
    (found,) = marked(text)
    assert found[0] == "phone"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("My  name \t is  Joy", "Joy"),
        ("My name\nis\nJoy", "Joy"),
        ("My name is  \r\n  Joy", "Joy"),
        ("I will be  at Euston\nstation at 6", "I will be  at Euston\nstation at 6"),
        ("born\non 3\nMay 1990", "3\nMay 1990"),
        ("My Home\r\nOffice  reference is 1234567", "1234567"),
        ("It is SW1A\n1AA", "SW1A\n1AA"),
        ("My name is Leyla\nKind people help", "Leyla"),  # a name ends with its line, where it does not begin with it
        ("My name is\nLeyla\nPlease help", "Leyla"),
    ],
)
def test_blanks_and_the_ends_of_lines_hide_nothing_and_what_is_marked_is_what_was_typed(text, found):
    assert [words for _, words in marked(text)] == [found]


@pytest.mark.parametrize(
    "text",
    [
        "My name is\n\nLeyla",  # a blank line
        "I am at the library\nOn Tuesday it rained",  # a word that begins a sentence
        "I am at the library\n- Tuesday: rain",  # a list
        "1) I am at the library\n2) Tuesday it rained",
        "My name is\nDate of birth: none",  # a field
        "full name:\ndate of birth:\nlanguage:",
        "I am\nBroken, and whole",  # a line of a poem
        "I'm\nBroken, and whole",
    ],
)
def test_a_sentence_does_not_go_on_where_another_begins(text):
    assert marked(text) == []


def test_a_reading_has_one_space_one_line_break_or_one_blank_line():
    assert normalise(" a \t b \r\n c\n \n\n\n d").text == " a b\nc\n\nd"
    assert joined_lines("a b\nc\n\nd\nThe e") == "a b c\n\nd\nThe e"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("ｌｅｙｌａ＠ｅｘａｍｐｌｅ．ｏｒｇ", "email"),
        ("l e y l a @ e x a m p l e . o r g", "email"),
        ("leyla\u200b@\u200bexample.org", "email"),
        ("S W 1 A 1 A A", "postcode"),
        ("ＳＷ１Ａ １ＡＡ", "postcode"),
        ("Q Q 1 2 3 4 5 6 C", "insurance"),
        ("1212\u20110001\u20112345\u20116789", "reference"),
        ("My n\u00e1me is Leyla", "name"),
        ("My name’s Leyla", "name"),
        ("my name is 莱拉", "name"),
    ],
)
def test_marks_and_other_scripts_hide_nothing_else(text, found):
    assert [kind for kind, _ in marked(text)] == [found]


@pytest.mark.parametrize(
    "text",
    [
        # numbers of works, pages and days, which hold what elsewhere is a phone or a case
        "https://example.org/files/07700900123 and www.example.org/HO/12345",
        "doi:10.1234/07700.900123 and 10.1234/HO/12345",
        "ISBN 07700900123, ISRCTN07700900123",
        "01.02.2020 100 people, 01-02-2020 200",
        "ORCID 0770-0900-1230-0000",
        # not quite a postcode
        "B12 2nd dose, E10 5hr, S1 3rd, e1 1st floor",
        # what people are, and groups of letters
        "I am Kurdish. I'm Deaf, I am Muslim and I am EU, I am Syrian.",
        "Ask for NRM, ask for a MARAC, ask for ESOL.",
        "Ask for Danuta forms",
        # a place and a time that do not belong together
        "I am at the library. It opens at 9am.",
        "She is at the clinic and on Friday we rest.",
        "I am at the library\nOn Tuesday it rained",
    ],
)
def test_what_only_looks_alike_is_left_alone(text):
    assert marked(text) == []


def test_a_place_in_the_reading_is_found_again_in_the_text():
    text = "Ring ０ ７ ７ ０ ０ ９ ０ ０ １ ２ ３\u200b now"
    (match,) = find_personal_data(text)
    assert text[match.start : match.end] == "０ ７ ７ ０ ０ ９ ０ ０ １ ２ ３"
    assert normalise(text).text == "Ring 07700900123 now"


def test_the_numbers_of_the_helplines_may_stand_and_they_come_from_the_settings(settings):
    text = "Ring 01632 960 123 or (01632) 960-124."
    assert [found for _, found in marked(text)] == ["01632 960 123", "(01632) 960-124"]
    settings.HELPLINES = [("A line of the team", "01632 960123", "every day")]
    assert [found for _, found in marked(text)] == ["(01632) 960-124"]
    settings.HELPLINES = []
    assert marked("Ring 08000 121 700, 0300 123 4567 or 0800 1111.") == []
    assert marked("0300 123 4567, " * (number_rules.MAX_LOOKUPS + 5)) == []


def test_a_number_is_marked_however_many_stand_before_it():
    text = " and ".join(f"+2519112345{number:02}" for number in range(number_rules.MAX_LOOKUPS + 5))
    assert len(find_personal_data(text)) == number_rules.MAX_LOOKUPS + 5


def test_made_up_names_of_the_forums_are_no_names():
    assert marked("I am called Bramble here. Thanks, @Cedar.\n\nThanks,\nMoss") == []


@given(st.text(max_size=300))
def test_every_text_can_be_read_and_its_pieces_are_the_text(text):
    found = find_personal_data(text)
    assert "".join(piece.text for piece in pieces(text, found)) == text
    assert all(0 <= each.start < each.end <= len(text) for each in found)
    assert all(one.end <= other.start for one, other in pairwise(found))


@given(st.text("0127 +-()ABCZat@.dot/:\n", max_size=200))
def test_texts_of_marks_and_digits_can_be_read(text):
    assert "".join(piece.text for piece in pieces(text, find_personal_data(text))) == text


def test_pieces_name_each_part_and_leave_nothing_empty():
    text = "07700 900123 is mine, leyla@example.org too"
    phone, email = find_personal_data(text)
    assert pieces(text, [phone, email]) == [
        Piece("07700 900123", phone),
        Piece(" is mine, ", None),
        Piece("leyla@example.org", email),
        Piece(" too", None),
    ]
    assert pieces("", []) == []


def test_each_thing_that_is_marked_is_told_once_under_its_reason():
    text = "07700 900123, 07700 900124 and 07700 900123: SW1A 1AA"
    assert texts_by_explanation(pieces(text, find_personal_data(text))) == {
        EXPLANATIONS[Kind.PHONE]: ["07700 900123", "07700 900124"],
        EXPLANATIONS[Kind.POSTCODE]: ["SW1A 1AA"],
    }


def test_a_mark_is_known_wherever_it_stands_and_by_its_kind():
    def marks(text):
        return [fingerprint_of(piece) for piece in pieces(text, find_personal_data(text)) if piece.match]

    assert marks("Ring 07700 900123") == marks("my phone is 07700  900123".replace("  ", "\n"))
    assert marks("sw1a 1aa") == marks("SW1A 1AA")
    assert marks("07700 900123") != marks("07700 900124")
    assert [len(mark) for mark in marks("SW1A 1AA")] == [8]
