"""Each rule of pre-flight: an issue that is ready, one change, and exactly what is said of it."""

from datetime import date, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from forums.models import CallForViews
from newsletters import preflight
from newsletters.inside import MOST_PAGES
from newsletters.models import CheckedLink, Issue, Section, Subscriber
from newsletters.preflight import Finding, findings
from outcomes.models import Quotation, Reference, Resource
from tests.newsletters.conftest import add_section, make_issue, make_subscriber, publish
from tests.outcomes.conftest import make_outcome

pytestmark = pytest.mark.django_db

OUTSIDE = "https://example.org/"
TAKE_OUT = "or take the section out."
NOT_SENT = "Pictures are not sent. Say in words what it shows."
STILL_TO_COME = "Write what there is to say, or take it out."
NOT_FINISHED = "Write it as [words](https://…), with no spaces between the brackets, or take it out."
OTHER_PAGE = "Link to a page that everybody can open, or take the link out."
WAIT = "Wait, and look again. Or open it yourself."


@pytest.fixture(autouse=True)
def today():
    """Monday of the fifth week."""
    with time_machine.travel("2023-03-20 12:00 +0000", tick=False):
        yield date(2023, 3, 20)


@pytest.fixture
def ready(today, issue, reader):
    """An issue of which nothing is to be said."""
    CheckedLink.objects.create(url=OUTSIDE, state="working", checked_at=timezone.now())
    return issue


@pytest.fixture
def section(ready):
    """Add a text to the issue; tell what is said of it when its words change."""
    section = add_section(ready, "text", body="Some words.")

    def said(body=None, **fields):
        for name, value in {**fields, **({} if body is None else {"body": body})}.items():
            setattr(section, name, value)
        section.save()
        found = findings(ready)
        assert {each.section for each in found} <= {section}
        return [(each.blocks, each.problem, each.mend) for each in found]

    return said


def the(issue, kind):
    return issue.sections.filter(kind=kind).first()


def blocks(problem, mend, section=None):
    return Finding(blocks=True, section=section, problem=problem, mend=mend)


def warns(problem, mend, section=None):
    return Finding(blocks=False, section=section, problem=problem, mend=mend)


def test_of_an_issue_that_is_ready_nothing_is_said(ready):
    assert findings(ready) == []


def test_what_blocks_comes_first_then_the_order_of_the_issue(ready):
    Section.objects.filter(issue=ready, kind="text").update(heading="TBC", link_url="http://testserver/nowhere/")
    ready.subject = ready.plain_subject
    welcome = the(ready, "text")
    add_section(ready, "text", body="[here](/about/)", position=1)
    assert [(each.blocks, each.section == welcome) for each in findings(ready)] == [
        (True, False),
        (True, True),
        (True, True),
        (False, False),
    ]


# The issue itself


def test_an_issue_without_sections(ready):
    ready.sections.all().delete()
    assert findings(ready) == [blocks("The issue has no section.", "Add what it is to say.")]


@pytest.mark.parametrize(("field", "name"), [("subject", "full subject line"), ("plain_subject", "plain subject")])
@pytest.mark.parametrize("empty", ["", "  "])
def test_a_subject_that_is_empty(ready, field, name, empty):
    setattr(ready, field, empty)
    assert findings(ready) == [blocks(f"The {name} is empty.", "Fill it in.")]


@pytest.mark.parametrize(("field", "name"), [("subject", "full subject line"), ("plain_subject", "plain subject")])
def test_a_subject_that_is_too_long(ready, field, name):
    setattr(ready, field, "w" * 60)
    assert findings(ready) == []
    setattr(ready, field, "w" * 61)
    assert findings(ready) == [warns(f"The {name} has 61 characters.", "Use 60 at most: phones cut the rest off.")]


def test_a_plain_subject_that_tells_as_much_as_the_full_one(ready):
    ready.plain_subject = "week 5: Housing "
    assert findings(ready) == [
        warns(
            "The plain subject line is the same as the full one.",
            "Let the plain one say no more than 'Week 5': it stands on lock screens.",
        )
    ]


