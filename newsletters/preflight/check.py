"""Pre-flight: what keeps an issue from going out, and what an editor should know before it does.

It asks no other server: what is known of outside links comes from the work loop (`link_check.py`). It asks the database a
bounded number of times, and renders each page of this site that the issue leads to once. The rules that are about one
thing stand apart: `wording.py`, `link_rules.py`, `shown_rules.py`.
"""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass

from mscos.sensitive_words import sensitive_words_in
from newsletters.content.blocks import Block, block_of
from newsletters.content.email import Mail, mail_of
from newsletters.models import Issue, Section, Subscriber
from newsletters.preflight.html_content import read
from newsletters.preflight.internal_pages import MAX_PAGES
from newsletters.preflight.link_rules import LinkRules
from newsletters.preflight.target_rules import of_shown
from newsletters.preflight.wording import Complaint, blocking, of_link, of_pictures, of_text, warning

SUBJECT_LENGTH = 60  # more is cut where phones list mails
SMALL_MAIL, MAX_MAIL_BYTES = 60_000, 70_000  # bytes; Gmail cuts at 102 kB, and the way to unsubscribe stands last
# How far the number of readers may be from that of the last issue.
READERS_SHARE, READERS_COUNT = 0.2, 10
# What is seen unasked: on lock screens, in feeds, in lists of visited pages.
SEEN_UNASKED = ("title", "slug", "subject", "plain_subject", "preheader")
WORDS_OF_AN_ISSUE = ("title", "subject", "plain_subject", "preheader", "credits")


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong or doubtful: where it is, what it is, and how to mend it."""

    blocks: bool
    section: Section | None  # None: the issue itself
    problem: str
    mend: str


def findings(issue: Issue) -> list[Finding]:
    """Return all that is wrong or doubtful, what blocks first, then in the order of the issue."""
    sections = list(issue.sections.with_targets())
    blocks = {section: block_of(section) for section in sections}
    links = LinkRules(issue)
    found: list[tuple[Section | None, Complaint]] = [(None, each) for each in _of_issue(issue, sections)]
    for section, block in blocks.items():
        found += [(section, each) for each in of_shown(section)]
        if block:
            found += [(section, each) for each in (*_of_block(block), *links.of_block(block))]
    found += _twice(sections)
    mail = mail_of(issue)
    found += _missing_in(mail, [block for block in blocks.values() if block])
    found += [(None, each) for each in (*_of_links(links), *_of_size(mail), *_of_readers(issue))]
    once = dict.fromkeys(Finding(each.blocks, section, each.problem, each.mend) for section, each in found)
    return sorted(once, key=lambda finding: not finding.blocks)


def _of_issue(issue: Issue, sections: list[Section]) -> Iterator[Complaint]:
    """Complain of the issue's own fields."""
    if not sections:
        yield blocking("The issue has no section.", "Add what it is to say.")
    yield from _of_subjects(issue)
    for field in SEEN_UNASKED:
        words = sensitive_words_in(getattr(issue, field))
        if words:
            yield blocking(
                f"The {_name(field)} says {_in_words(words)}.",
                "Use other words: strangers may see it on a screen. The headings of sections may name an outcome.",
            )
    for field in WORDS_OF_AN_ISSUE:
        text = getattr(issue, field)
        for complaint in (*of_text(text), *of_pictures(text)):
            yield complaint._replace(problem=f"In the {_name(field)}: {complaint.problem}")


def _of_subjects(issue: Issue) -> Iterator[Complaint]:
    for field in ("subject", "plain_subject"):
        text = getattr(issue, field).strip()
        if not text:
            yield blocking(f"The {_name(field)} is empty.", "Fill it in.")
        if len(text) > SUBJECT_LENGTH:
            yield warning(
                f"The {_name(field)} has {len(text)} characters.",
                f"Use {SUBJECT_LENGTH} at most: phones cut the rest off.",
            )
    if issue.subject.strip() and issue.subject.strip().casefold() == issue.plain_subject.strip().casefold():
        yield warning(
            "The plain subject line is the same as the full one.",
            f"Let the plain one say no more than '{issue}': it stands on lock screens.",
        )


def _of_block(block: Block) -> Iterator[Complaint]:
    """Complain of what a part says."""
    section = block.section
    words = read(block.html).words
    if not words and not section.target_field:
        yield blocking("The section has no words.", "Write them, or take the section out.")
    links = [*block.links, *filter(None, [block.button])]
    texts = [block.heading, block.content_note, words, block.quotation, block.credit]
    for text in (*texts, *(fact for _, fact in block.facts), *(link.words for link in links)):
        yield from of_text(text)
        yield from of_pictures(text)
    yield from of_pictures(section.body or (section.consultation.why if section.consultation else ""))
    for link in (*read(block.html).links, *links):
        yield from of_link(link)


def _twice(sections: list[Section]) -> Iterator[tuple[Section, Complaint]]:
    """Complain of what stands twice. An outcome may be in focus and in the spotlight: these say different things."""
    seen = set()
    for section in sections:
        key = (section.kind, section.target)
        if section.target and key in seen:
            problem = f"'{section.get_kind_display()}' shows the same thing as a section before it."
            yield section, warning(problem, "Choose something else, or take one out.")
        seen.add(key)


def _missing_in(mail: Mail, blocks: list[Block]) -> Iterator[tuple[Section | None, Complaint]]:
    """Complain where the plain text of the mail lacks words that the issue says."""
    mend = "Save the section again. If this stays, tell whoever looks after the site."
    if not mail.text.strip():
        yield None, blocking("The mail has no plain text.", mend)
        return
    there = _words(mail.text)
    for block in blocks:
        said = _words(
            " ".join([block.heading, block.content_note, read(block.html).words, block.quotation, block.credit])
        )
        if not said <= there:
            yield block.section, blocking("The plain text of the mail lacks its words.", mend)


def _of_links(links: LinkRules) -> Iterator[Complaint]:
    if links.pages.left_out:
        yield warning(
            f"The issue leads to more than {MAX_PAGES} pages of this site. Only the first were looked at.",
            "Take links out, or open the others yourself.",
        )


def _of_size(mail: Mail) -> Iterator[Complaint]:
    if mail.size > SMALL_MAIL:
        yield Complaint(
            blocks=mail.size > MAX_MAIL_BYTES,
            problem=f"The mail has {math.ceil(mail.size / 100) / 10:.1f} kB.",
            mend=f"Shorten it to {MAX_MAIL_BYTES // 1000} kB at most: some mail programs cut off the end of long mails.",
        )


def _of_readers(issue: Issue) -> Iterator[Complaint]:
    now = Subscriber.objects.confirmed().count()
    if not now:
        yield warning(
            "No reader has confirmed, so nobody gets this by email.",
            "Publish it all the same to show it on the web only.",
        )
    counted = Issue.objects.published().exclude(pk=issue.pk).exclude(recipient_count=None)
    last = counted.values_list("recipient_count", flat=True).first()
    if last is not None and abs(now - last) > max(READERS_COUNT, last * READERS_SHARE):
        yield warning(
            f"Confirmed readers now: {now}. At the last issue: {last}.",
            "Look at the list of subscribers before you send it.",
        )


def _name(field: str) -> str:
    """Return what the admin calls a field of an issue."""
    return str(Issue._meta.get_field(field).verbose_name)  # type: ignore[union-attr]


def _words(text: str) -> set[str]:
    return set(re.findall(r"\w+", text.casefold()))


def _in_words(words: list[str]) -> str:
    return " and ".join(f"'{word}'" for word in words)
