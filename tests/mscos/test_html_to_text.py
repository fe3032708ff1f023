"""Plain text from our own HTML."""

import pytest

from mscos.html_to_text import plain
from mscos.text import render_editorial

LONG = "https://example.org/" + "a-long-address/" * 8


def test_headings_are_set_apart():
    html = "<h1>Week 5</h1><p>Words.</p><h2>Housing</h2><p>More.</p><h3>Less</h3><p>Most.</p>"
    assert plain(html) == "Week 5\n======\n\nWords.\n\nHousing\n-------\n\nMore.\n\nLess\n\nMost.\n"


def test_lines_are_72_characters_at_most():
    lines = plain("<p>" + "Seven words of text, and then more. " * 20 + "</p>").splitlines()
    assert max(len(line) for line in lines) <= 72
    assert " ".join(lines) == ("Seven words of text, and then more. " * 20).strip()


def test_addresses_and_long_words_are_never_broken():
    html = f'<p>Look <a href="{LONG}">over there</a>, and at {"w" * 5000}-{"w" * 9}.</p>'
    assert plain(html).split() == ["Look", "over", "there", f"({LONG}),", "and", "at", f"{'w' * 5000}-{'w' * 9}."]


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ('<p>See <a href="https://example.org/">the study</a>.</p>', "See the study (https://example.org/)."),
        ('<p><a href="https://example.org/">The study</a></p>', "The study: https://example.org/"),
        ('<p>One<br><a href="https://a.org/">Two</a></p>', "One\nTwo: https://a.org/"),
        ('<p>A<a href="https://a.org/?a=1&amp;b=2"> b </a>c</p>', "A b (https://a.org/?a=1&b=2) c"),
        ('<p><a href="https://example.org/">https://example.org/</a></p>', "https://example.org/"),
        ('<p><a href="https://example.org/"></a></p>', "https://example.org/"),
        ('<p><a href="mailto:sam@example.org">Sam</a></p>', "Sam: sam@example.org"),
        ('<p>Write to <a href="mailto:sam@example.org">sam@example.org</a></p>', "Write to sam@example.org"),
        (
            '<p>It says so<sup><a href="#note">[1]</a></sup> in <a href="#part">a part</a>.</p>',
            "It says so[1] in a part.",
        ),
        ('<p>A note. <a href="#text" aria-label="Back">↩︎</a></p>', "A note."),
    ],
)
def test_links_say_where_they_lead(html, text):
    assert plain(html) == f"{text}\n"


def test_lists_have_marks_and_numbers():
    html = render_editorial(
        "- one\n- two\n    - three\n\nThen:\n\n9. nine\n10. ten\n\n    its second paragraph\n\n- other"
    )
    assert plain(html) == (
        "- one\n- two\n  - three\n\nThen:\n\n9. nine\n10. ten\n\n    its second paragraph\n\n- other\n"
    )


def test_a_long_item_stands_behind_its_mark():
    lines = plain(f"<ul><li>{'word ' * 20}</li></ul>").splitlines()
    assert [line[:3] for line in lines] == ["- w", "  w"]


def test_quotations_are_indented():
    text = plain(render_editorial("Before.\n\n> Said.\n>\n> - so\n\nAfter."))
    assert text == "Before.\n\n    Said.\n\n    - so\n\nAfter.\n"


def test_a_table_of_data_is_a_line_a_row():
    table = render_editorial(
        "| | First | Later |\n| --- | --- | --- |\n| Cost | [5](https://a.org/) | |\n| Days | 1 | 2 |"
    )
    assert plain(f"{table}<p>After.</p>") == ("| First | Later\nCost | 5 (https://a.org/) |\nDays | 1 | 2\n\nAfter.\n")


def test_a_layout_table_leaves_no_trace():
    html = '<table role="presentation"><tr><td><p>One</p></td></tr><tr><td>Two</td><td>Three</td></tr></table>'
    assert plain(html) == "One\n\nTwo\n\nThree\n"


def test_a_table_of_data_within_the_layout():
    table = "<table><tr><th>A</th><td>B</td></tr></table>"
    assert plain(f'<table role="presentation"><tr><td>{table}</td><td>C</td></tr></table>') == "A | B\n\nC\n"


def test_what_is_for_the_screen_only_is_left_out():
    html = (
        "<head><title>Title</title><meta charset=utf-8><style>p { color: red }</style></head>"
        '<div data-screen-only>Not<br>this <p>nor <b>that</b></p></div><p>This<img src="" alt="">'
        '<br data-screen-only> <a href="#x" data-screen-only>skip</a></p><!-- nor this --><p>and this</p>'
    )
    assert plain(html) == "This\n\nand this\n"


def test_marks_are_read_and_no_html_is_left():
    assert plain(render_editorial("<b>bold</b> & **bold** &mdash; café")) == "<b>bold</b> & bold &mdash; café\n"


def test_spaces_and_lines_of_the_source_do_not_matter():
    assert (
        plain("<div>\n  One\n  <em>two</em>,\n\n three </div>\n\n\n<p> </p>\n<p>four</p>") == "One two, three\n\nfour\n"
    )


def test_nothing_gives_nothing():
    assert plain("") == "\n"