@pytest.mark.parametrize(
    ("field", "name"),
    [
        ("title", "title"), ("subject", "full subject line"), ("plain_subject", "plain subject"),
        ("preheader", "preheader"),
    ],
)  # fmt: skip
def test_words_that_tell_a_stranger_what_this_is_about(ready, field, name):
    setattr(ready, field, "Safety from any trafficker or other abuser")
    assert findings(ready) == [
        blocks(
            f"The {name} says 'trafficker' and 'abuser'.",
            "Use other words: strangers may see it on a screen. The headings of sections may name an outcome.",
        )
    ]


def test_an_address_that_tells(ready):
    ready.slug = "refuge-5"
    assert [each.problem for each in findings(ready)] == ["The slug says 'refuge'."]


def test_headings_and_words_may_name_an_outcome(section):
    assert section("The outcome is safety from any trafficker.", heading="Safety from any trafficker") == []


@pytest.mark.parametrize(
    ("field", "name"),
    [
        ("title", "title"), ("subject", "full subject line"), ("plain_subject", "plain subject"),
        ("preheader", "preheader"), ("credits", "credits"),
    ],
)  # fmt: skip
def test_placeholders_in_the_fields_of_the_issue(ready, field, name):
    setattr(ready, field, "Week 5: TBC")
    assert findings(ready) == [blocks(f"In the {name}: 'TBC' stands where words are still to come.", STILL_TO_COME)]


# What sections show


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("focus", "outcome"), ("feature", "resource"), ("reference", "reference"), ("quotation", "quotation"),
        ("call", "call for views"),
    ],
)  # fmt: skip
def test_a_section_without_its_object(ready, kind, name):
    section = the(ready, kind)
    Section.objects.filter(pk=section.pk).update(**{section.shows: None})
    expected = blocks(f"It shows no {name}: none was chosen, or it was deleted.", f"Choose one, {TAKE_OUT}", section)
    assert findings(ready) == [expected]
    Section.objects.filter(pk=section.pk).update(body="Words.", body_html="<p>Words.</p>")
    assert findings(ready) == [expected]


def test_a_deleted_object(ready):
    Resource.objects.all().delete()
    assert [(each.blocks, each.section) for each in findings(ready)] == [(True, the(ready, "feature"))]


@pytest.mark.parametrize(
    ("state", "problem", "mend"),
    [
        ("draft", "The toolkit 'A toolkit' is not listed yet.", "List it, or take the section out."),
        ("withdrawn", "The toolkit 'A toolkit' is not listed any more.", "List it again, or take the section out."),
    ],
)
def test_a_resource_that_readers_cannot_see(ready, state, problem, mend):
    Resource.objects.update(state=state)
    assert findings(ready) == [blocks(problem, mend, the(ready, "feature"))]


@pytest.mark.parametrize(
    ("days", "problem", "mend"),
    [
        (
            {"opens": date(2023, 3, 21)},
            "opens on 21 March 2023.",
            "Send the issue on that day or later, or take the section out.",
        ),
        (
            {"opens": date(2023, 3, 1), "closes": date(2023, 3, 19)},
            "closed on 19 March 2023.",
            "Give it a later closing day, or take the section out.",
        ),
    ],
)
def test_a_call_that_takes_no_views_today(ready, days, problem, mend):
    CallForViews.objects.update(**days)
    said = f"The call for views 'What would have to change?' {problem}"
    assert findings(ready) == [blocks(said, mend, the(ready, "call"))]


def test_the_first_and_the_last_day_of_a_call_count(ready, today):
    CallForViews.objects.update(opens=today, closes=today)
    assert findings(ready) == []


ASK = "Ask for consent and note it, or take the section out."


@pytest.mark.parametrize(
    ("consent", "problem", "mend"),
    [
        ({"consent_given_on": None}, "has no consent.", ASK),
        ({"consent_scope": "site"}, "is agreed to for the site only, not for the newsletter.", ASK),
        (
            {"consent_expires_on": date(2023, 3, 19)},
            "has no consent any more: it ended on 19 March 2023.",
            ASK,
        ),
        (
            {"consent_given_on": date(2023, 3, 21)},
            "has consent from 21 March 2023 on.",
            "Send the issue on that day or later, or take the section out.",
        ),
    ],
)
def test_a_quotation_without_consent(ready, consent, problem, mend):
    Quotation.objects.update(**consent)
    said = f"The quotation of 'A caseworker, example' {problem}"
    assert findings(ready) == [blocks(said, mend, the(ready, "quotation"))]


