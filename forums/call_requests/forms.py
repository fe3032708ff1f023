"""Forms of requesters. Nothing is stored before the last step: the form carries the answers, signed."""

from datetime import datetime
from typing import Any

from django import forms
from django.core import signing

from events.times import CHOICES, LONDON
from forums.models import CallRequest
from forums.validators import validate_no_code
from mscos.forms import SUBMISSION_ID_MAX_AGE, PlainTextField, PublicForm

ANSWERS_SALT = "forums.calls.forms.answers"
MESSAGE_LENGTH = 5_000
# Fields that apply only where the team makes contact, and what follows where one was left empty.
CONTACT_FIELDS = ("way", "contact", "leave_message", "say_instead")
WHEN_EMPTY = {"say_instead": "Nothing: we say that we have the wrong number"}
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
# In the requester's time zone: the first hour, and the one after the last.
HOURS = {
    "In the morning, 9am to midday": (9, 12),
    "In the afternoon, midday to 5pm": (12, 17),
    "In the evening, 5pm to 8pm": (17, 20),
}
NOT_REMEMBERED = {"autocomplete": "off"}  # by the browser


def is_safe_time(moment: datetime, times: str) -> bool:
    """Return whether a moment in the requester's time zone is at a safe time; `times` as in `action_arguments`."""
    days, *hours = times.split("\n") if times else [""]
    spans = [HOURS[each] for each in hours if each in HOURS]
    return DAYS[moment.weekday()] in days and any(first <= moment.hour < end for first, end in spans)


def _line(name: str, label: str, length: int, help_text: str = "") -> PlainTextField:
    """Return an optional field of one line."""
    return PlainTextField(
        name=name,
        label=label,
        max_length=length,
        required=False,
        help_text=help_text,
        validators=[validate_no_code],
        widget=forms.TextInput(attrs={**NOT_REMEMBERED, "spellcheck": "false"}),
    )


def _choices(*names: str) -> list[tuple[str, str]]:
    return [(name, name) for name in names]


class CallForm(PublicForm):
    """How and when a call is safe for the requester."""

    how = forms.ChoiceField(
        label="How would you like this to work?",
        choices=CallRequest.How.choices,
        widget=forms.RadioSelect,
        help_text="With a code you give no number and no address.",
        error_messages=dict.fromkeys(("required", "invalid_choice"), "Choose how you would like this to work"),
    )
    way = forms.ChoiceField(
        label="How should we contact you?",
        help_text="A text message or an email stays on the device, and may show on a locked screen.",
        choices=CallRequest.Way.choices,
        required=False,
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": "Choose by phone call, text message or email"},
    )
    contact = _line(
        "number or address", "A number or address that is safe to use", 200, "Only if you want us to contact you."
    )
    days = forms.MultipleChoiceField(
        label="Days that are safe",
        choices=_choices(*DAYS),
        widget=forms.CheckboxSelectMultiple,
        error_messages=dict.fromkeys(("required", "invalid_choice"), "Choose at least one day"),
    )
    hours = forms.MultipleChoiceField(
        label="Times that are safe",
        choices=_choices(*HOURS),
        widget=forms.CheckboxSelectMultiple,
        error_messages=dict.fromkeys(("required", "invalid_choice"), "Choose at least one time"),
    )
    zone = forms.ChoiceField(
        label="Your time zone",
        choices=CHOICES,
        initial=LONDON,
        error_messages=dict.fromkeys(("required", "invalid_choice"), "Choose a time zone from the list"),
    )
    leave_message = forms.ChoiceField(
        label="May we leave a message?",
        choices=[("no", "No"), ("yes", "Yes")],
        initial="no",
        widget=forms.RadioSelect,
        error_messages=dict.fromkeys(("required", "invalid_choice"), "Choose yes or no"),
    )
    say_instead = _line(
        "answer",
        "What should we say if someone else answers?",
        200,
        "If you leave it empty, we say that we have the wrong number.",
    )
    ask_for = _line("name", "Name to ask for", 80, "Any name. It need not be yours.")
    agreed_word = _line(
        "word", "A word that we say first", 80, "So that you know it is us. Choose one that nobody would guess."
    )
    interpreter = _line("language", "Do you need an interpreter? For which language?", 80)
    topic = PlainTextField(
        name="text",
        label="What would you like to talk about?",
        max_length=2_000,
        required=False,
        validators=[validate_no_code],
        help_text="A word or two is enough. You can also leave it for the call.",
        widget=forms.Textarea(attrs={**NOT_REMEMBERED, "rows": 4, "data-count": 2_000}),
    )
    field_order = ["how", "days", "hours", "zone", "way", "contact", "leave_message", "say_instead", "ask_for",
                   "agreed_word", "interpreter", "topic"]  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """Require what the choice needs, and refuse contact details that it does not need."""
        fields = super().clean() or {}
        if fields.get("how") == CallRequest.How.CONTACT:
            if not fields.get("way") and "way" not in self.errors:
                self.add_error("way", "Choose by phone call, text message or email")
            if fields.get("contact") == "":
                self.add_error("contact", "Enter a number or address that is safe to use")
        elif fields.get("how") and fields.get("contact"):
            self.add_error(
                "contact", "Take this out, or choose 'You contact me': with a code we need no number or address"
            )
        elif fields.get("how"):
            fields["way"] = ""
        return fields

    @property
    def answers(self) -> dict[str, Any]:
        """The cleaned answers, with the submission id of this form."""
        return {name: value for name, value in self.cleaned_data.items() if name != "leave_empty"}


