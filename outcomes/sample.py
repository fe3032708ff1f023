"""Sample content: the first content and a complete housing page, with the facts of the community's fifth newsletter.

Quotations are examples, credited to a role: none is attributed to a real person.
"""

from datetime import date
from typing import Any

from django.db import transaction

from outcomes import first_content
from outcomes.first_content import join_lines
from outcomes.models import (
    Feature,
    Nation,
    Organisation,
    Outcome,
    Quotation,
    Reference,
    Resource,
    ResourceOrganisation,
)
from outcomes.outcome_texts import OUTCOMES
from outcomes.sample_texts import FRAMEWORK, HANDBOOK, STUDY, TOOLKIT, TRAINING

REVIEWED = date(2023, 3, 20)
HANDBOOK_TITLE = "National Referral Mechanisms: A Practical Handbook, second edition"
STUDY_TITLE = (
    "The Modern Slavery Core Outcome Set: A Survivor-Driven Consensus on Priority Outcomes for Recovery, Wellbeing, "
    "and Reintegration"
)
RESEARCHERS = [
    "King's College London",
    "Survivor Alliance",
    "University of Nottingham Rights Lab",
    "University of East London",
    "Helen Bamber Foundation",
]
TOOLKIT_PARTNERS = [
    "Westminster City Council",
    "Home Office Modern Slavery Unit",
    "Independent Anti-Slavery Commissioner's Office",
    "Human Trafficking Foundation",
    "Local Government Association",
    "Greater London Authority",
    "Homeless Link",
    "Crisis",
    "St Mary's University",
    "Department for Levelling Up, Housing and Communities",
]
WEBSITES = {
    "The Passage": "https://passage.org.uk/",
    "OSCE/ODIHR": "https://www.osce.org/odihr",
    "Survivor Alliance": "https://www.survivoralliance.org/",
    "Modern Slavery PEC": "https://modernslaverypec.org/",
    "King's College London": "https://www.kcl.ac.uk/",
    "NHS Education for Scotland": "https://www.nes.scot.nhs.uk/",
}
ALL_OUTCOMES = [text["short_name"] for text in OUTCOMES]


@transaction.atomic
def load() -> None:
    """Create the sample content. Raises IntegrityError where there are outcomes already."""
    first_content.load(last_reviewed=REVIEWED)
    _passage()
    _study()
    _others()
    _features()
    _references()
    _quotations()


def _passage() -> None:
    training = _resource(
        "Training programme of The Passage",
        by={"author": ["The Passage"]},
        on=["housing", "services"],
        where=["e"],
        tags=["multi-agency work", "homelessness"],
        kind="training",
        url="https://passage.org.uk/",
        summary="The training that is recommended before a team uses The Passage's toolkit.",
        audience="Homelessness organisations and local authorities that want to use the toolkit.",
    )
    toolkit = _resource(
        "The Passage Modern Slavery Toolkit",
        by={"author": ["The Passage"], "partner": TOOLKIT_PARTNERS},
        on=["housing", "safety", "support"],
        where=["e"],
        tags=["multi-agency work", "homelessness", "templates"],
        kind="toolkit",
        url="https://passage.org.uk/",
        summary="A multi-agency tool that helps local authorities to set up case conferences for people without a home.",
        body=TOOLKIT,
        audience="Homelessness organisations, local authorities and frontline workers.",
    )
    toolkit.recommended_before.add(training)


def _study() -> None:
    _resource(
        STUDY_TITLE,
        by={"author": RESEARCHERS, "funder": ["Modern Slavery PEC"]},
        on=ALL_OUTCOMES,
        where=["i"],
        tags=["core outcome set", "research with lived experience"],
        kind="research",
        url="https://doi.org/10.1177/15248380231211955",
        summary="The paper that tells how survivors and practitioners agreed the seven core outcomes together.",
        body=STUDY,
        audience="Researchers, and everybody who wants to know where the seven outcomes come from.",
        published=date(2024, 1, 1),
    )
    _resource(
        "Core Outcome Set: summary and report",
        by={"author": RESEARCHERS, "funder": ["Modern Slavery PEC"]},
        on=ALL_OUTCOMES,
        where=["i"],
        tags=["core outcome set", "policy"],
        kind="research",
        url="https://modernslaverypec.org/resources/core-outcome-set",
        summary="The seven outcomes in short, with what follows from them for research, policy and services.",
        audience="People who plan, pay for or check services.",
        cost="Free",
        published=date(2023, 2, 8),
    )


