"""The rules of pre-flight about the mail and its recipients."""

from datetime import date

import pytest

from newsletters.content.email import mail_of
from newsletters.models import Issue, Subscriber
from newsletters.preflight.check import findings
from tests.newsletters.conftest import add_section, make_issue, make_subscriber, publish
from tests.newsletters.preflight.helpers import blocks, section_of, warns

pytestmark = pytest.mark.django_db


def test_a_mail_that_is_too_large(ready):
    section = add_section(ready, "text", body="Words.")

    def said(letters):
        section.body = "w" * letters
        section.save()
        return [(each.blocks, each.section, each.remedy) for each in findings(ready)], findings(ready)

    size = mail_of(ready).size
    shorten = "Shorten it to 70 kB at most: some mail programs cut off the end of long mails."
    assert said(50)[0] == []
    large, too_large = said(61_000 - size), said(70_100 - size)
    assert large[0] == [(False, None, shorten)]
    assert too_large[0] == [(True, None, shorten)]
    assert too_large[1][0].problem == f"The mail has {-(-mail_of(ready).size // 100) / 10} kB."


def test_nobody_has_confirmed(ready):
    Subscriber.objects.update(state="pending")
    assert findings(ready) == [
        warns(
            "No reader has confirmed, so nobody gets this by email.",
            "Publish it all the same to show it on the web only.",
        )
    ]


@pytest.mark.parametrize(
    ("now", "last", "count"),
    [(1, 11, False), (1, 12, True), (12, 1, True), (11, 1, False), (48, 60, False), (47, 60, True), (73, 60, True)],
)
def test_far_fewer_or_more_subscribers_than_last_time(ready, now, last, count):
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
    assert findings(ready) == [expected] * count


def test_the_plain_text_has_all_content_of_each_kind(ready, resource):
    for section in ready.sections.all():
        section.content_note = "detention"
        section.body = (
            f"Words of {section.kind}.\n\n- one **two**\n- three[^1]\n\n> four\n\n| a | b |\n|---|---|\n| c | d |\n\n"
            "### Five\n\n---\n\n[Six](/about/)\n\n[^1]: Seven"
        )
        section.save()
    assert findings(ready) == []


def test_a_published_issue_is_not_compared_with_its_own_recipients(ready):
    publish(ready)
    Issue.objects.filter(pk=ready.pk).update(recipient_count=100)
    assert findings(ready) == []


@pytest.fixture
def mail_template(settings, tmp_path):
    """Replace the template of the mail."""
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [tmp_path, *settings.TEMPLATES[0]["DIRS"]]}]
    path = tmp_path / "newsletters/emails/issue.html"
    path.parent.mkdir(parents=True)
    return path


def test_a_mail_without_plain_text(ready, mail_template):
    mail_template.write_text("<html><body></body></html>")
    assert findings(ready) == [
        blocks(
            "The mail has no plain text.", "Save the section again. If this stays, tell whoever looks after the site."
        )
    ]


def test_a_mail_whose_plain_text_lacks_words(ready, mail_template):
    mail_template.write_text(
        "{% for block in blocks %}<p>{{ block.heading }} {{ block.html }} {{ block.credit }}</p>{% endfor %}"
    )
    assert findings(ready) == [
        blocks(
            "The plain text of the mail lacks its words.",
            "Save the section again. If this stays, tell whoever looks after the site.",
            section_of(ready, "quotation"),
        )
    ]
