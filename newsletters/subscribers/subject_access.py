"""The data stored about one email address, for a page and for a file: every column of every row."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import models

from events.models import Suggestion
from mscos.codes import address_digest
from mscos.row_description import describe_row, in_words
from newsletters.models import Delivery, Enquiry, Subscriber, SuppressedAddress


@dataclass(frozen=True)
class StoredData:
    """All rows stored about an address."""

    email: str
    subscriber: Subscriber | None
    deliveries: list[Delivery]
    enquiries: list[Enquiry]
    suggestions: list[Suggestion]
    never_again: SuppressedAddress | None

    @property
    def rows(self) -> list[models.Model]:
        """All rows, in one list."""
        rows = (self.subscriber, *self.deliveries, *self.enquiries, *self.suggestions, self.never_again)
        return [row for row in rows if row]

    def in_words(self) -> list[tuple[str, list[tuple[str, str]]]]:
        """Return each row, for a page: its title, and the label and value of each column."""
        return [(_title(row), [(name, in_words(value)) for name, value in _facts(row)]) for row in self.rows]

    def for_file(self) -> dict[str, Any]:
        """Return the same for a JSON file; days as 2023-03-20."""
        rows = [{"what": _title(row), **{name: _plain(value) for name, value in _facts(row)}} for row in self.rows]
        return {"email address": self.email, "held": rows}


def stored_about(email: str) -> StoredData:
    """Return the data stored about an address; five queries."""
    subscriber = Subscriber.objects.by_email(email).first()
    deliveries = Delivery.objects.filter(subscriber=subscriber).select_related("mailing__issue").order_by("-pk")
    return StoredData(
        email,
        subscriber,
        list(deliveries) if subscriber else [],
        list(Enquiry.objects.by_email(email)),
        list(Suggestion.objects.by_email(email).select_related("event")),
        SuppressedAddress.objects.filter(digest=address_digest(email)).first(),
    )


def _title(row: models.Model) -> str:
    if isinstance(row, Subscriber):
        return "Newsletter"
    if isinstance(row, Delivery):
        return f"{row.mailing.issue}, as it was sent to you"
    if isinstance(row, Suggestion):
        return "Event that you told us about"
    return "Message to us" if isinstance(row, Enquiry) else "Address never to write to"


def _facts(row: models.Model) -> list[tuple[str, Any]]:
    facts = describe_row(row)
    if isinstance(row, Delivery):  # names in the place of foreign keys
        names = {"mailing": str(row.mailing.issue), "subscriber": "you"}
        facts = [(name, names.get(name, value)) for name, value in facts]
    return [*facts, ("erased on", row.erased_on)] if isinstance(row, Enquiry | Suggestion) else facts


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
