"""Somebody asks for a call and the team answers, over the whole journey, both sides with JavaScript off."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.browser.helpers import press, sign_in
from tests.browser.test_pages import broken_rules

HANDLER = "handler@example.org"
MONDAY = 0


def text(page):
    return " ".join(page.locator("main, #content").first.inner_text().split())


def ask(page, site, **typed):
    """Walk the three steps from the housing forum; return the code."""
    page.goto(site.forum())
    press(page, page.get_by_role("main").get_by_role("link", name="Ask for a call"))
    press(page, page.get_by_role("link", name="Continue"))
    for label in typed.pop("checked", ()):
        page.get_by_label(label, exact=True).check()
    for label, words in typed.items():
        page.get_by_label(label.replace("_", " ")).fill(words)
    press(page, page.get_by_role("button", name="Check your answers"))
    press(page, page.get_by_role("button", name="Send request"))
    return page.locator(".code").inner_text()


def open_request(page, site, code):
    page.goto(f"{site.url}/code/")
    page.get_by_label("Your code").fill(code)
    press(page, page.get_by_role("button", name="Show my post or request"))


def days_to_come():
    """Return the days after tomorrow, for two weeks."""
    return [(datetime.now(UTC) + timedelta(days=number)).date() for number in range(2, 16)]


def row(page, *texts):
    """Return the link to the first request of the queue whose row has these texts."""
    rows = page.locator("#result_list tr")
    for words in texts:
        rows = rows.filter(has_text=words)
    return rows.first.get_by_role("link").first


def test_the_whole_journey_of_a_call(visit, site):
    asker = visit(script=False, width=320, height=568)
    asker.goto(f"{site.url}/call/?step=answer")
    press(asker, asker.get_by_role("button", name="Check your answers"))
    assert asker.title().startswith("Error: ")
    checked = ["You contact me", "Phone call", "Monday", "In the morning, 9am to midday"]
    code = ask(
        asker,
        site,
        checked=checked,
        A_number_or_address="07700 900456",
        What_would_you="A tenancy",
        Name_to_ask_for="Rowan",
    )
    assert [cookie["name"] for cookie in asker.context.cookies()] == ["form"]

    team = visit(script=False)
    sign_in(team, site, HANDLER)
    team.goto(f"{site.url}/admin/forums/callrequest/")
    assert "07700 900456" not in team.content()
    press(team, row(team, "Housing forum", "nobody yet"))
    assert ("A tenancy" in text(team), "07700 900456" in text(team)) == (False, False)
    press(team, team.get_by_role("button", name="I will handle this"))
    assert ("A tenancy" in text(team), "07700 900456" in text(team)) == (True, False)
    day = next(day for day in days_to_come() if day.weekday() == MONDAY)
    team.get_by_label("Time 1, in London").fill(f"{day}T10:00")
    press(team, team.get_by_role("button", name="Offer these times"))
    team.get_by_label("Write to the asker").fill("Would this suit you?")
    press(team, team.get_by_role("button", name="Send"))

    open_request(asker, site, code)
    assert ("Times offered" in text(asker), "Would this suit you?" in text(asker)) == (True, True)
    press(asker, asker.get_by_role("button", name="Choose this time"))
    assert "A time is agreed" in text(asker)
    asker.get_by_label("Write to the team").fill("Yes, thank you.")
    press(asker, asker.get_by_role("button", name="Send to the team"))
    assert "Yes, thank you." in text(asker)

    team.reload()
    assert ("Yes, thank you." in text(team), "Agreed:" in text(team)) == (True, True)
    press(team, team.get_by_role("button", name="Open what the call needs (this is recorded)"))
    card = text(team)
    assert ("07700 900456" in card, "Rowan" in card, "A tenancy" in card) == (True, True, False)
    team.emulate_media(media="print")
    assert team.get_by_role("link", name="Back to the request").is_hidden()
    team.emulate_media(media="screen")
    press(team, team.get_by_role("link", name="Back to the request"))
    press(team, team.get_by_role("button", name="The call took place"))
    assert "Noted as called." in team.locator(".messagelist").inner_text()

    open_request(asker, site, code)
    assert "Someone from the team looked at your number or address on" in text(asker)
    press(asker, asker.get_by_role("button", name="Withdraw and erase everything"))
    press(asker, asker.get_by_role("button", name="Erase everything"))
    assert "the code opens nothing any more" in text(asker)
    team.reload()
    assert "This request was withdrawn and erased." in team.locator(".messagelist").inner_text()
    open_request(asker, site, code)
    assert "Check the code. It has 16 letters and numbers" in text(asker)


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_no_accessibility_rule_is_broken_on_the_way_of_a_request(visit, site, dark):
    page = visit(dark=dark, width=320, height=568)
    broken = []
    page.goto(f"{site.url}/call/")
    broken += broken_rules(page)
    press(page, page.get_by_role("link", name="Continue"))
    press(page, page.get_by_role("button", name="Check your answers"))
    broken += broken_rules(page)  # with its errors
    for label in ("I will come back with my code, and you leave me times", "Monday", "In the evening, 5pm to 8pm"):
        page.get_by_label(label, exact=True).check()
    press(page, page.get_by_role("button", name="Check your answers"))
    broken += broken_rules(page)
    press(page, page.get_by_role("button", name="Send request"))
    broken += broken_rules(page)
    open_request(page, site, page.locator(".code").inner_text())
    broken += broken_rules(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    press(page, page.get_by_role("button", name="Withdraw and erase everything"))
    broken += broken_rules(page)
    assert broken == []


@pytest.mark.parametrize("width", [320, 1280])
def test_no_page_of_the_team_scrolls_sideways(visit, site, width):
    page = visit(width=width)
    sign_in(page, site, HANDLER)
    page.goto(f"{site.url}/admin/forums/callrequest/")
    press(page, row(page, "Housing forum", "Sample call handler"))
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    press(page, page.get_by_role("button", name="Open what the call needs (this is recorded)"))
    assert page.evaluate("document.documentElement.scrollWidth") <= width
