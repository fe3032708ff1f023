"""The findings of pre-flight: what blocks an issue, and what an editor should know before it is published.

It asks no other server: the state of outside links is what the background worker found (`link_check.py`). The number
of its queries is bounded, and each page of this site to which the issue links is rendered once. The rules about text,
links and targets are in `wording.py`, `link_rules.py` and `target_rules.py`.
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
from newsletters.preflight.target_rules import of_target
from newsletters.preflight.wording import Complaint, blocking, of_link, of_pictures, of_text, warning

MAX_SUBJECT_LENGTH = 60  # phones cut the rest off
WARN_MAIL_BYTES, MAX_MAIL_BYTES = 60_000, 70_000  # Gmail cuts at 102 kB, and the link to unsubscribe comes last
# By how much the number of subscribers may differ from that at the last issue.
MAX_CHANGE_SHARE, MAX_CHANGE = 0.2, 10
# Others may see these without opening anything: on lock screens, in feeds, in the history of a browser.
EXPOSED_FIELDS = ("title", "slug", "subject", "plain_subject", "preheader")
TEXT_FIELDS = ("title", "subject", "plain_subject", "preheader", "credits")


@dataclass(frozen=True)
class Finding:
    """A complaint and the section that it is about."""

    blocks: bool
    section: Section | None  # None: the issue itself
    problem: str
    remedy: str


def findings(issue: Issue) -> list[Finding]:
    """Return the findings about an issue, those that block first, then in the order of the issue."""
    sections = list(issue.sections.with_targets())
    blocks = {section: block_of(section) for section in sections}
    links = LinkRules(issue)
    complaints: list[tuple[Section | None, Complaint]] = [(None, each) for each in _of_issue(issue, sections)]
    for section, block in blocks.items():
        complaints += [(section, each) for each in of_target(section)]
        if block:
            complaints += [(section, each) for each in (*_of_block(block), *links.of_block(block))]
    complaints += _duplicates(sections)
    mail = mail_of(issue)
    complaints += _missing_in(mail, [block for block in blocks.values() if block])
    complaints += [(None, each) for each in (*_of_links(links), *_of_size(mail), *_of_readers(issue))]
    unique = dict.fromkeys(Finding(each.blocks, section, each.problem, each.remedy) for section, each in complaints)
    return sorted(unique, key=lambda finding: not finding.blocks)


def _of_issue(issue: Issue, sections: list[Section]) -> Iterator[Complaint]:
    """Yield the complaints about the issue's own fields."""
    if not sections:
        yield blocking("The issue has no section.", "Add what it is to say.")
    yield from _of_subjects(issue)
    for field in EXPOSED_FIELDS:
        words = sensitive_words_in(getattr(issue, field))
        if words:
            yield blocking(
                f"The {_name(field)} says {_in_words(words)}.",
                "Use other words: strangers may see it on a screen. The headings of sections may name an outcome.",
            )
    for field in TEXT_FIELDS:
        text = getattr(issue, field)
        for complaint in (*of_text(text), *of_pictures(text)):
            yield complaint._replace(problem=f"In the {_name(field)}: {complaint.problem}")


def _of_subjects(issue: Issue) -> Iterator[Complaint]:
    for field in ("subject", "plain_subject"):
        text = getattr(issue, field).strip()
        if not text:
            yield blocking(f"The {_name(field)} is empty.", "Fill it in.")
        if len(text) > MAX_SUBJECT_LENGTH:
            yield warning(
                f"The {_name(field)} has {len(text)} characters.",
                f"Use {MAX_SUBJECT_LENGTH} at most: phones cut the rest off.",
            )
    if issue.subject.strip() and issue.subject.strip().casefold() == issue.plain_subject.strip().casefold():
        yield warning(
            "The plain subject line is the same as the full one.",
            f"Let the plain one say no more than '{issue}': it stands on lock screens.",
        )


def _of_block(block: Block) -> Iterator[Complaint]:
    """Yield the complaints about the text of a block."""
    section = block.section
    text = read(block.html).text
    if not text and not section.target_field:
        yield blocking("The section has no words.", "Write them, or take the section out.")
    links = [*block.links, *filter(None, [block.button])]
    texts = [block.heading, block.content_note, text, block.quotation, block.credit]
    for text in (*texts, *(fact for _, fact in block.facts), *(link.words for link in links)):
        yield from of_text(text)
        yield from of_pictures(text)
    yield from of_pictures(section.body or (section.consultation.why if section.consultation else ""))
    for link in (*read(block.html).links, *links):
        yield from of_link(link)


def _duplicates(sections: list[Section]) -> Iterator[tuple[Section, Complaint]]:
    """Yield complaints about duplicates. An outcome may be in the focus and in the spotlight: these differ in kind."""
    seen = set()
    for section in sections:
        key = (section.kind, section.target)
        if section.target and key in seen:
            problem = f"'{section.get_kind_display()}' shows the same thing as a section before it."
            yield section, warning(problem, "Choose something else, or take one out.")
        seen.add(key)


def _missing_in(mail: Mail, blocks: list[Block]) -> Iterator[tuple[Section | None, Complaint]]:
    """Yield a complaint for each block of which the plain text of the mail lacks words."""
    remedy = "Save the section again. If this stays, tell whoever looks after the site."
    if not mail.text.strip():
        yield None, blocking("The mail has no plain text.", remedy)
        return
    in_mail = _words(mail.text)
    for block in blocks:
        in_block = _words(
            " ".join([block.heading, block.content_note, read(block.html).text, block.quotation, block.credit])
        )
        if not in_block <= in_mail:
            yield block.section, blocking("The plain text of the mail lacks its words.", remedy)


def _of_links(links: LinkRules) -> Iterator[Complaint]:
    if links.pages.is_incomplete:
        yield warning(
            f"The issue leads to more than {MAX_PAGES} pages of this site. Only the first were looked at.",
            "Take links out, or open the others yourself.",
        )


def _of_size(mail: Mail) -> Iterator[Complaint]:
    if mail.size > WARN_MAIL_BYTES:
        yield Complaint(
            blocks=mail.size > MAX_MAIL_BYTES,
            problem=f"The mail has {math.ceil(mail.size / 100) / 10:.1f} kB.",
            remedy=f"Shorten it to {MAX_MAIL_BYTES // 1000} kB at most: some mail programs cut off the end of long mails.",
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
    if last is not None and abs(now - last) > max(MAX_CHANGE, last * MAX_CHANGE_SHARE):
        yield warning(
            f"Confirmed readers now: {now}. At the last issue: {last}.",
            "Look at the list of subscribers before you send it.",
        )


def _name(field: str) -> str:
    """Return the label of a field of an issue."""
    return str(Issue._meta.get_field(field).verbose_name)  # type: ignore[union-attr]


def _words(text: str) -> set[str]:
    return set(re.findall(r"\w+", text.casefold()))


def _in_words(words: list[str]) -> str:
    return " and ".join(f"'{word}'" for word in words)
