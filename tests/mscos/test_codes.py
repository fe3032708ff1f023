"""Codes: made, parsed, stored, and found in texts that must not contain them."""

import re

import pytest

from mscos.codes import SYMBOLS, contains_code, digest, form_digest, make_code, parse_code, public_code

CODE = "K7QW-3MHT-9XRC-V2PD"


def test_a_code_has_four_groups_of_four_symbols():
    for number in range(300):
        assert re.fullmatch(r"[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){3}", make_code(f"submission_id {number}"))


def test_the_symbols_are_crockfords():
    assert "".join(sorted(set("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ") - set("ILOU"))) == SYMBOLS


def test_a_code_has_80_bits():
    """Each of the 16 places takes each of the 32 symbols, so none of the 80 bits stands still."""
    codes = [make_code(f"submission_id {number}").replace("-", "") for number in range(1000)]
    assert [len(set(place)) for place in zip(*codes, strict=True)] == [32] * 16
    assert len(set(codes)) == 1000


def test_one_stamp_gives_one_code_and_another_stamp_another():
    assert make_code("one") == make_code("one")
    assert make_code("one") != make_code("two")


def test_a_code_depends_on_the_key(settings):
    with_one = make_code("submission_id"), digest(CODE), form_digest("submission_id")
    settings.CODE_KEY = "another key"
    with_another = make_code("submission_id"), digest(CODE), form_digest("submission_id")
    assert [one == another for one, another in zip(with_one, with_another, strict=True)] == [False] * 3


def test_what_is_stored_tells_neither_the_code_nor_the_stamp():
    assert re.fullmatch("[0-9a-f]{64}", digest(CODE))
    assert re.fullmatch("[0-9a-f]{64}", form_digest("submission_id"))
    assert digest(CODE) != digest("K7QW-3MHT-9XRC-V2PE")
    assert len({digest("same"), form_digest("same"), make_code("same")}) == 3


@pytest.mark.parametrize(
    "typed",
    [
        CODE,
        "k7qw-3mht-9xrc-v2pd",
        "K7QW3MHT9XRCV2PD",
        "K7QW 3MHT 9XRC V2PD",
        "  k7qw 3mht\t9xrc\nv2pd  ",
        "K7QW - 3MHT - 9XRC - V2PD",
        "K7QW\u20133MHT\u20149XRC\u2212V2PD",
        "K7QW\u20103MHT\u20119XRC\u2012V2PD",
        "K7QW\u00a03MHT\u00a09XRC\u00a0V2PD",
        "k-7-q-w-3-m-h-t-9-x-r-c-v-2-p-d",
    ],
)
def test_a_code_is_read_however_it_is_typed(typed):
    assert parse_code(typed) == CODE


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("OOOO-oooo-0000-ABCD", "0000-0000-0000-ABCD"),
        ("IIII-iiii-LLLL-llll", "1111-1111-1111-1111"),
        ("lo1O-il0L-ABCD-EFGH", "1010-1101-ABCD-EFGH"),
    ],
)
def test_letters_that_look_like_digits_are_read_as_these(typed, code):
    assert parse_code(typed) == code


@pytest.mark.parametrize(
    "typed",
    [
        "",
        " ",
        "-",
        "K7QW",
        "K7QW-3MHT-9XRC-V2P",
        "K7QW-3MHT-9XRC-V2PD2",
        "K7QW-3MHT-9XRC-V2PU",
        "K7QW-3MHT-9XRC-V2P!",
        "K7QW_3MHT_9XRC_V2PD",
        "K7QW/3MHT/9XRC/V2PD",
        "K7QW-3MHT-9XRC-V2P\u0663",
        "K7QW-3MHT-9XRC-V2P\0",
        "K7QW-3MHT-9XRC-V2P\u00e9",
        "my code is K7QW-3MHT-9XRC-V2PD",
        "0" * 10_000,
    ],
)
def test_what_cannot_be_a_code_is_none(typed):
    assert parse_code(typed) is None


