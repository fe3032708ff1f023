"""An editor makes an issue from nothing, with JavaScript off, and a reader reads it."""

import re

import pytest

from tests.browser.helpers import press, sign_in

EDITOR = "editor@example.org"


@pytest.fixture
def editor(visit, site):
    page = visit(script=False)
    sign_in(page, site, EDITOR)
    return page


def choose_first(page, label):
    """Choose the first thing that a section of this kind can show; return its label."""
    select = page.get_by_label(label, exact=True)
    name = select.locator("option").nth(1).inner_text()
    select.select_option(index=1)
    return name


def add_section(page, kind, *, shows="", **typed):
    """Add a section of a kind from the issue's page; return the label of what it shows."""
    press(page, page.get_by_label("Add a section").get_by_role("link", name=kind, exact=True))
    name = choose_first(page, shows) if shows else ""
    for label, words in typed.items():
        page.get_by_label(f"{label.capitalize()}:", exact=True).fill(words)
    press(page, page.get_by_role("button", name="Save", exact=True))
    return name


def save(page):
    press(page, page.get_by_role("button", name="Save", exact=True))


def headings(page):
    return page.locator("#sections tbody tr td:nth-child(3) > a").all_inner_texts()


def test_an_editor_makes_an_issue_and_a_reader_reads_it(editor, visit, site):
    editor.goto(f"{site.url}/admin/newsletters/issue/")
    press(editor, editor.get_by_role("link", name="Add issue"))
    number = int(editor.get_by_label("Number:").input_value())
    editor.get_by_label("Number:").fill("25")
    editor.get_by_label("Slug:").fill("week-25")
    for label, words in (
        ("Title", "Week 25: a place of one's own"),
        ("Full subject line", "Week 25: housing"),
        ("Plain subject", "Week 25"),
        ("Preheader", "One focus, one resource, one question"),
    ):
        editor.get_by_label(f"{label}:").fill(words)
    save(editor)
    assert number < 25
    assert "Week 25 is saved. Now add its sections." in editor.locator("body").inner_text()

    add_section(editor, "Text", heading="Welcome", words="Thank you for **every** answer.")
    outcome = add_section(editor, "This week's focus", shows="Outcome:")
    resource = add_section(editor, "This week's feature", shows="Resource:")
    reference = add_section(editor, "Reference", shows="Reference:")
    quotation = add_section(editor, "Quotation", shows="Quotation:")
    consultation = add_section(editor, "Call for views", shows="Call:")
    assert headings(editor) == ["Welcome", outcome, resource, reference, quotation, consultation]

    press(editor, editor.get_by_role("button", name="Up with section 60"))
    assert headings(editor) == ["Welcome", outcome, resource, reference, consultation, quotation]
    assert editor.locator(".findings .blocks").all_inner_texts() == []

    press(editor, editor.get_by_role("link", name="How it looks, checks, publishing"))
    assert "It cannot be published yet." not in editor.locator("body").inner_text()
    for title in ("The page", "The mail", "The mail, dark", "The mail on a phone"):
        frame = editor.frame_locator(f'iframe[title="{title}"]')
        assert frame.get_by_role("heading", level=1).inner_text() == "Week 25: a place of one's own", title
    spoken = re.sub(r" \([^)]+\)$", "", quotation).rstrip("…")
    assert spoken in " ".join(editor.locator(".plain-mail").inner_text().split())

    press(editor, editor.get_by_role("button", name="Send me a test"))
    assert f"The test is on its way to {EDITOR}." in editor.locator("body").inner_text()
    press(editor, editor.get_by_role("button", name="Make a preview link"))
    preview = editor.get_by_role("link", name=f"{site.url}/newsletter/preview/").get_attribute("href")

    reader = visit(script=False, width=320, height=568)
    assert reader.goto(preview).status == 200
    assert reader.goto(f"{site.url}/newsletter/week-25/").status == 404
    press(editor, editor.get_by_role("button", name="Publish and send now"))
    assert "Published." in editor.locator(".messagelist").inner_text()

    assert reader.goto(preview).status == 404
    assert reader.goto(f"{site.url}/newsletter/week-25/").status == 200
    text = " ".join(reader.locator("main").inner_text().split())
    for words in ("Thank you for every answer.", outcome, resource, reference.split(",")[0], spoken, consultation):
        assert words in text, words
    assert reader.evaluate("document.documentElement.scrollWidth") <= 320

    press(editor, editor.get_by_role("link", name="Its sending: being sent"))
    assert editor.locator("progress").get_attribute("value") == "0"
    site.work()
    press(editor, editor.get_by_role("link", name="Look again"))
    total = editor.locator("progress").get_attribute("max")
    assert (editor.locator("progress").get_attribute("value"), int(total) > 1) == (total, True)
    assert editor.get_by_role("heading", name="Done").is_visible()


@pytest.mark.parametrize("width", [320, 1280])
def test_no_page_of_an_issue_scrolls_sideways_or_breaks_its_policy(visit, site, width):
    page = visit(width=width)
    complaints = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    sign_in(page, site, EDITOR)
    page.goto(f"{site.url}/admin/newsletters/issue/")
    press(page, page.get_by_role("link", name="Week 5", exact=True))
    links = [page.get_by_role("link", name=name).first for name in ("Edit section 30", "How it looks", "History")]
    for address in [page.url, *(link.evaluate("link => link.href") for link in links)]:
        page.goto(address)
        page.wait_for_load_state("networkidle")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, address
    # Frames without scripts say so for each script that they leave out.
    assert [words for words in complaints if "sandbox" not in words and "script-src 'none'" not in words] == []


def test_a_printed_issue_leaves_out_what_only_a_screen_needs(visit, site):
    page = visit(script=False)
    page.goto(f"{site.url}/newsletter/week-5/")
    page.emulate_media(media="print")
    shown = page.locator("main :is(a, [data-screen-only]):visible").all_inner_texts()
    unwanted = {
        "Skip to the next section",
        "Opens another website",
        "Get the newsletter by email",
        "Read about housing",
    }
    assert unwanted & set(shown) == set()
    assert "Open International NRM Handbook" in shown
