"""The sample content: all ten sections of the community's own Week 5, and a draft for pre-flight."""

import pytest

from mscos import sample
from newsletters.content.blocks import blocks_of
from newsletters.content.email import mail_of
from newsletters.models import CheckedLink, Enquiry, Issue, Subscriber
from newsletters.preflight.check import findings

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def loaded(db, settings, tmp_path):
    settings.VAR_DIR = tmp_path
    sample.load_if_empty()


def test_week_5_has_its_blocks_in_order():
    issue = Issue.objects.get(number=5)
    assert [(block.label, block.heading) for block in blocks_of(issue)] == [
        ("", "Welcome"),
        ("", "Say it in the forum, without a name"),
        ("This week's focus", "Secure and suitable housing"),
        ("", ""),
        ("Reference", "International NRM Handbook"),
        ("This week's feature", "The Passage Modern Slavery Toolkit"),
        ("We need your views", "What would need to change so that housing is safe and suitable?"),
        ("Spotlight", "Compassionate, trauma-informed services"),
        ("Event", "A training on mental health and wellbeing"),
    ]
    words = " ".join(mail_of(issue).text.split())
    phrases = [
        "Action Area 1 Group of the Scottish Trafficking and Exploitation Strategy",
        "completely anonymously",
        "If you would rather talk, ask for a call",
        "http://testserver/call/",
        "above safety from any trafficker or other abuser",
        "sections 14.10 to 14.13, pages 159 to 167",
        "Multi-Agency Case Conference (MACC)",
        "Private landlord accommodation",
        "four tiers",
        "teaches its own approach, from lived experience",
        "How trauma works and what it does",
        "Practical tools for trauma at work",
        "How Survivor Alliance joins theory and practice",
        "When: Thursday 30 March 2023, 5pm to 6:30pm, London (BST, UTC+1). This has ended.",
        "The organiser wrote 5pm GMT and 12pm EST. London was on BST and New York on EDT that day",
        "Cost: US$50. The price is for one person. If it is a barrier, email the organiser and ask for less. Free for survivors and members.",
        "Please forward this",
        "Designed and directed by",
    ]
    assert [phrase for phrase in phrases if phrase not in words] == []


def test_the_two_published_issues_are_blocked_only_by_past_dates():
    CheckedLink.objects.update(state=CheckedLink.State.NOT_CHECKED)
    assert {
        number: [finding.problem for finding in findings(Issue.objects.get(number=number)) if finding.blocks]
        for number in (4, 5)
    } == {4: [], 5: ["The event 'Mental health and wellbeing, with Survivor Alliance' ended on 30 March 2023."]}


def test_week_5_was_published_by_the_editors_action():
    rows = Issue.history.filter(number=5, state="sent").select_related("history_user")
    assert [str(row.history_user) for row in rows] == ["Sample editor"]


def test_the_draft_has_findings_of_pre_flight():
    found = [
        (finding.section.kind if finding.section else "", finding.problem)
        for finding in findings(Issue.objects.get(number=6))
    ]
    assert found == [
        ("", "The full subject line says 'survivors'."),
        ("text", "'More on this soon' stands where words are still to come."),
        ("text", "A link is called 'here'."),
        ("text", "The link 'here' leads nowhere."),
        ("feature", "It shows no resource: none was chosen, or it was deleted."),
        ("quotation", "The quotation of 'A landlord, example' has no consent."),
        ("notice", "Readers cannot open this page: /old-page/"),
    ]


def test_the_mail_of_week_5_is_small():
    assert mail_of(Issue.objects.get(number=5)).size < 70_000


def test_there_are_subscribers_and_an_enquiry():
    assert sorted(Subscriber.objects.values_list("state", flat=True)) == ["confirmed", "confirmed", "pending"]
    assert list(Enquiry.objects.values_list("state", flat=True)) == ["new"]
