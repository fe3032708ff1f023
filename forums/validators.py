"""Validators of what people type in the forums."""

from django.core.exceptions import ValidationError

from mscos.codes import holds_code

MAX_DIGITS = 9  # any more and the column could not hold it


def validate_no_code(text: str) -> None:
    """Refuse a text that holds a code: whoever reads the text could act as the owner of the code."""
    if holds_code(text):
        raise ValidationError("This seems to hold a code. Take it out: whoever has a code can act as its owner")


def is_post_number(typed: str) -> bool:
    """Tell whether a text is a number of a post: digits only, and few enough for the database."""
    return typed.isascii() and typed.isdigit() and len(typed) <= MAX_DIGITS