def sign_answers(answers: dict[str, Any]) -> str:
    """Return answers for the form of the last step: signed against changes, not encrypted."""
    return signing.dumps(answers, salt=ANSWERS_SALT, compress=True)


def load_answers(signed: str) -> dict[str, Any] | None:
    """Return the answers that `sign_answers` signed; None if changed, cut short or older than SUBMISSION_ID_MAX_AGE."""
    try:
        answers: dict[str, Any] = signing.loads(signed, salt=ANSWERS_SALT, max_age=SUBMISSION_ID_MAX_AGE)
    except signing.BadSignature:
        return None
    return answers


def summary_of(answers: dict[str, Any]) -> list[tuple[str, str]]:
    """Return each question that applies with its answer in words, several on lines of their own.

    An empty answer is left out, unless something follows from it.
    """
    when_empty = WHEN_EMPTY if answers["how"] == CallRequest.How.CONTACT else {}
    names = [
        name for name in CallForm.field_order if answers["how"] != CallRequest.How.CODE or name not in CONTACT_FIELDS
    ]
    asked = [(CallForm.base_fields[name], answers.get(name) or when_empty.get(name)) for name in names]
    return [(str(field.label), _in_words(field, value)) for field, value in asked if value]


def action_arguments(answers: dict[str, Any]) -> dict[str, Any]:
    """Return the arguments of `requester_actions.request_call`, but for the forum."""
    kept = {name: value for name, value in answers.items() if name not in {"days", "hours"}}
    times = "\n".join([", ".join(answers["days"]), *answers["hours"]])
    return {**kept, "times": times, "leave_message": answers["leave_message"] == "yes"}


def _in_words(field: forms.Field, value: Any) -> str:
    labels = dict(getattr(field, "choices", ()))
    return "\n".join(value) if isinstance(value, list) else str(labels.get(value, value))


class CommandForm(PublicForm):
    """A command of the requester on their call request."""

    ACCEPT, OTHERS, WRITE, WITHDRAW = "accept", "others", "write", "withdraw"

    act = forms.ChoiceField(choices=_choices(OTHERS, WRITE, WITHDRAW), required=False)
    # An offer is named by its time: its key would tell how many were made to all requesters.
    offer = forms.DateTimeField(
        required=False,
        input_formats=["%Y-%m-%dT%H:%M:%S%z"],
        error_messages={"invalid": "This time is no longer offered. Look at what stands here now"},
    )
    sure = forms.BooleanField(required=False)
    words = PlainTextField(
        name="message",
        label="Write to the team",
        max_length=MESSAGE_LENGTH,
        required=False,
        validators=[validate_no_code],
        widget=forms.Textarea(attrs={**NOT_REMEMBERED, "rows": 5, "data-count": MESSAGE_LENGTH}),
    )

    def clean(self) -> dict[str, Any]:
        """Require a message where one is to be sent, and turn a chosen offer into a command."""
        fields = super().clean() or {}
        if "offer" in self.data:
            fields["act"] = self.ACCEPT
        if fields.get("act") == self.WRITE and fields.get("words") == "":
            self.add_error("words", "Enter your message")
        return fields
