"""The contents of a row in words for the person whom it is about (a subject access request): all of its columns."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db import models
from django.utils.formats import date_format

from mscos.encryption import EncryptedText

# Columns whose verbose name tells a reader too little.
NAMES = {
    "id": "number of the row",
    "code_digest": "scrambled form of your code, from which nobody can read it",
    "token": "word in your unsubscribe link",
    "form_digest": "scrambled form of what you sent, to know it if it is sent twice",
    "digest": "scrambled form of the address, from which nobody can read it",
}


def describe_row(row: models.Model, *, leave_out: Sequence[str] = ()) -> list[tuple[str, Any]]:
    """Return each column's name and value: choices by label, encrypted texts decrypted, members of the team unnamed.

    `leave_out` names columns that the page describes in words of its own.
    """
    columns = [field for field in row._meta.concrete_fields if field.name not in leave_out]
    return [(NAMES.get(field.name, str(field.verbose_name)), _value(row, field)) for field in columns]


def in_words(value: Any) -> str:
    """Return a value as a page shows it."""
    if isinstance(value, date):
        return date_format(value, "j F Y")
    if isinstance(value, bool):
        return "Yes" if value else "No"
    return "Nothing" if value in {None, ""} else str(value)


def _value(row: models.Model, field: "models.Field[Any, Any]") -> Any:
    if field.is_relation and field.related_model._meta.label == "mscos.User":  # type: ignore[union-attr]
        return "somebody of the team" if getattr(row, field.attname) else "nobody"
    value = getattr(row, field.name)
    if isinstance(value, EncryptedText):
        return value.reveal()
    if field.is_relation:
        return str(value) if value and getattr(value, "is_listed", True) else "none that can be seen"
    label = getattr(row, f"get_{field.name}_display", None)
    return label() if label else value
