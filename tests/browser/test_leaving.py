"""'Leave this site' with JavaScript: at once, without a way back, by a key too."""

import pytest

from tests.browser.helpers import NEUTRAL


@pytest.fixture
def page(visit, site):
    page = visit()
    page.goto(f"{site.forum()}new/")
    return page


def shift(page, times=1):
    for _ in range(times):
        page.keyboard.press("Shift")


def test_pressing_it_leaves_and_back_does_not_return(page, site):
    page.goto(site.outcome())
    before = page.evaluate("history.length")
    page.locator("a.leave").click()
    page.wait_for_url(f"{NEUTRAL}**")
    assert page.evaluate("history.length") == before
    page.go_back()
    assert page.url == f"{site.forum()}new/"


def test_the_page_is_covered_at_once_even_when_the_network_is_stalled(page):
    page.context.unroute(f"{NEUTRAL}**")
    page.context.route(f"{NEUTRAL}**", lambda _: None)  # never answered
    seen = []
    page.expose_function("tell", lambda *words: seen.append(words))
    page.evaluate(
        "addEventListener('click', () => setTimeout(() => tell(document.title, document.documentElement.innerText.trim()), 90))"
    )
    page.get_by_label("Your post").fill("Words nobody should see")
    page.locator("a.leave").click(no_wait_after=True)
    for _ in range(50):
        if seen:
            break
        page.wait_for_timeout(20)
    assert seen == [("Loading", "Loading")]


def test_three_lone_presses_of_shift_leave_also_from_a_text_box(page):
    page.get_by_label("Your post").focus()
    shift(page, 3)
    page.wait_for_url(f"{NEUTRAL}**")


def test_each_press_is_announced(page):
    shift(page)
    assert page.get_by_text("Shift, press 2 more times to leave").count() == 1
    shift(page)
    assert page.get_by_text("Shift, press 1 more time to leave").count() == 1


def test_shift_with_a_letter_does_not_count_and_resets(page, site):
    page.get_by_label("Your post").focus()
    for _ in range(3):
        page.keyboard.press("Shift+A")
    shift(page, 2)
    page.keyboard.press("b")
    shift(page, 2)
    page.wait_for_timeout(300)
    assert page.url == f"{site.forum()}new/"
    assert page.get_by_label("Your post").input_value() == "AAAb"


def test_coming_back_to_a_form_shows_none_of_the_text(page, site):
    page.get_by_label("Your post").fill("Words nobody should see")
    page.goto(site.outcome())
    page.go_back()
    assert page.get_by_label("Your post").input_value() == ""
