"""Validators of what people type in the forums."""

from django.core.exceptions import ValidationError

from mscos.codes import contains_code

MAX_DIGITS = 9  # more do not fit into the column


def validate_no_code(text: str) -> None:
    """Refuse a text that contains a code: whoever reads it could act as the owner of the code."""
    if contains_code(text):
        raise ValidationError("This seems to hold a code. Take it out: whoever has a code can act as its owner")


def is_post_number(typed: str) -> bool:
    """Return whether a text can be the number of a post."""
    return typed.isascii() and typed.isdigit() and len(typed) <= MAX_DIGITS
