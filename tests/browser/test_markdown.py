"""Markdown in the admin, by hand: the toolbar under the strict content policy, the preview without JavaScript."""

import pytest

from tests.browser.helpers import sign_in

EDITOR = "editor@example.org"


@pytest.fixture
def write(visit, site):
    """Return a function that signs the sample editor in and opens the housing outcome's form."""

    def open_form(*, script):
        page = visit(script=script)
        page.problems = []
        page.on("console", lambda line: page.problems.append(line.text) if line.type in {"error", "warning"} else None)
        page.on("pageerror", lambda error: page.problems.append(str(error)))
        sign_in(page, site, EDITOR)
        page.goto(f"{site.url}/admin/outcomes/outcome/")
        page.locator("#result_list tbody th a").first.click()
        page.wait_for_url("**/change/**")
        return page

    return open_form


def select(page, text):
    body = page.locator("#id_body")
    body.fill(text)
    body.select_text()


@pytest.mark.parametrize(
    ("button", "markdown"),
    [
        ("Bold", "**words**"),
        ("Italic", "_words_"),
        ("Heading", "## words"),
        ("Link", "[words](url)"),
        ("Quotation", "> words"),
        ("List", "- words"),
        ("Numbered list", "1. words"),
    ],
)
def test_the_toolbar_writes_markdown(write, button, markdown):
    page = write(script=True)
    select(page, "words")
    page.locator(".field-body").get_by_role("button", name=button, exact=True).click()
    assert page.locator("#id_body").input_value().strip() == markdown
    assert page.problems == []


def test_the_toolbar_works_from_the_keyboard(write):
    page = write(script=True)
    select(page, "words")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    assert page.locator("#id_body").input_value() == "_words_"


@pytest.mark.parametrize("script", [True, False])
def test_the_preview_opens_beside_the_form_and_saves_nothing(write, script):
    page = write(script=script)
    assert page.locator(".field-body markdown-toolbar").is_visible() is script
    page.locator("#id_body").fill("# A new heading\n\nWith **words**")
    with page.expect_popup() as opened:
        page.locator(".field-body").get_by_role("button", name="Preview").click()
    preview = opened.value
    assert preview.get_by_role("heading", level=3).all_inner_texts() == ["A new heading"]
    assert preview.locator(".prose strong").all_inner_texts() == ["words"]
    page.reload()
    assert "A new heading" not in page.locator("#id_body").input_value()


def test_enter_in_a_field_of_one_line_saves(write):
    page = write(script=False)
    page.locator("#id_position").press("Enter")
    page.wait_for_url("**/admin/outcomes/outcome/")
    assert page.locator(".messagelist .success").count() == 1
