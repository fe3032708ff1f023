"""The rules of pre-flight about text."""

import pytest

from newsletters.preflight.check import findings
from outcomes.models import Reference, Resource
from tests.newsletters.preflight.helpers import STILL_TO_COME, blocks, section_of

pytestmark = pytest.mark.django_db

NOT_SENT = "Pictures are not sent. Say in words what it shows."
NOT_FINISHED = "Write it as [words](https://…), with no spaces between the brackets, or take it out."


@pytest.mark.parametrize(
    "words",
    [
        "more soon", "More on this soon", "Coming soon", "more to follow", "Lorem ipsum", "TBC", "tba", "TBD", "todo",
        "xxx", "XXXX", "insert here", "insert the date here",
    ],
)  # fmt: skip
def test_placeholders(section, words):
    expected = (True, f"'{words}' stands where words are still to come.", STILL_TO_COME)
    assert section(f"About it: ({words}), then.") == [expected]
    assert section("Words.", heading=words) == [expected]
    assert section(heading="", content_note=words) == [expected]
    assert section(content_note="", link_url="/about/", link_words=words) == [expected]


def test_placeholders_are_found_across_lines_and_emphasis(section):
    assert section("**More**\nsoon") == [(True, "'More soon' stands where words are still to come.", STILL_TO_COME)]


def test_placeholders_in_the_target(ready):
    Reference.objects.update(note="Lorem ipsum dolor")
    assert findings(ready) == [
        blocks("'Lorem ipsum' stands where words are still to come.", STILL_TO_COME, section_of(ready, "reference"))
    ]


@pytest.mark.parametrize(
    "words",
    [
        "[…]", "We were told […] to wait.", "See you soon, and more", "No more\n\nSoon we meet", "A tbcx and a todos",
        "Insert the key. It fits here.", "Methods (XX)", "xxii", "A mytodo on example.org/todo",
    ],
)  # fmt: skip
def test_words_that_are_no_placeholders(section, words):
    assert section(words) == []


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("See [words](www.example.org) for it", "[words](www.example.org)"),
        ("See [words]( https://example.org/ for it", "[words]( https://example.org/ for it"),
        ("See [**words**](example.org) for it", "[words](example.org)"),
        ("See [words](//example.org) for it", "[words](//example.org)"),
        ("See [words](javascript:x) for it", "[words](javascript:x)"),
        ("See [words](data:text/html,x) for it", "[words](data:text/html,x)"),
        ("See [words] (www.example.org) for it", "[words] (www.example.org)"),
        ("See (words)[www.example.org] for it", "(words)[www.example.org]"),
    ],
)
def test_links_that_are_not_finished(section, typed, shown):
    found = [each for each in section(typed) if not each[1].startswith("A link has its address")]
    assert found == [(True, f"This looks like a link that is not finished: '{shown}'.", NOT_FINISHED)]


def test_a_link_typed_where_there_are_no_links(section):
    assert section(heading="[words](/about/)") == [
        (True, "This looks like a link that is not finished: '[words](/about/)'.", NOT_FINISHED)
    ]


def test_brackets_that_are_no_link(section):
    assert section("We waited […] (for long) [as they said]. (Twice) [and again](/about/).") == []


@pytest.mark.parametrize("picture", ["![A house](https://example.org/)", "![A house](house.png)", "![A house]()"])
def test_pictures(section, picture):
    found = [each for each in section(f"Look: {picture}") if "leads nowhere" not in each[1]]
    assert found == [(True, "The picture 'A house' is not sent.", NOT_SENT)]


def test_a_picture_without_words(section):
    assert section("![](house.png)") == [(True, "A picture has no alternative text, and is not sent.", NOT_SENT)]


def test_an_exclamation_before_a_footnote_or_a_cut_is_no_picture(section):
    assert section("Come![^1] Stop![…] Go!\n\n[^1]: A note.") == []


def test_a_picture_where_no_markdown_is_read(ready):
    Resource.objects.update(summary="![A house](house.png)")
    assert findings(ready) == [blocks("The picture 'A house' is not sent.", NOT_SENT, section_of(ready, "feature"))]


def test_a_picture_in_a_consultation(ready, consultation):
    consultation.why = "![A house](/about/)"
    consultation.save()
    assert findings(ready) == [blocks("The picture 'A house' is not sent.", NOT_SENT, section_of(ready, "call"))]


@pytest.mark.parametrize("words", ["here", "Click here", "this link", "Read more", "more", "link", "Here.", "more →"])
def test_links_with_empty_phrases(section, words):
    expected = (
        True,
        f"A link is called '{words}'.",
        "Say where it leads: links are also read by themselves, in a list.",
    )
    assert section(f"See [{words}](/about/)") == [expected]
    assert section("Words.", link_url="/about/", link_words=words) == [expected]


def test_links_that_say_where_they_lead(section):
    assert (
        section("[more about us](/about/), [Book here](/about/) and [team@example.org](mailto:team@example.org)") == []
    )


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("https://example.org/", "https://example.org/"),
        ("[example.org](https://example.org/)", "example.org"),
        ("[www.example.org](https://example.org/)", "www.example.org"),
        ("[/about/](/about/)", "/about/"),
    ],
)
def test_links_with_their_url_as_text(section, typed, words):
    assert section(f"See {typed}") == [
        (False, f"A link has its address for words: {words}", "Say in words where it leads.")
    ]