def test_a_withdrawn_quotation(ready):
    Quotation.objects.update(text="", credit="", withdrawn_on=date(2023, 3, 3))
    assert findings(ready) == [
        blocks(
            "The quotation was withdrawn on 3 March 2023.",
            "Choose another one, or take the section out.",
            the(ready, "quotation"),
        )
    ]


@pytest.mark.parametrize("days", [0, 7])
def test_a_consent_that_ends_soon(ready, today, days):
    Quotation.objects.update(consent_expires_on=today + timedelta(days=days))
    assert findings(ready) == [
        warns(
            f"The quotation of 'A caseworker, example' has consent until {20 + days} March 2023 only.",
            "Send the issue by then, and ask for longer consent if its page is to keep the words.",
            the(ready, "quotation"),
        )
    ]
    Quotation.objects.update(consent_expires_on=today + timedelta(days=8))
    assert findings(ready) == []


@pytest.mark.parametrize("body", ["", "  ", "---"])
def test_a_section_with_nothing_to_say(section, body):
    assert section(body, heading="A heading") == [
        (True, "The section has no words.", "Write them, or take the section out.")
    ]


def test_the_same_thing_twice(ready, outcome):
    section = add_section(ready, "focus", outcome=outcome)
    assert findings(ready) == [
        warns(
            "'This week's focus' shows the same thing as a section before it.",
            "Choose something else, or take one out.",
            section,
        )
    ]


def test_another_of_a_kind_at_the_same_position_is_no_second_time(ready):
    other = make_outcome("work", official_name="Work")
    add_section(ready, "focus", outcome=other, position=10)
    add_section(ready, "text", body="Words.", position=10)
    add_section(ready, "text", body="Words.", position=10)
    assert findings(ready) == []


# Words


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


def test_placeholders_in_what_is_shown(ready):
    Reference.objects.update(note="Lorem ipsum dolor")
    assert findings(ready) == [
        blocks("'Lorem ipsum' stands where words are still to come.", STILL_TO_COME, the(ready, "reference"))
    ]


@pytest.mark.parametrize(
    "words",
    [
        "[…]", "We were told […] to wait.", "See you soon, and more", "No more\n\nSoon we meet", "A tbcx and a todos",
        "Insert the key. It fits here.", "Methods (XX)", "xxii",
    ],
)  # fmt: skip
def test_what_is_no_placeholder(section, words):
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


def test_a_picture_in_what_a_call_says(ready, call):
    call.why = "![A house](/about/)"
    call.save()
    assert findings(ready) == [blocks("The picture 'A house' is not sent.", NOT_SENT, the(ready, "call"))]


@pytest.mark.parametrize("words", ["here", "Click here", "this link", "Read more", "more", "link", "Here.", "more →"])
def test_links_that_say_nothing(section, words):
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
def test_links_with_their_address_for_words(section, typed, words):
    assert section(f"See {typed}") == [
        (False, f"A link has its address for words: {words}", "Say in words where it leads.")
    ]


# Where links lead


@pytest.mark.parametrize("url", ["#", ""])
def test_links_that_lead_nowhere(section, url):
    assert section(f"See [the page]({url})") == [
        (True, "The link 'the page' leads nowhere.", "Give its address, or take the link out.")
    ]


def test_an_address_with_a_port_that_there_cannot_be_leads_nowhere(section):
    assert [problem for _, problem, _ in section("See [it](https://example.org:99999/)")] == [
        "The link 'it' leads nowhere."
    ]


def test_a_place_that_is_not_in_the_section(section):
    assert section("See [the end](#end)") == [
        (
            True,
            "The link 'the end' leads to a place that is not in this section: #end",
            "Give the address of a page, or take the link out.",
        )
    ]


