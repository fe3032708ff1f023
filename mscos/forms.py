"""The base classes, fields and renderer of all public forms."""

import re
import secrets
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django import forms
from django.core import signing
from django.core.exceptions import ValidationError
from django.core.validators import ProhibitNullCharactersValidator
from django.forms.renderers import TemplatesSetting
from django.http import HttpRequest, QueryDict

from mscos.email_addresses import MAX_LENGTH, mail_address
from mscos.limits import Limit
from mscos.privacy import Refusal, too_many

# Invisible characters: joiners, fillers, direction overrides, tags, and variation selectors, which can carry a hidden
# text. Not among them: the two joiners that scripts need (U+200C, U+200D) and the selector of emoji (U+FE0F).
HIDDEN_MARKS = re.compile(
    r"[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\u3164"
    r"\u2800\ufe00-\ufe0e\ufeff\uffa0\ufff9-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
# The same three where no script needs them, so that they carry no hidden mark: beside Latin letters, digits,
# punctuation and spaces, at either end, and in a row.
LATIN = r"\x00-\u024f\u2000-\u200a\u2010-\u206f"
IDLE_JOINERS = re.compile(
    rf"(?<![^{LATIN}])[\u200c\u200d\ufe0f]+|[\u200c\u200d]+(?![^{LATIN}])|[\u200c\u200d]{{2,}}|\ufe0f{{2,}}"
)

SUBMISSION_IDS = signing.TimestampSigner(salt="mscos.forms.stamp")
# A text may be longer as it is sent than as it is counted: a line end or an accented letter may take two characters.
MAX_HIDDEN_MARKS = 1_000
TOO_FAST = 2  # seconds; no person reads a form, fills it in and sends it within them
SUBMISSION_ID_MAX_AGE = 12 * 60 * 60  # seconds: a form opened before work can be sent after it


class PortalRenderer(TemplatesSetting):
    """Renders fields with `templates/_field.html`: label, hint, error, control, in that order."""

    field_template_name = "_field.html"


class PlainTextField(forms.CharField):
    """A text field without Markdown: removes hidden marks and refuses characters that cannot be stored.

    `name` is its name in messages, as in 'Enter a title'.
    """

    def __init__(self, *, name: str, article: str = "your", **kwargs: Any) -> None:
        self.name, maximum = name, kwargs.get("max_length")
        messages = {"required": f"Enter {article} {name}"}
        if maximum:
            messages["max_length"] = f"{name.capitalize()} must be {maximum:,} characters or less"
        super().__init__(error_messages={**messages, **kwargs.pop("error_messages", {})}, **kwargs)
        self.validators = [check for check in self.validators if not isinstance(check, ProhibitNullCharactersValidator)]

    def to_python(self, value: Any) -> str:
        """Return the text in one Unicode form (NFC), with line feeds for line ends and without hidden marks.

        Raises ValidationError for bytes that were no text (they arrive as U+FFFD), for control characters and, before
        anything else, for a text that would be too long even without its hidden marks.
        """
        if self.max_length and len(str(value or "")) > 2 * self.max_length + MAX_HIDDEN_MARKS:
            raise ValidationError(self.error_messages["max_length"], code="max_length")
        text = str(super().to_python(value)).replace("\r\n", "\n").replace("\r", "\n")
        text = unicodedata.normalize("NFC", IDLE_JOINERS.sub("", HIDDEN_MARKS.sub("", text)))
        if "\ufffd" in text or any(unicodedata.category(mark) in {"Cc", "Cs"} for mark in text if mark not in "\n\t"):
            raise ValidationError(
                f"{self.name.capitalize()} has characters that we cannot store. Type those words again, then send"
            )
        if not isinstance(self.widget, forms.Textarea):
            text = " ".join(text.split())  # no browser sends a line break from a field of one line
        return text.strip() if self.strip else text


class AddressField(PlainTextField):
    """An email address, normalised."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.EmailInput(attrs={"autocomplete": "email", "spellcheck": "false"})
        super().__init__(
            name="email address", **{"label": "Email address", "widget": widget, "max_length": MAX_LENGTH, **kwargs}
        )

    def to_python(self, value: Any) -> str:
        """Return the normalised address. Raises ValidationError."""
        typed = super().to_python(value)
        try:
            return mail_address(typed) if typed else ""
        except ValueError as error:
            raise ValidationError(str(error)) from error


class NameField(PlainTextField):
    """The name of a person or an organisation: one line, never required."""

    def __init__(self, *, name: str, label: str, max_length: int, autocomplete: str) -> None:
        widget = forms.TextInput(attrs={"autocomplete": autocomplete})
        super().__init__(name=name, label=label, max_length=max_length, required=False, widget=widget)


class RefusableForm(forms.Form):
    """A form that can be refused as a whole, valid or not; everything typed is kept."""

    def __init__(self, *args: Any, refusal: Refusal | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.refusal = refusal

    def clean(self) -> dict[str, Any] | None:
        """Add the sentence of the refusal as an error."""
        if self.refusal:
            self.add_error(None, self.refusal.sentence)
        return super().clean()

    def refuse(self, refusal: Refusal) -> None:
        """Refuse a valid form for a reason that showed when it was to be stored."""
        self.refusal = refusal
        self.add_error(None, refusal.sentence)

    @contextmanager
    def counted(self, limit: Limit, request: HttpRequest) -> Iterator[bool]:
        """Count a valid form towards a limit and yield whether it is allowed; if not, the form says why.

        Where the block raises an exception, the count is taken back.
        """
        if not self.is_valid():
            yield False
            return
        with limit.counted(request) as is_allowed:
            if not is_allowed:
                self.refuse(too_many(limit))
            yield is_allowed

    def put(self, name: str, value: str) -> None:
        """Show `value` in a field, instead of what was sent, when the form is shown again."""
        self.data = self.data.copy()  # type: ignore[attr-defined]  # a QueryDict's copy keeps all values of a name
        self.data[name] = value  # type: ignore[index]

    @property
    def status(self) -> int:
        """The HTTP status of the page that shows this form."""
        return self.refusal.status if self.refusal else 200


class PublicForm(RefusableForm):
    """A form that anyone may send, with a honeypot, and a submission id by which it is stored once if it is sent twice.

    Its template includes `_honeypot.html`, which contains both fields.
    """

    leave_empty = forms.CharField(label="Leave this field empty", required=False)
    submission_id = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, data: QueryDict | None = None, **kwargs: Any) -> None:
        super().__init__(data, initial={"submission_id": new_submission_id(), **kwargs.pop("initial", {})}, **kwargs)

    def clean_leave_empty(self) -> str:
        """Refuse a form whose honeypot is filled in."""
        if self.cleaned_data["leave_empty"]:
            self.put("leave_empty", "")  # a password manager may have filled it in, where the writer cannot see it
            self.add_error(None, "A field that should stay empty was filled in. Nothing was lost. Send again.")
        return ""

    def clean_submission_id(self) -> str:
        """Return the submission id without its signature; where it is invalid or too old, put a new one in the form."""
        try:
            return SUBMISSION_IDS.unsign(self.cleaned_data["submission_id"], max_age=SUBMISSION_ID_MAX_AGE)
        except signing.BadSignature:
            self.put("submission_id", new_submission_id())
            self.add_error(None, "This form was open for too long. Nothing was lost. Check and send again.")
            return ""

    @property
    def came_at_once(self) -> bool:
        """Whether the form was sent sooner than a person can fill it in; its submission id is signed with the time."""
        try:
            SUBMISSION_IDS.unsign(self.data.get("submission_id", ""), max_age=TOO_FAST)
        except signing.BadSignature:
            return False
        return True

    def to_store(self) -> dict[str, Any]:
        """Return the arguments for the action of this form: the cleaned fields, without the honeypot."""
        return {name: value for name, value in self.cleaned_data.items() if name != "leave_empty"}


def new_submission_id() -> str:
    """Return a random submission id, signed with the time. It tells nothing about who opened the form."""
    return SUBMISSION_IDS.sign(secrets.token_urlsafe(16))
