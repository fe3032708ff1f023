"""What is held about one email address, in words and for a file: every column of every row, whatever columns there are."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import models
from django.utils.formats import date_format

from events.models import Suggestion
from mscos.codes import address_digest
from newsletters.models import Delivery, Enquiry, NeverAgain, Subscriber

# Columns whose own name tells a reader too little.
NAMES = {
    "id": "number of the row",
    "token": "word in your unsubscribe link",
    "form_digest": "scrambled form of what you sent, to know it if it is sent twice",
    "digest": "scrambled form of the address, from which nobody can read it",
}


@dataclass(frozen=True)
class Holdings:
    """All that is held about an address."""

    email: str
    subscriber: Subscriber | None
    deliveries: list[Delivery]
    enquiries: list[Enquiry]
    suggestions: list[Suggestion]
    never_again: NeverAgain | None

    @property
    def rows(self) -> list[models.Model]:
        """Return every row, those that are missing left out."""
        told = [*self.enquiries, *self.suggestions]
        return [row for row in (self.subscriber, *self.deliveries, *told, self.never_again) if row]

    def in_words(self) -> list[tuple[str, list[tuple[str, str]]]]:
        """Return each row as what it is and what each of its columns says, for a page."""
        return [(_title(row), [(name, _words(value)) for name, value in _facts(row)]) for row in self.rows]

    def for_file(self) -> dict[str, Any]:
        """Return the same for a JSON file; days as 2023-03-20."""
        rows = [{"what": _title(row), **{name: _plain(value) for name, value in _facts(row)}} for row in self.rows]
        return {"email address": self.email, "held": rows}


def held_about(email: str) -> Holdings:
    """Return what is held about an address; five queries."""
    subscriber = Subscriber.objects.by_email(email).first()
    deliveries = Delivery.objects.filter(subscriber=subscriber).select_related("mailing__issue").order_by("-pk")
    return Holdings(
        email,
        subscriber,
        list(deliveries) if subscriber else [],
        list(Enquiry.objects.by_email(email)),
        list(Suggestion.objects.by_email(email).select_related("event")),
        NeverAgain.objects.filter(digest=address_digest(email)).first(),
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
    facts = [
        (NAMES.get(field.name, str(field.verbose_name)), _value(row, field)) for field in row._meta.concrete_fields
    ]
    return [*facts, ("erased on", row.erased_on)] if isinstance(row, Enquiry | Suggestion) else facts


def _value(row: models.Model, field: "models.Field[Any, Any]") -> Any:
    if isinstance(row, Delivery) and field.is_relation:
        return str(row.mailing.issue) if field.name == "mailing" else "you"
    if isinstance(row, Suggestion) and field.is_relation:
        return row.event.title if row.event else "none"
    if field.is_relation:  # only who of the team answers: their names are theirs
        return "somebody of the team" if getattr(row, field.attname) else "nobody yet"
    in_words = getattr(row, f"get_{field.name}_display", None)
    return in_words() if in_words else getattr(row, field.name)


def _words(value: Any) -> str:
    if isinstance(value, date):
        return date_format(value, "j F Y")
    return "Nothing" if value in {None, ""} else str(value)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
