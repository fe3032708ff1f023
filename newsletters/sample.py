"""Sample content of the newsletter: an older issue, a complete Week 5, and a draft that pre-flight blocks.

Week 5 has the facts of the community's own fifth newsletter; the text is ours, the quotations are examples.
"""

from datetime import UTC, datetime
from typing import Any

from django.utils import timezone

from events.models import Event
from forums.models import Consultation
from mscos.forms import new_submission_id
from mscos.models import User
from newsletters.content.email import mail_of
from newsletters.models import Issue, Section, Subscriber
from newsletters.publishing import issue_version, publish
from newsletters.subscribers.enquiries import enquire
from newsletters.subscribers.forms import CONSENT
from outcomes.models import Outcome, Quotation, Reference, Resource

Kind = Section.Kind
CREDITS = "Designed and directed by Sample Editor and Sample Researcher"
WELCOME = """\
Thank you to everybody who has read, written and passed things on so far. Your answers decide what comes next.

Special thanks to a group that has joined us: the **Action Area 1 Group of the Scottish Trafficking and Exploitation
Strategy**, which looks at how agencies in Scotland can work together."""
INVITATION = """\
The forums are open for anything you would like to say about the outcomes. You can post **completely anonymously**:
there is no account, no name and no email address. If you would rather talk, [ask for a call](/call/)."""
FOCUS = """\
All through the study, housing was rated among the most important outcomes. In its final round it came out even above
safety from any trafficker or other abuser, and the two belong together: nobody is safe without a safe place to live.

People who took part spoke of destitution and detention, and of housing that was dangerous or unclean. Change can start
with standards: for the area and the location, for the outside of a building, and for the rooms inside.

Members of the Research Advisory Board tell of their experience on the outcome's page."""
FEATURE = """\
The toolkit helps local authorities to set up a **Multi-Agency Case Conference (MACC)**: everybody who can help one person
sits at one table. The Passage leads it in Westminster, with the council, Crisis and central government, and other
areas are taking it up.

It comes with templates and guidance, and helps with other adults at risk too. The Passage recommends its training
programme before you start."""
SPOTLIGHT = """\
Our thanks go to a principal clinical psychologist at The Anchor, the Glasgow Psychological Trauma Service, for a talk
about the Transforming Psychological Trauma Framework. The framework has **four tiers**: it says what every worker needs to
know, and what more is needed the closer one works with people. The Scottish Government pays for it."""


def load(*, by: User) -> None:
    """Create the sample content, published by the editor `by`. The outcomes and forums exist already."""
    _publish(_week_4(), by, datetime(2023, 3, 13, 9, tzinfo=UTC))
    week_5 = _week_5()
    _publish(week_5, by, datetime(2023, 3, 20, 9, tzinfo=UTC))
    _training(week_5)
    _week_6()
    _people()  # after the issues are published: nothing is mailed to them


def _week_4() -> Issue:
    issue = _issue(4, "how the seven outcomes were agreed", "the study", "Where the outcomes come from")
    study = Resource.objects.get(title__startswith="Core Outcome Set")
    _section(issue, Kind.TEXT, heading="Welcome", body="From next week on we look at one outcome at a time.")
    _section(issue, Kind.FEATURE, resource=study)
    _section(issue, Kind.FOCUS, outcome=Outcome.objects.get(short_name="support"))
    return issue


def _week_5() -> Issue:
    housing, services = (Outcome.objects.get(short_name=name) for name in ("housing", "services"))
    issue = _issue(5, "secure and suitable housing", "housing", "One focus, one toolkit, seven questions")
    _section(issue, Kind.TEXT, heading="Welcome", body=WELCOME)
    _section(
        issue,
        Kind.TEXT,
        heading="Say it in the forum, without a name",
        body=INVITATION,
        link_words="Go to the housing forum",
        link_url="/forums/housing/",
    )
    _section(issue, Kind.FOCUS, outcome=housing, body=FOCUS, content_note="detention and unsafe housing")
    _section(issue, Kind.QUOTATION, quotation=Quotation.objects.for_newsletter().filter(outcome=housing).first())
    _section(issue, Kind.REFERENCE, reference=Reference.objects.get(document="International NRM Handbook"))
    _section(issue, Kind.FEATURE, resource=Resource.objects.get(title__startswith="The Passage"), body=FEATURE)
    _section(issue, Kind.CONSULTATION, consultation=Consultation.objects.get(forum__slug="housing"))
    _section(issue, Kind.SPOTLIGHT, outcome=services, body=SPOTLIGHT)
    return issue


def _training(issue: Issue) -> None:
    """Add the training of 30 March 2023 to a published issue.

    Pre-flight blocks an issue with an event that is past, so the section is added after publication, as an editor would
    correct a published issue.
    """
    event = Event.objects.get(title__startswith="Mental health and wellbeing")
    _section(issue, Kind.EVENT, event=event, heading="A training on mental health and wellbeing")


def _week_6() -> None:
    """Create a draft with mistakes that pre-flight finds."""
    issue = _issue(6, "long-term, consistent support", "what survivors ask for", "")
    _section(issue, Kind.TEXT, heading="Welcome", body="You can read all about it [here](#). More on this soon.")
    _section(issue, Kind.FEATURE)
    without_consent = Quotation.objects.filter(consent_given_on=None).first()
    _section(issue, Kind.QUOTATION, quotation=without_consent)
    _section(issue, Kind.NOTICE, heading="The old page", body="It moved.", link_words="Old page", link_url="/old-page/")


def _issue(number: int, about: str, about_in_short: str, preheader: str) -> Issue:
    return Issue.objects.create(
        number=number,
        slug=f"week-{number}",
        title=f"Week {number}: {about}",
        subject=f"Week {number}: {about_in_short}",
        plain_subject=f"Week {number}",
        preheader=preheader,
        credits=CREDITS,
    )


def _section(issue: Issue, kind: Section.Kind, **fields: Any) -> None:
    if "body" in fields:
        fields["body"] = "\n\n".join(
            block if block.startswith("- ") else " ".join(block.split("\n")) for block in fields["body"].split("\n\n")
        )
    Section.objects.create(issue=issue, kind=kind, position=10 * (issue.sections.count() + 1), **fields)


def _publish(issue: Issue, by: User, at: datetime) -> None:
    publish(issue=issue, by=by, version=issue_version(issue=issue, mail=mail_of(issue)))
    Issue.objects.filter(pk=issue.pk).update(publish_at=at)


def _people() -> None:
    consent = {"consent_on": timezone.localdate(), "consent_wording": CONSENT}
    for email, name, fields in (
        ("caseworker@example.org", "A caseworker, example", {"state": Subscriber.State.CONFIRMED, **consent}),
        ("researcher@example.org", "", {"state": Subscriber.State.CONFIRMED, "subject_style": "full", **consent}),
        ("newcomer@example.org", "A newcomer, example", {}),
    ):
        Subscriber.objects.create(email=email, name=name, **fields)
    enquire(
        submission_id=new_submission_id(),
        email="council@example.org",
        name="A council officer, example",
        organisation="",
        message="We would like to hear more about case conferences. Whom could we talk to?",
    )
