"""The blocks of an issue: each section as it is shown, the same for the page, the mail and the plain text.

A `Block` has a fixed order: label, heading, content note, text, quotation, facts, links, button. The page and the mail
show just these, in this order, and the plain text is made from the mail.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.formats import date_format

from events.models import Event
from forums.models import Consultation
from mscos.text import render_plain
from newsletters.content.event_facts import event_facts
from newsletters.models import Issue, Section
from outcomes.models import Outcome, Quotation, Reference, Resource, ResourceOrganisation

Role = ResourceOrganisation.Role


class Link(NamedTuple):
    """A link of a block. A URL that starts with / is on this site."""

    words: str
    url: str

    @property
    def is_outside(self) -> bool:
        """Whether it leads to another website."""
        return self.url.startswith(("http://", "https://"))


@dataclass(frozen=True)
class Block:
    """One section as it is shown; what is empty is left out."""

    section: Section
    label: str = ""  # 'This week's focus', above the heading
    heading: str = ""
    content_note: str = ""
    html: str = ""  # safe: rendered by mscos.text
    quotation: str = ""
    credit: str = ""
    facts: tuple[tuple[str, str], ...] = ()
    links: tuple[Link, ...] = ()
    button: Link | None = None

    @property
    def name(self) -> str:
        """Its name in the list of contents; '' for a block without a heading."""
        return self.heading or self.label


def blocks_of(issue: Issue) -> list[Block]:
    """Return the blocks of an issue that may be shown today, in order; four queries.

    A section whose object may not be shown (without consent, not listed, not yet open, deleted) is left out, unless an
    editor wrote text for it, which then stands alone. Pre-flight tells editors what is missing.
    """
    return blocks_in(issue.sections.with_targets())


def highlights_of(issue: Issue) -> list[Block]:
    """Return the blocks of an issue's focus and feature; three queries."""
    kinds = (Section.Kind.FOCUS, Section.Kind.FEATURE)
    return blocks_in(issue.sections.with_targets().filter(kind__in=kinds))


def blocks_in(sections: Iterable[Section]) -> list[Block]:
    """Return the blocks of sections as of today; no queries if these come `with_targets`."""
    return [block for block in map(block_of, sections) if block]


def block_of(section: Section) -> Block | None:
    """Return the block of a section as of today; None where nothing may be shown."""
    if not section.target_field:
        return _editors_block(section)
    if section.target is None or not is_target_public(section):
        return _editors_block(section) if section.body and section.kind != Section.Kind.QUOTATION else None
    return BUILDERS[Section.Kind(section.kind)](section, section.target)


def is_target_public(section: Section) -> bool:
    """Return whether the target of a section may be shown today; no queries."""
    if section.resource:
        return section.resource.is_listed
    if section.quotation:
        return section.quotation.is_for_newsletter
    if section.event:
        return section.event.is_listed
    return section.consultation is None or section.consultation.is_published


def _editors_block(section: Section) -> Block | None:
    """Return the block of what an editor wrote, without the target; None where that is nothing."""
    if not (section.heading or section.body or section.link_url):
        return None
    button = Link(section.link_words or "Read more about it", section.link_url) if section.link_url else None
    label = "" if section.kind == Section.Kind.TEXT else section.get_kind_display()
    return Block(
        section,
        label=label,
        heading=section.heading,
        content_note=section.content_note,
        html=section.body_html,
        button=button,
    )


def _outcome(section: Section, outcome: Outcome) -> Block:
    return Block(
        section,
        label=section.get_kind_display(),
        heading=section.heading or outcome.official_name,
        content_note=section.content_note,
        html=section.body_html or render_plain(outcome.summary),
        button=_button(section, f"Read about {outcome.short_title.lower()}", outcome.get_absolute_url()),
    )


def _resource(section: Section, resource: Resource) -> Block:
    facts = [
        ("Made by", _credited(resource, Role.AUTHOR)),
        ("With", _credited(resource, Role.PARTNER)),
        ("Who it is for", resource.audience),
        ("Cost", resource.cost),
    ]
    return Block(
        section,
        label=section.get_kind_display(),
        heading=section.heading or resource.title,
        content_note=section.content_note,
        html=section.body_html or render_plain(resource.summary),
        facts=tuple((name, value) for name, value in facts if value),
        button=_button(section, f"Read about this {resource.kind_in_words}", resource.get_absolute_url()),
    )


def _credited(resource: Resource, role: Role) -> str:
    names = [credit.organisation.name for credit in resource.credits.all() if credit.role == role]
    return ", ".join(names)


def _consultation(section: Section, consultation: Consultation) -> Block:
    form_url = reverse("forums:thread_create", args=[consultation.forum.slug])
    topics = [Link(topic.title, f"{form_url}?type={topic.code}") for topic in consultation.topics.all()]
    closing = "Open until" if consultation.is_open else "Closed on"
    return Block(
        section,
        label="We need your views",
        heading=section.heading or consultation.question,
        content_note=section.content_note,
        html=section.body_html or consultation.why_html,
        facts=((closing, date_format(consultation.closes, "l j F Y")),) if consultation.closes else (),
        links=tuple(topics) if consultation.is_open else (),
        button=_button(
            section,
            "Add your view" if consultation.is_open else "Read about this call",
            consultation.get_absolute_url(),
        ),
    )


def _reference(section: Section, reference: Reference) -> Block:
    facts = [("Published by", reference.publisher), ("Where to look", reference.place)]
    return Block(
        section,
        label=section.get_kind_display(),
        heading=section.heading or reference.document,
        content_note=section.content_note,
        html=section.body_html or render_plain(reference.note),
        facts=tuple((name, value) for name, value in facts if value),
        button=_button(section, f"Open {reference.document}", reference.url) if reference.url else None,
    )


def _quotation(section: Section, quotation: Quotation) -> Block:
    organisation = f", {quotation.organisation.name}" if quotation.organisation else ""
    return Block(
        section,
        heading=section.heading,
        content_note=section.content_note or quotation.content_note,
        html=section.body_html,
        quotation=quotation.text,
        credit=f"{quotation.credit}{organisation}",
        button=Link(section.link_words or "Read more about it", section.link_url) if section.link_url else None,
    )


def _event(section: Section, event: Event) -> Block:
    text = "Read about this event and how to book" if event.takes_bookings else "Read about this event"
    return Block(
        section,
        label=section.get_kind_display(),
        heading=section.heading or event.title,
        content_note=section.content_note or event.content_note,
        html=section.body_html or render_to_string("newsletters/_event_words.html", {"event": event}),
        facts=event_facts(event),
        button=_button(section, text, event.get_absolute_url()),
    )


def _button(section: Section, text: str, url: str) -> Link:
    return Link(section.link_words or text, section.link_url or url)


BUILDERS: dict[Section.Kind, Callable[[Section, Any], Block]] = {
    Section.Kind.FOCUS: _outcome,
    Section.Kind.SPOTLIGHT: _outcome,
    Section.Kind.FEATURE: _resource,
    Section.Kind.CONSULTATION: _consultation,
    Section.Kind.REFERENCE: _reference,
    Section.Kind.QUOTATION: _quotation,
    Section.Kind.EVENT: _event,
}
