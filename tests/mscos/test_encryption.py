"""Encrypted tokens for links: for one purpose and a limited time."""

from datetime import timedelta

import pytest
import time_machine

from mscos.encryption import decrypt_link, encrypt, encrypt_link

WEEK = timedelta(days=7)
FACTS = {"email": "reader@example.org", "to": "münchen"}


@pytest.mark.parametrize("facts", [{}, FACTS, {"email": "x" * 254}, {"a": ""}])
def test_a_link_gives_back_what_it_was_made_of(facts):
    assert decrypt_link("see", encrypt_link("see", **facts), lasts=WEEK) == facts


def test_a_link_shows_nothing_and_is_another_each_time():
    first, second = encrypt_link("see", **FACTS), encrypt_link("see", **FACTS)
    assert first != second
    assert "reader" not in first
    assert set(first) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")


def test_a_link_is_for_one_purpose_only():
    assert decrypt_link("confirm", encrypt_link("see", **FACTS), lasts=WEEK) is None


def test_a_link_lasts_as_long_as_is_said():
    with time_machine.travel("2026-03-02T10:00:00Z", tick=False):
        link = encrypt_link("see", **FACTS)
    with time_machine.travel("2026-03-09T10:00:00Z", tick=False):
        assert decrypt_link("see", link, lasts=WEEK) == FACTS
        assert decrypt_link("see", link, lasts=timedelta(days=1)) is None
    with time_machine.travel("2026-03-09T10:00:01Z", tick=False):
        assert decrypt_link("see", link, lasts=WEEK) is None


def test_what_was_changed_opens_nothing():
    link = encrypt_link("see", **FACTS)
    other = "A" if link[40] != "A" else "B"
    for changed in (link[:-8], link[:40] + other + link[41:], link.swapcase(), link[8:]):
        assert decrypt_link("see", changed, lasts=WEEK) is None, changed


@pytest.mark.parametrize("link", ["", "x", "é\x00/=", "=" * 50, "A" * 100_000])
def test_what_is_no_link_opens_nothing(link):
    assert decrypt_link("see", link, lasts=WEEK) is None


@pytest.mark.parametrize("text", ["", "words", "[]", '"see"', "5", "null", '{"email": "reader@example.org"}'])
def test_what_was_encrypted_for_something_else_opens_nothing(text):
    assert decrypt_link("see", encrypt(text), lasts=WEEK) is None


def test_a_link_outlives_a_change_of_keys_and_no_strange_key_opens_it(settings):
    settings.FIELD_KEY = "first"
    link = encrypt_link("see", **FACTS)
    settings.FIELD_KEY = "second, first"
    assert decrypt_link("see", link, lasts=WEEK) == FACTS
    settings.FIELD_KEY = "second"
    assert decrypt_link("see", link, lasts=WEEK) is None