def test_footnotes_lead_to_places_in_the_section(section):
    assert section("One[^1] and one[^1] and two[^2].\n\n[^1]: A note.\n[^2]: Two.") == []


@pytest.mark.parametrize(
    "url", ["outcomes/housing/", "//example.org/", "/\\example.org/", "javascript:x", "ftp://a.b/"]
)
def test_addresses_that_open_nothing(section, url):
    assert section("Words.", link_url=url, link_words="The page") == [
        (
            True,
            f"The link 'The page' has an address that opens nothing: {url}",
            "Start it with https:// or, on this site, with /",
        )
    ]


PUBLIC = [
    "/", "/about/", "/about", "/safety/", "/outcomes/", "/outcomes/housing/", "/outcomes/housing", "/forums/housing/",
    "/forums/housing/new/?type=e", "/resources/?q=x", "/about/#main", "/newsletter/week-5/", "http://testserver",
    "http://testserver/about/", "https://testserver/about/#main", "/code/take-down/",
]  # fmt: skip
NOT_PUBLIC = [
    "/none/", "/outcomes/none/", "/outcomes/none", "/newsletter/week-6/", "/newsletter/preview/abc/", "/admin/",
    "/admin/login/", "/accounts/login/", "/accounts/", "/leave/", "/health/", "/unsubscribe/abc/", "/confirm/abc/",
    "/change/abc/", "/subscription/abc/", "/static/site.css", "http://testserver/none/", "https://testserver/admin/",
    "/../", "/%00/", "/%ff/", "/?%zz=/../%", "/ä/",
]  # fmt: skip


@pytest.mark.parametrize("url", PUBLIC)
def test_pages_that_readers_can_open(section, url):
    assert section(f"See [the page]({url})") == []


@pytest.mark.parametrize("url", [url for url in NOT_PUBLIC if url not in {"/ä/", "/?%zz=/../%"}])
def test_pages_that_readers_cannot_open(section, url):
    assert section("Words.", link_url=url, link_words="The page") == [
        (True, f"Readers cannot open this page: {url}", OTHER_PAGE)
    ]


def test_what_is_not_shown_yet_cannot_be_opened(section, resource):
    draft = Resource.objects.create(title="Draft", kind="toolkit", url=OUTSIDE, summary="x")
    assert section(f"See [it]({draft.get_absolute_url()}) and [that]({resource.get_absolute_url()})") == [
        (True, f"Readers cannot open this page: {draft.get_absolute_url()}", OTHER_PAGE)
    ]


def test_a_published_issue_can_be_opened(section):
    publish(make_issue(4), day=date(2023, 3, 13))
    Issue.objects.filter(number=4).update(recipient_count=1)
    assert section("See [week 4](/newsletter/week-4/)") == []


def test_looking_at_pages_stores_nothing_and_signs_nobody_in(section):
    before = dict(Subscriber.objects.values_list("pk", "state"))
    section("[a](/forums/housing/new/) [b](/subscription/) [c](/contact/) [d](/code/)")
    assert dict(Subscriber.objects.values_list("pk", "state")) == before


def test_a_page_that_lacks_the_place(section):
    assert section("See [it](/about/#end)") == [
        (False, "This page has no place of that name: /about/#end", "Take '#end' off its end, or correct it.")
    ]


def test_only_so_many_pages_are_looked_at(section, ready):
    body = " ".join(f"[p](/outcomes/none-{number}/)" for number in range(MOST_PAGES + 9))
    section_ = ready.sections.last()
    section_.body = body
    section_.save()
    found = findings(ready)
    # Before this section the issue leads to five other pages.
    assert [each.problem for each in found[:-1]] == [
        f"Readers cannot open this page: /outcomes/none-{number}/" for number in range(MOST_PAGES - 5)
    ]
    assert found[-1] == warns(
        "The issue leads to more than 50 pages of this site. Only the first were looked at.",
        "Take links out, or open the others yourself.",
    )


def test_a_link_that_is_not_encrypted(section):
    CheckedLink.objects.create(url="http://example.org/", state="working", checked_at=timezone.now())
    unsafe = "Start it with https:// if that opens the page too."
    assert section("See [it](http://example.org/)") == [
        (False, "This address is not encrypted: http://example.org/", unsafe)
    ]


