"""An issue as page, mail and plain text, with each subscriber's own links."""

import re
from datetime import timedelta
from email import message_from_bytes, policy
from itertools import chain

import pytest
from django.utils import timezone

from forums.models import Forum
from mscos.mail.queue import enqueue
from newsletters.content.email import SUBSCRIBER_PLACEHOLDER, mail_of
from newsletters.models import Issue
from newsletters.sending.messages import issue_message
from outcomes.models import Reference
from tests.mailbox import sent_mail
from tests.newsletters.conftest import add_section, make_issue, publish
from tests.newsletters.helpers import RICH, make_rich, tree, words, words_of_parts, words_within
from tests.outcomes.conftest import make_outcome, make_quotation, make_resource

pytestmark = pytest.mark.django_db

TOKEN = "0123456789abcdefghijkl"


@pytest.fixture
def rich(issue):
    return make_rich(issue)


def words_of_text(text):
    """Return the words of plain text, without URLs and numbers of items, from the first to the last block."""
    body = text.split("=\n")[-1].split("Please forward")[0]
    body = re.sub(r"\(?(?:https?://\S+|\w+@example\.org)", "", body)
    return words(re.sub(r"^\d+\. ", "", body, flags=re.MULTILINE))


def test_page_mail_and_text_have_the_same_content_in_the_same_order(client, rich):
    mail = mail_of(rich)
    on_page = words_of_parts(client.get(rich.get_absolute_url()).content.decode(), 11)
    in_mail = words_of_parts(mail.html, 11)
    assert in_mail == on_page
    assert words_of_text(mail.text) == list(chain(*on_page))
    assert on_page[3][:6] == ["This", "week", "s", "feature", "A", "toolkit"]
    assert on_page[5][-5:] == ["Council", "housing", "Add", "your", "view"]


def test_the_text_has_the_blocks_in_order_and_full_urls(issue):
    text = mail_of(issue).text
    assert text.startswith(
        "Read this on the web: http://testserver/newsletter/week-5/\n\nWeek 5: a heading\n=================\n\n"
        "Welcome\n-------\n\nThank you, all. See the forum (http://testserver/forums/housing/).\n\n"
        "This week's focus\n\nSecure and suitable housing\n---------------------------\n\n"
        "What housing is.\n\nRead about housing: http://testserver/outcomes/housing/\n\n"
    )
    assert "- Council housing: http://testserver/forums/housing/new/?type=e\n" in text
    assert text.endswith(
        "Please forward this to a colleague. They can sign up at\n"
        "http://testserver/contact/?for=newsletter\n\n"
        "The team\n\n"
        "You get this email because you asked for our newsletter. Nothing in it\n"
        "tells us whether you open it.\n\n"
        "The links below are yours alone. Take them out if you forward this.\n\n"
        f"Unsubscribe: http://testserver/unsubscribe/{SUBSCRIBER_PLACEHOLDER}/\n"
        f"Change subject lines:\nhttp://testserver/unsubscribe/{SUBSCRIBER_PLACEHOLDER}/\n"
    )


def test_the_text_is_72_columns_wide(rich):
    lines = mail_of(rich).text.splitlines()
    assert [line for line in lines if len(line) > 72 and "http" not in line] == []


def test_the_page_and_the_mail_are_html_without_faults(client, rich):
    page = tree(client.get(rich.get_absolute_url()).content.decode())
    mail = tree(mail_of(rich).html)
    for document in (page, mail):
        assert document.get("lang") == "en-GB"
        assert [each.text for each in document.iter("h1")] == ["Week 5: a heading"]
    assert [each.text for each in mail.iter("title")] == ["Week 5"]
    assert {each.get("role") for each in mail.iter("table")} == {"presentation", None}
    assert [words_within(each)[0] for each in mail.iter("table") if not each.get("role")] == ["Country"]


def test_ids_are_unique_and_links_within_the_mail_have_a_target(rich):
    elements = list(tree(mail_of(rich).html).iter())
    ids = [each.get("id") for each in elements if each.get("id")]
    within = [each.get("href")[1:] for each in elements if (each.get("href") or "").startswith("#")]
    assert len(ids) == len(set(ids))
    assert set(within) - set(ids) == set()


def test_the_mail_loads_nothing(rich):
    html = mail_of(rich).html
    assert re.findall(r"\bsrc=|url\(|@import|<link|<img|<script|background=|srcset", html) == []
    addresses = {re.sub(r"(?<=\w)(?:[/@-].*)", "", each.get("href")) for each in tree(html).iter("a")}
    assert addresses == {"http://testserver", "https://example.org", "mailto:sam", "#part", "#fn", "#fnref"}


def test_every_link_to_the_site_is_absolute(rich):
    assert re.findall(r'href="(?!https?://|mailto:|#)[^"]*', mail_of(rich).html) == []