def _others() -> None:
    _resource(
        HANDBOOK_TITLE,
        by={"author": ["OSCE/ODIHR"]},
        on=["housing", "safety", "support", "medical"],
        where=["i"],
        tags=["standards", "policy"],
        kind="handbook",
        url="https://www.osce.org/odihr",
        summary="An international handbook on finding, protecting and supporting people who have been trafficked.",
        body=HANDBOOK,
        audience="Governments, local authorities and support organisations.",
        published=date(2022, 1, 1),
    )
    _resource(
        "Transforming Psychological Trauma: a knowledge and skills framework",
        by={"author": ["NHS Education for Scotland"], "funder": ["Scottish Government"]},
        on=["services", "medical"],
        where=["s"],
        tags=["mental health", "staff skills"],
        kind="framework",
        url="https://www.nes.scot.nhs.uk/",
        summary="A framework in four tiers: what each worker needs to know and be able to do about trauma.",
        body=FRAMEWORK,
        audience="Everybody who works in services in Scotland, and those who plan their training.",
        published=date(2017, 5, 1),
    )
    _resource(
        "Mental health and wellbeing: the approach of Survivor Alliance",
        by={"author": ["Survivor Alliance"]},
        on=["services", "medical", "purpose"],
        where=["i"],
        tags=["mental health", "staff skills"],
        kind="training",
        url="https://www.survivoralliance.org/",
        summary="A training on how trauma works, with practical tools, taught from lived experience.",
        body=TRAINING,
        audience="People who work with survivors.",
        cost="US$50, less on request, free for survivors and for members",
    )


def _features() -> None:
    housing, services = (Outcome.objects.get(short_name=name) for name in ("housing", "services"))
    handbook = Resource.objects.get(title=HANDBOOK_TITLE)
    Feature.objects.create(outcome=housing, resource=handbook, starts=date(2023, 2, 20), ends=date(2023, 3, 19))
    toolkit = Resource.objects.get(title__startswith="The Passage")
    Feature.objects.create(outcome=housing, resource=toolkit, starts=REVIEWED)
    framework = Resource.objects.get(kind="framework")
    Feature.objects.create(outcome=services, resource=framework, starts=REVIEWED)


def _references() -> None:
    Reference.objects.create(
        outcome=Outcome.objects.get(short_name="housing"),
        document="International NRM Handbook",
        publisher="OSCE/ODIHR",
        url="https://www.osce.org/odihr",
        sections="14.10 to 14.13",
        pages="159 to 167",
        note="The place to start reading about housing.",
    )


def _quotations() -> None:
    housing = Outcome.objects.get(short_name="housing")
    toolkit = Resource.objects.get(title__startswith="The Passage")
    consent: dict[str, Any] = {"consent_scope": "both", "consent_given_on": date(2023, 3, 1)}
    Quotation.objects.create(
        outcome=housing,
        text="The first thing people ask me is not what the room looks like. They ask how long they can stay.",
        credit="A housing caseworker, example",
        **consent,
    )
    Quotation.objects.create(
        outcome=housing,
        text="We moved somebody at a day's notice and it set her back by months […] Now we plan every move together.",
        credit="A support worker, example",
        content_note="being moved without notice",
        **consent,
    )
    Quotation.objects.create(
        resource=toolkit,
        text="Everybody is in one room. Nobody has to tell their story five times.",
        credit="A council housing officer, example",
        **consent,
    )
    Quotation.objects.create(
        outcome=housing,
        text="An example that waits: its speaker has not agreed yet, so it is shown nowhere.",
        credit="A landlord, example",
    )


def _resource(
    title: str, *, by: dict[str, list[str]], on: list[str], where: list[str], tags: list[str], **fields: Any
) -> Resource:
    """Create a listed resource with its organisations by role, outcomes, nations, tags and other fields."""
    fields["body"] = join_lines(fields.get("body", ""))
    resource = Resource.objects.create(title=title, state=Resource.State.LISTED, **fields)
    for role, names in by.items():
        for position, name in enumerate(names):
            organisation, _ = Organisation.objects.get_or_create(name=name, defaults={"url": WEBSITES.get(name, "")})
            ResourceOrganisation.objects.create(
                resource=resource, organisation=organisation, role=role, position=position
            )
    resource.outcomes.set(Outcome.objects.filter(short_name__in=on))
    resource.nations.set(Nation.objects.filter(code__in=where))
    resource.tags.set(tags)
    return resource