def test_a_link_to_this_site_that_is_not_encrypted(section, settings):
    settings.BEHIND_TLS = True
    unsafe = "Start it with https:// if that opens the page too."
    assert section("See [it](http://testserver/about/)") == [
        (False, "This address is not encrypted: http://testserver/about/", unsafe)
    ]


def test_a_link_that_is_gone(ready):
    CheckedLink.objects.update(state="gone", checked_at="2023-03-03T00:30Z")
    expected = (
        "https://example.org/ answered that the page is gone on 3 March 2023.",
        "Give the address where it is now, or take the link out.",
    )
    assert findings(ready) == [
        blocks(*expected, the(ready, "reference")), blocks(*expected, the(ready, "notice")),
    ]  # fmt: skip


def test_a_link_without_an_answer(section):
    CheckedLink.objects.create(url="https://a.example/", state="no answer", checked_at="2023-03-03T12:00Z")
    assert section("See [it](https://a.example/)") == [
        (
            False,
            "https://a.example/ gave no answer on 3 March 2023.",
            "Open it yourself. If it does not open, give another address, or take the link out.",
        )
    ]


@pytest.mark.parametrize(
    "known",
    [None, {"state": "not checked"}, {"state": "working", "checked_at": "2023-03-13T11:59Z"}],
)
def test_a_link_that_is_not_checked(section, known):
    if known:
        CheckedLink.objects.create(url="https://a.example/", **known)
    assert section("See [it](https://a.example/)") == [
        (
            False,
            "https://a.example/ is not checked yet. The work loop does it within 10 minutes, if it has a network.",
            WAIT,
        )
    ]


def test_a_link_that_worked_a_week_ago_still_counts(section):
    CheckedLink.objects.create(url="https://a.example/", state="working", checked_at="2023-03-13T12:00Z")
    assert section("See [it](https://a.example/)") == []


def test_a_link_too_long_to_check(section):
    url = f"https://a.example/{'b' * 2000}"
    assert section(f"See [it]({url})") == [
        (False, f"Too long to be checked: {url[:59]}…", "Open it yourself, or take the link out.")
    ]


def test_the_minutes_are_those_of_the_work_loop(settings):
    assert settings.WORK_JOBS["newsletters.link_check.check_links"] == 600


# The mail and its readers


def test_a_mail_that_is_too_large(ready):
    section = add_section(ready, "text", body="Words.")

    def said(letters):
        section.body = "w" * letters
        section.save()
        return [(each.blocks, each.section, each.mend) for each in findings(ready)], findings(ready)

    size = preflight.mail_of(ready).size
    shorten = "Shorten it to 70 kB at most: some mail programs cut off the end of long mails."
    assert said(50)[0] == []
    large, too_large = said(61_000 - size), said(70_100 - size)
    assert large[0] == [(False, None, shorten)]
    assert too_large[0] == [(True, None, shorten)]
    assert too_large[1][0].problem == f"The mail has {-(-preflight.mail_of(ready).size // 100) / 10} kB."


def test_nobody_has_confirmed(ready):
    Subscriber.objects.update(state="pending")
    assert findings(ready) == [
        warns(
            "No reader has confirmed, so nobody gets this by email.",
            "Publish it all the same to show it on the web only.",
        )
    ]


@pytest.mark.parametrize(
    ("now", "last", "told"),
    [(1, 11, False), (1, 12, True), (12, 1, True), (11, 1, False), (48, 60, False), (47, 60, True), (73, 60, True)],
)
def test_readers_far_fewer_or_more_than_last_time(ready, now, last, told):
    publish(make_issue(3), day=date(2023, 3, 6))
    publish(make_issue(4), day=date(2023, 3, 13))
    Issue.objects.filter(number=3).update(recipient_count=now)
    Issue.objects.filter(number=4).update(recipient_count=last)
    for number in range(now - 1):
        make_subscriber(f"reader{number}@example.org")
    expected = warns(
        f"Confirmed readers now: {now}. At the last issue: {last}.",
        "Look at the list of subscribers before you send it.",
    )
    assert findings(ready) == [expected] * told