def test_the_preheader_comes_first_and_the_body_does_not_follow_it(issue):
    html = mail_of(issue).html
    body = html.split("<body")[1]
    hidden = re.findall(r'<div class="preheader"[^>]*style="display: none;[^>]*>([^<]*)</div>', body)
    assert body.index('class="preheader"') < body.index("Read this on the web")
    assert [each.split() for each in hidden] == [["What", "is", "new", *["\u034f"] * 60]]
    assert "What is new" not in mail_of(issue).text


def test_it_reads_in_order_without_styles(rich):
    html = mail_of(rich).html
    bare = re.sub(r"<style.*?</style>", "", re.sub(r' (?:style|class)="[^"]*"', "", html), flags=re.DOTALL)
    assert words_of_parts(bare, 11) == words_of_parts(html, 11)
    assert words_within(tree(bare).find("body"))[:5] == ["Read", "this", "on", "the", "web"]


def test_twelve_long_sections_are_under_seventy_kilobytes(issue):
    for number in range(4):
        add_section(
            issue, "text", heading=f"Section {number}", body=f"{RICH}\n\n{'Seven words that fill a long line. ' * 60}"
        )
    assert 20_000 < mail_of(issue).size < 70_000


def test_the_size_is_that_of_the_mail_as_it_is_sent(issue):
    add_section(issue, "text", body=f"{'w' * 5000} é")
    mail = mail_of(issue)
    sent = issue_message(issue, mail, to="r@example.org", token=TOKEN, plain_subject=True).message().as_bytes()
    html = sent.split(b"Content-Type: text/html")[1].split(b"\n\n", 1)[1].split(b"\n--==")[0]
    assert b"quoted-printable" in sent.split(b"Content-Type: text/html")[1][:120]
    assert abs(len(html) - mail.size) < mail.size / 100


def test_each_subscriber_gets_only_their_own_links(issue):
    mail = mail_of(issue)
    own = mail.for_subscriber(TOKEN)
    for shared, theirs in ((mail.html, own.html), (mail.text, own.text)):
        assert (shared.count(SUBSCRIBER_PLACEHOLDER), shared.count(TOKEN)) == (2, 0)
        assert (theirs.count(SUBSCRIBER_PLACEHOLDER), theirs.count(f"http://testserver/unsubscribe/{TOKEN}/")) == (0, 2)
    assert len(SUBSCRIBER_PLACEHOLDER) == len(TOKEN)
    assert own.size == mail.size


def test_the_page_contains_no_personal_link(client, rich):
    html = client.get(rich.get_absolute_url()).content.decode()
    assert re.findall(rf"{SUBSCRIBER_PLACEHOLDER}|/unsubscribe/|/subscription/", html) == []


def test_the_same_issue_has_the_same_mail(issue):
    before = mail_of(issue)
    assert mail_of(Issue.objects.get(pk=issue.pk)) == before
    Issue.objects.update(credits="Others")
    assert mail_of(Issue.objects.get(pk=issue.pk)).fingerprint != before.fingerprint


def test_a_message_as_it_arrives(issue, settings):
    settings.SITE_URL = "https://community.example.org"
    settings.SITE = settings.SITE._replace(scheme="https", netloc="community.example.org")
    settings.CONTACT_EMAIL = "team@example.org"
    mail = mail_of(issue)
    enqueue(issue_message(issue, mail, to="reader@example.org", token=TOKEN, plain_subject=True))
    message = message_from_bytes(sent_mail()[0].message().as_bytes(), policy=policy.default)
    headers = {name.lower(): str(value).strip() for name, value in message.items()}
    assert re.fullmatch(r"<\d+\.\d+\.\d+@community\.example\.org>", headers.pop("message-id"))
    assert headers.pop("date").endswith(" -0000")  # says nothing of where the machine stands
    assert re.fullmatch(r'multipart/alternative; boundary="[=\d]+"', headers.pop("content-type"))
    assert headers == {
        "mime-version": "1.0",
        "subject": "Week 5",
        "from": settings.DEFAULT_FROM_EMAIL,
        "to": "reader@example.org",
        "list-unsubscribe": f"<https://community.example.org/unsubscribe/{TOKEN}/>, "
        "<mailto:team@example.org?subject=unsubscribe>",
        "list-unsubscribe-post": "List-Unsubscribe=One-Click",
        "list-id": "Community of Practice <newsletter.community.example.org>",
    }
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
    text, html = (part.get_content().replace("\r\n", "\n").rstrip() for part in message.iter_parts())
    assert (text, html) == (mail.for_subscriber(TOKEN).text.rstrip(), mail.for_subscriber(TOKEN).html.rstrip())


def test_the_full_subject_is_for_those_who_chose_it(issue):
    mail = mail_of(issue)
    subjects = [
        issue_message(issue, mail, to="r@example.org", token=TOKEN, plain_subject=plain).subject
        for plain in (False, True)
    ]
    assert subjects == ["Week 5: housing", "Week 5"]


HOSTILE = '<script>alert(1)</script>"><b>x</b>'


