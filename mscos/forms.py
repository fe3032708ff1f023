"""How every form of ours is drawn, and the fields that take text from strangers."""

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

# What a browser shows nobody: joiners, fillers, direction overrides, tags, and the variation selectors that can carry
# a hidden text. Kept: the two joiners that scripts need (U+200C, U+200D) and the selector of emoji (U+FE0F).
HIDDEN_MARKS = re.compile(
    r"[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\u3164"
    r"\u2800\ufe00-\ufe0e\ufeff\uffa0\ufff9-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
# Where no script needs them, the two joiners could carry a hidden mark: beside Latin letters, digits, signs and spaces,
# at either end, and in a row.
LATIN = r"\x00-\u024f\u2000-\u200a\u2010-\u206f"
IDLE_JOINERS = re.compile(
    rf"(?<![^{LATIN}])[\u200c\u200d\ufe0f]+|[\u200c\u200d]+(?![^{LATIN}])|[\u200c\u200d]{{2,}}|\ufe0f{{2,}}"
)

SUBMISSION_IDS = signing.TimestampSigner(salt="mscos.forms.stamp")
# As it is sent a text may be longer than it counts: two characters for a line end or an accented letter, hidden marks.
HIDDEN_AT_MOST = 1_000
TOO_FAST = 2  # seconds in which no person reads a form, fills it in and sends it
SUBMISSION_ID_MAX_AGE = 12 * 60 * 60  # seconds: a form opened before work can be sent after it


class PortalRenderer(TemplatesSetting):
    """Draws fields with `templates/_field.html`: label, hint, error, control, in that order."""

    field_template_name = "_field.html"


class PlainTextField(forms.CharField):
    """Text from a stranger: hidden marks are taken out, characters that cannot be stored are told of.

    `name` is what the messages call it, as in 'Enter a title'.
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

        Raises ValidationError for bytes that were no text (they arrive as U+FFFD) and for control characters; and, before
        anything is looked at, for a text so long that it would be too long without its hidden marks too.
        """
        if self.max_length and len(str(value or "")) > 2 * self.max_length + HIDDEN_AT_MOST:
            raise ValidationError(self.error_messages["max_length"], code="max_length")
        text = str(super().to_python(value)).replace("\r\n", "\n").replace("\r", "\n")
        text = unicodedata.normalize("NFC", IDLE_JOINERS.sub("", HIDDEN_MARKS.sub("", text)))
        if "\ufffd" in text or any(unicodedata.category(mark) in {"Cc", "Cs"} for mark in text if mark not in "\n\t"):
            raise ValidationError(
                f"{self.name.capitalize()} has characters that we cannot store. Type those words again, then send"
            )
        if not isinstance(self.widget, forms.Textarea):
            text = " ".join(text.split())  # no browser sends two lines from a field of one
        return text.strip() if self.strip else text


class AddressField(PlainTextField):
    """An email address, in the one form in which it is stored."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.EmailInput(attrs={"autocomplete": "email", "spellcheck": "false"})
        super().__init__(
            name="email address", **{"label": "Email address", "widget": widget, "max_length": MAX_LENGTH, **kwargs}
        )

    def to_python(self, value: Any) -> str:
        """Return the address; raises ValidationError for what can be none."""
        typed = super().to_python(value)
        try:
            return mail_address(typed) if typed else ""
        except ValueError as error:
            raise ValidationError(str(error)) from error


class NameField(PlainTextField):
    """A name of somebody or of where they work; on one line, and never needed."""

    def __init__(self, *, name: str, label: str, max_length: int, autocomplete: str) -> None:
        widget = forms.TextInput(attrs={"autocomplete": autocomplete})
        super().__init__(name=name, label=label, max_length=max_length, required=False, widget=widget)


class RefusableForm(forms.Form):
    """A form that can be refused as a whole, with everything typed kept, whatever its fields say."""

    def __init__(self, *args: Any, refusal: Refusal | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.refusal = refusal

    def clean(self) -> dict[str, Any] | None:
        """Add the reason of the refusal."""
        if self.refusal:
            self.add_error(None, self.refusal.sentence)
        return super().clean()

    def refuse(self, refusal: Refusal) -> None:
        """Refuse a form that was valid, for what came to light when it was to be stored."""
        self.refusal = refusal
        self.add_error(None, refusal.sentence)

    @contextmanager
    def counted(self, limit: Limit, request: HttpRequest) -> Iterator[bool]:
        """Count a valid form towards a limit and yield whether it is taken; else the form says why not.

        Where the block fails, nothing was counted.
        """
        if not self.is_valid():
            yield False
            return
        with limit.counted(request) as is_allowed:
            if not is_allowed:
                self.refuse(too_many(limit))
            yield is_allowed

    def put(self, name: str, value: str) -> None:
        """Let the form show `value` in a field when it comes back, instead of what was sent."""
        self.data = self.data.copy()  # type: ignore[attr-defined]  # of a QueryDict: with all boxes that were ticked
        self.data[name] = value  # type: ignore[index]

    @property
    def status(self) -> int:
        """The HTTP status of the page that shows this form."""
        return self.refusal.status if self.refusal else 200


class PublicForm(RefusableForm):
    """A form that anyone may send, with a honeypot against programs and a submission id by which a form sent twice is stored once.

    Its template holds `_honeypot.html`, for both.
    """

    leave_empty = forms.CharField(label="Leave this field empty", required=False)
    submission_id = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, data: QueryDict | None = None, **kwargs: Any) -> None:
        super().__init__(data, initial={"submission_id": new_submission_id(), **kwargs.pop("initial", {})}, **kwargs)

    def clean_leave_empty(self) -> str:
        """Refuse what only a program that fills in forms would send."""
        if self.cleaned_data["leave_empty"]:
            self.put("leave_empty", "")  # a password manager may have filled it in, out of the writer's reach
            self.add_error(None, "A field that should stay empty was filled in. Nothing was lost. Send again.")
        return ""

    def clean_submission_id(self) -> str:
        """Return the submission id without its signature; give the form a new one where it is missing, changed or too old."""
        try:
            return SUBMISSION_IDS.unsign(self.cleaned_data["submission_id"], max_age=SUBMISSION_ID_MAX_AGE)
        except signing.BadSignature:
            self.put("submission_id", new_submission_id())
            self.add_error(None, "This form was open for too long. Nothing was lost. Check and send again.")
            return ""

    @property
    def came_at_once(self) -> bool:
        """Whether the form was sent sooner than a person could fill it in: the time of opening is in its signed submission id."""
        try:
            SUBMISSION_IDS.unsign(self.data.get("submission_id", ""), max_age=TOO_FAST)
        except signing.BadSignature:
            return False
        return True

    def to_store(self) -> dict[str, Any]:
        """Return what the action of this form is called with: the clean fields, without the honeypot."""
        return {name: value for name, value in self.cleaned_data.items() if name != "leave_empty"}


def new_submission_id() -> str:
    """Return a signed random submission id, by which one form that is sent twice is stored once. It says nothing about who opened it."""
    return SUBMISSION_IDS.sign(secrets.token_urlsafe(16))