def test_the_plain_text_says_all_that_each_kind_says(ready, resource):
    for section in ready.sections.all():
        section.content_note = "detention"
        section.body = (
            f"Words of {section.kind}.\n\n- one **two**\n- three[^1]\n\n> four\n\n| a | b |\n|---|---|\n| c | d |\n\n"
            "### Five\n\n---\n\n[Six](/about/)\n\n[^1]: Seven"
        )
        section.save()
    assert findings(ready) == []


@pytest.mark.parametrize("text", ["", "  \n"])
def test_a_mail_without_plain_text(ready, monkeypatch, text):
    mail = preflight.mail_of(ready)
    monkeypatch.setattr(preflight, "mail_of", lambda _: preflight.Mail(html=mail.html, text=text))
    assert [(each.blocks, each.section, each.problem) for each in findings(ready)] == [
        (True, None, "The mail has no plain text.")
    ]


def test_a_mail_whose_plain_text_lacks_words(ready, monkeypatch):
    mail = preflight.mail_of(ready)
    shorter = mail.text.replace("Quiet words.", "")
    monkeypatch.setattr(preflight, "mail_of", lambda _: preflight.Mail(html=mail.html, text=shorter))
    assert [(each.blocks, each.section, each.problem) for each in findings(ready)] == [
        (True, the(ready, "quotation"), "The plain text of the mail lacks its words.")
    ]


# All of it


def test_the_same_queries_for_three_sections_as_for_thirty(outcome, resource, call, quotation, reference, reader):
    shown = {
        "text": {"body": "[a](/about/)"}, "feature": {"resource": resource}, "call": {"call": call},
        "quotation": {"quotation": quotation}, "reference": {"reference": reference},
    }  # fmt: skip

    def counted(times):
        issue = make_issue(times)
        for kind, fields in list(shown.items()) * times:
            add_section(issue, kind, **fields)
        findings(issue)  # the first of all compiles templates
        with CaptureQueriesContext(
            connection,
        ) as queries:
            findings(issue)
        return len(queries)

    assert counted(1) == counted(6)


@pytest.mark.parametrize(
    "hostile",
    [
        "[" * 100_000, "![" * 50_000, "](" * 50_000, "[a](" * 25_000, ")[" * 50_000, "insert " * 14_000, "a" * 100_000,
        "![[]" * 25_000, "[a](/b/)" * 12_000, "https://a.b/ " * 7_000, "<a href='" * 10_000, "&#0;" * 25_000, "> " * 50_000,
        "[^1]" * 25_000, "\u202e\u0000x" * 1000, "more on " * 12_000, "x" * 99_999 + "!",
    ],
)  # fmt: skip
def test_no_long_text_raises(ready, hostile):
    section = Section(issue=ready, kind="text", position=99, heading="h", body=hostile.replace("\0", ""))
    section.save()
    assert isinstance(findings(ready), list)


PIECES = st.sampled_from(
    ["[", "]", "(", ")", "!", "#", "/", "<", ">", "&", "\\", "*", "_", "\n", "\n\n", " ", "|", "-", "^", ":", "@", "%",
     "http://", "https://", "www.", "mailto:", "a", "example.org", "[a](", "![", "[^1]", "\n[^1]: ", "/about/", "//", "[::1",
     ":99999", "%00", "testserver", "http://testserver/", "\u202e", "\ud83d\ude00", "ﬀ", "more soon", "&#x0;"]
)  # fmt: skip


@hypothesis_settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=st.lists(PIECES, max_size=40).map("".join), heading=st.text(max_size=160), url=st.text(max_size=100))
def test_no_text_raises(ready, body, heading, url):
    issue = Issue.objects.get(pk=ready.pk)
    section = issue.sections.filter(kind="notice").get()
    clean = str.maketrans("", "", "\0")
    section.body = body.encode(errors="ignore").decode()
    section.heading = heading.encode(errors="ignore").decode().translate(clean)
    section.link_url = url.encode(errors="ignore").decode().translate(clean)
    section.link_words = ""
    section.save()
    assert isinstance(findings(issue), list)