def test_hostile_text_is_escaped(client, outcome):
    issue = make_issue(5, title=HOSTILE, preheader=HOSTILE, credits=HOSTILE)
    resource = make_resource(HOSTILE, on=[outcome], summary=HOSTILE, audience=HOSTILE)
    quotation = make_quotation(HOSTILE, outcome=outcome, credit=HOSTILE, consent_scope="both", content_note=HOSTILE)
    reference = Reference.objects.create(outcome=outcome, document=HOSTILE, publisher=HOSTILE)
    add_section(issue, "text", heading=HOSTILE, body=HOSTILE, content_note=HOSTILE, link_words=HOSTILE, link_url="/")
    add_section(issue, "feature", resource=resource)
    add_section(issue, "quotation", quotation=quotation)
    add_section(issue, "reference", reference=reference)
    publish(issue)
    mail, page = mail_of(issue), client.get(issue.get_absolute_url()).content.decode()
    for html in (page, mail.html):
        assert [each for each in tree(html).iter("script") if each.text] == []
        assert list(tree(html).iter("b")) == []
        assert "<script>alert" not in html
    in_contents = 3
    shown = re.findall('&lt;script&gt;alert\\(1\\)&lt;/script&gt;(?:&quot;|")&gt;&lt;b&gt;x&lt;/b&gt;', page)
    assert mail.text.count(HOSTILE) == len(shown) - in_contents == 14
    assert words_of_parts(mail.html, 4) == words_of_parts(page, 4)


def test_a_word_of_five_thousand_characters_stays_whole(client, issue):
    word = "w" * 5000
    add_section(issue, "text", body=word)
    publish(issue)
    for face in (mail_of(issue).html, mail_of(issue).text, client.get(issue.get_absolute_url()).content.decode()):
        assert face.count(word) == 1


MARK = "Zanzibar"


def hidden_things(outcome):
    """Return sections of each kind whose target may not be shown, by the reason."""
    today = timezone.localdate()
    day = timedelta(days=1)
    forum = Forum.objects.create(slug="other", title="Other forum", purpose="To talk.")
    live = {"outcome": outcome, "consent_scope": "both", "credit": MARK}
    quotations = {
        "without consent": {"consent_given_on": None},
        "not yet agreed": {"consent_given_on": today + day},
        "expired": {"consent_expires_on": today - day},
        "for the site only": {"consent_scope": "site"},
        "withdrawn": {"text": "", "credit": "", "withdrawn_on": today},
    }
    sections = [
        ("quotation", {"quotation": make_quotation(**{"text": MARK, **live, **fields})})
        for fields in quotations.values()
    ]
    sections += [
        ("feature", {"resource": make_resource(MARK, summary=MARK, state=state)}) for state in ("draft", "retired")
    ]
    sections.append(("call", {"consultation": forum.consultations.create(question=MARK, why=MARK, opens=today + day)}))
    return sections


@pytest.mark.parametrize("body", ["", "Ours."])
def test_targets_that_are_not_public_are_not_shown(client, outcome, body):
    issue = make_issue(5)
    for kind, fields in hidden_things(outcome):
        add_section(issue, kind, body=body, **fields)
    publish(issue)
    mail, page = mail_of(issue), client.get(issue.get_absolute_url()).content.decode()
    assert [face.count(MARK) for face in (mail.html, mail.text, page)] == [0, 0, 0]
    assert [face.count("Ours.") for face in (mail.html, mail.text, page)] == [3 * bool(body)] * 3


def test_deleted_targets_are_not_shown(client, outcome):
    issue = make_issue(5)
    forum = Forum.objects.create(slug="other", title="Other forum", purpose="To talk.")
    marked = make_outcome("marked", official_name=MARK, summary=MARK)
    things = {
        "focus": {"outcome": marked},
        "spotlight": {"outcome": marked},
        "feature": {"resource": make_resource(MARK)},
        "reference": {"reference": Reference.objects.create(outcome=outcome, document=MARK)},
        "quotation": {"quotation": make_quotation(MARK, outcome=outcome, consent_scope="both")},
        "call": {"consultation": forum.consultations.create(question=MARK, why=MARK)},
    }
    for kind, fields in things.items():
        add_section(issue, kind, **fields)
    publish(issue)
    assert mail_of(issue).text.count(MARK) == 9
    for fields in things.values():
        for thing in fields.values():
            if thing.pk:
                thing.delete()
    mail, page = mail_of(issue), client.get(issue.get_absolute_url()).content.decode()
    assert [face.count(MARK) for face in (mail.html, mail.text, page)] == [0, 0, 0]


def test_the_mail_is_the_same_for_every_user(issue, settings):
    """Its URLs come from the settings: there is no request."""
    settings.SITE_URL = "https://community.example.org"
    mail = mail_of(issue)
    assert set(re.findall(r"https?://[\w.]+", mail.html)) == {"https://community.example.org", "https://example.org"}
    assert "testserver" not in mail.text
