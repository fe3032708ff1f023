"""The question about personal data and the preview, as a writer without JavaScript sees them."""

import pytest
from playwright.sync_api import expect

from tests.browser.helpers import press
from tests.browser.test_pages import broken_rules

TYPED = "Call me on 07700 900123. I will be at the library at 5."


def write(page, site, words):
    page.goto(f"{site.forum()}new/")
    page.get_by_label("Title").fill("A title")
    page.get_by_label("Your post").fill(words)


def test_a_writer_is_asked_ticks_looks_and_sends(visit, site):
    page = visit(script=False, width=320, height=568)
    write(page, site, TYPED)
    press(page, page.get_by_role("button", name="Send for checking"))
    assert page.locator("mark").all_inner_texts() == ["07700 900123", "I will be at the library at 5"]
    assert page.get_by_label("Your post").input_value() == TYPED
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page.get_by_label("It is meant to be public").check()
    press(page, page.get_by_role("button", name="Show how it will look"))
    assert page.locator("#preview .prose").inner_text() == TYPED
    press(page, page.get_by_role("button", name="Send for checking"))
    assert page.get_by_role("heading", level=1).inner_text() == "Sent. A moderator will read it"


def test_pressing_enter_in_the_title_sends(visit, site):
    page = visit(script=False)
    write(page, site, "Some words")
    with page.expect_navigation():
        page.get_by_label("Title").press("Enter")
    assert page.get_by_role("heading", level=1).inner_text() == "Sent. A moderator will read it"


def test_the_question_and_the_preview_come_into_sight_first(visit, site):
    page = visit(script=False)
    write(page, site, TYPED)
    press(page, page.get_by_role("button", name="Show how it will look"))
    expect(page.locator(".errors")).to_be_in_viewport()
    page.get_by_label("It is meant to be public").check()
    press(page, page.get_by_role("button", name="Show how it will look"))
    expect(
        page.locator("#preview")
    ).to_be_focused()  # a browser goes to a part of a page a moment after the page is there


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_no_accessibility_rule_is_broken(visit, site, dark):
    page = visit(dark=dark, width=320, height=568)
    write(page, site, TYPED)
    press(page, page.get_by_role("button", name="Send for checking"))
    broken = broken_rules(page)
    page.get_by_label("It is meant to be public").check()
    press(page, page.get_by_role("button", name="Show how it will look"))
    assert broken + broken_rules(page) == []