def test_every_code_made_is_read_back_and_found_but_the_few_without_a_mixed_group():
    codes = [make_code(f"submission_id {number}") for number in range(3000)]
    assert [parse_code(code) for code in codes] == codes
    assert sum(not contains_code(f"they gave mine {code}.") for code in codes) < 3000 * 0.006
    assert sum(not contains_code(f"they gave mine {code.replace('-', ' ').lower()}.") for code in codes) < 3000 * 0.06


HOLDING = [
    CODE,
    "k7qw-3mht-9xrc-v2pd",
    "K7qW-3MhT-9xRc-V2pD",
    "K7QW3MHT9XRCV2PD",
    "K7QW 3MHT 9XRC V2PD",
    "K7QW  3MHT  9XRC  V2PD",
    "K7QW\u00a03MHT\u00a09XRC\u00a0V2PD",
    "K7QW\u20133MHT\u20139XRC\u2013V2PD",
    "K7QW\u20113MHT\u20119XRC\u2011V2PD",
    "K7QW - 3MHT - 9XRC - V2PD",
    "K7QW-3MHT-\n9XRC-V2PD",
    "K7QW-3MHT 9XRC-V2PD",
    "My code is K7QW-3MHT-9XRC-V2PD.",
    "(K7QW-3MHT-9XRC-V2PD)",
    "Here:K7QW-3MHT-9XRC-V2PD,please answer",
    "They gave mine ABCD-3MHT-9XRC-VWPD then",
    "they have code ABCD-EFGH-JKMN-2PQR",
    "that this code K7QW 3MHT 9XRC V2PD here",
    "**K7QW-3MHT-9XRC-V2PD**",
    "https://example.org/K7QW-3MHT-9XRC-V2PD",
    "K7QW-3MHT-9XRC-V2PD K7QW-3MHT-9XRC-V2PD",
    "0000-1111-2222-333A",
    "OOIL-3MHT-9XRC-V2PD",
    "word " * 500 + CODE,
]


@pytest.mark.parametrize("text", HOLDING)
def test_a_code_in_a_text_is_found(text):
    assert contains_code(text) is True


NOT_HOLDING = [
    "",
    "They have been told that this will take some time.",
    "When they left home they took only what they need",
    "This must stop. Real help came late, then none came.",
    "have been told that",
    "HAVE-BEEN-TOLD-THAT",
    "From 14th June 2022 they were kept there",
    "Open from 10am till 12pm each week",
    "They left 21st July 2019 10am with none",
    "Call 0800 0121 7000 1234 free",
    "07700 900123 or 020 7946 0958",
    "+44 7700 900123",
    "0800 012 1700, 08000 121 700",
    "1234-5678-9012-3456",
    "1234567890123456",
    "1234 5678 9012 3456 7890",
    "2021-2022 2022-2023",
    "2023-03-20 to 2023-03-27",
    "20/03/2023, 9.30am to 12.15pm",
    "12345678901234567890123456789012345678901234567890",
    "accommodationsupport",
    "ABCDEFGHJKMNPQRS",
    "K7QW-3MHT-9XRC",
    "K7QW-3MHT-9XRC-V2P",
    "K7QW-3MHT-9XRC-V2PDE",
    "XK7QW-3MHT-9XRC-V2PD5",
    "https://example.org/help-with-2023-visa",
    "Room 12B near flat 4A at SW1A 2AA or SE5 8AF",
    "Sections 45 and 47 of the 2015 Act, form MS02 page 1234",
]


@pytest.mark.parametrize("text", NOT_HOLDING)
def test_ordinary_text_is_no_code(text):
    assert contains_code(text) is False


def test_public_codes_are_random_and_spell_no_word():
    codes = [public_code() for _ in range(1000)]
    assert len(set(codes)) == 1000
    assert [code for code in codes if not re.fullmatch("[2-9bcdfghjkmnp-tvwxz]{8}", code)] == []
