"""Email addresses, normalised."""

import re

import pytest

from mscos.email_addresses import WRONG_ADDRESS, mail_address, part_hidden


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("reader@example.org", "reader@example.org"),
        (" Reader@EXAMPLE.Org\n", "Reader@example.org"),
        ("o'hara+x@example.org", "o'hara+x@example.org"),
        ('"john smith"@example.org', '"john smith"@example.org'),
        ("reader@münchen.de", "reader@xn--mnchen-3ya.de"),
        ("reader@mu\u0308nchen.de", "reader@xn--mnchen-3ya.de"),
        ("reader@XN--MNCHEN-3YA.de", "reader@xn--mnchen-3ya.de"),
    ],
)
def test_one_address_has_one_form(typed, address):
    assert mail_address(typed) == address


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "reader",
        "@example.org",
        "reader@",
        "reader@localhost",
        "reader@[192.0.2.1]",
        "a@b@example.org",
        "a b@example.org",
        "a..b@example.org",
        "réader@example.org",
        "reader@exam ple.org",
        "Reader <reader@example.org>",
        "a@example.org,b@example.org",
        "reader@example.org\nBcc: b@example.org",
        "reader\r\n@example.org",
        "reader@example.org\x00",
        "x" * 300 + "@example.org",
        "reader@" + "x." * 200 + "org",
        "=?utf-8?q?reader?=@example.org",
        "=?utf-8?b?!?=@example.org",
    ],
)
def test_what_can_be_no_address_is_told(typed):
    with pytest.raises(ValueError, match=re.escape(WRONG_ADDRESS)):
        mail_address(typed)


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("name@example.org", "n…@example.org"),
        ("n@example.org", "n…@example.org"),
        ('"a@b"@example.org', '"…@example.org'),
    ],
)
def test_an_address_is_shown_so_that_only_its_owner_knows_it(address, shown):
    assert part_hidden(address) == shown
