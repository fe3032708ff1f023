"""What people type who ask for a call, made clean. Nothing is stored before the last step: answers ride in the form."""

from typing import Any

from django import forms
from django.core import signing

from events.times import CHOICES, LONDON
from forums.models import CallRequest
from mscos.forms import STAMP_LASTS, PlainTextField, StampedForm

ANSWERS = "forums.call_forms.answers"  # the salt of the signature under answers that ride in the form
MESSAGE_LENGTH = 5_000
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
HOURS = ("In the morning, 9am to midday", "In the afternoon, midday to 5pm", "In the evening, 5pm to 8pm")
NOT_STORED = {"autocomplete": "off"}


def _line(name: str, label: str, length: int, help_text: str = "") -> PlainTextField:
    """Return a field of one line that nobody has to fill in."""
    return PlainTextField(
        name=name,
        label=label,
        max_length=length,
        required=False,
        help_text=help_text,
        widget=forms.TextInput(attrs={**NOT_STORED, "spellcheck": "false"}),
    )


def _choices(*names: str) -> list[tuple[str, str]]:
    return [(name, name) for name in names]


class CallForm(StampedForm):
    """How a call is safe for somebody."""

    how = forms.ChoiceField(
        label="How would you like this to work?",
        choices=CallRequest.How.choices,
        widget=forms.RadioSelect,
        help_text="With a code you give no number and no address.",
        error_messages=dict.fromkeys(("required", "invalid_choice"), "Choose how you would like this to work"),
    )
    way = forms.ChoiceField(
        label="If we contact you: how?",
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
        help_text="A word or two is enough. You can also leave it for the call.",
        widget=forms.Textarea(attrs={**NOT_STORED, "rows": 4, "data-count": 2_000}),
    )
    field_order = ["how", "way", "contact", "days", "hours", "zone", "leave_message", "say_instead", "ask_for",
                   "agreed_word", "interpreter", "topic"]  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """Ask for what the choice needs. Contact details that it does not need are told of, never kept in passing."""
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
        """The clean answers, with the stamp of the form that they were typed into."""
        return {name: value for name, value in self.cleaned_data.items() if name != "leave_empty"}


def signed(answers: dict[str, Any]) -> str:
    """Return answers as they ride in the form of the last step: anybody may read them there, nobody can change them."""
    return signing.dumps(answers, salt=ANSWERS, compress=True)


def answers_in(typed: str) -> dict[str, Any] | None:
    """Return the answers that `signed` wrote, None for what is changed, cut short or older than a stamp may be."""
    try:
        answers: dict[str, Any] = signing.loads(typed, salt=ANSWERS, max_age=STAMP_LASTS)
    except signing.BadSignature:
        return None
    return answers


def to_read(answers: dict[str, Any]) -> list[tuple[str, str]]:
    """Return each question that was answered with its answer in words, one of several on a line."""
    asked = [(CallForm.base_fields[name], answers[name]) for name in CallForm.field_order if answers.get(name)]
    return [(str(field.label), _in_words(field, value)) for field, value in asked]


def to_ask(answers: dict[str, Any]) -> dict[str, Any]:
    """Return what `forums.call_requests.ask` is called with, beside the forum."""
    kept = {name: value for name, value in answers.items() if name not in {"days", "hours"}}
    times = "\n".join([", ".join(answers["days"]), *answers["hours"]])
    return {**kept, "times": times, "leave_message": answers["leave_message"] == "yes"}


def _in_words(field: forms.Field, value: Any) -> str:
    labels = dict(getattr(field, "choices", ()))
    return "\n".join(value) if isinstance(value, list) else str(labels.get(value, value))


class ActForm(StampedForm):
    """What somebody does with the request that their code opened."""

    ACCEPT, OTHERS, WRITE, WITHDRAW = "accept", "others", "write", "withdraw"

    act = forms.ChoiceField(choices=_choices(ACCEPT, OTHERS, WRITE, WITHDRAW))
    offer = forms.IntegerField(required=False, min_value=1, max_value=2**31)
    sure = forms.BooleanField(required=False)
    words = PlainTextField(
        name="message",
        label="Write to the team",
        max_length=MESSAGE_LENGTH,
        required=False,
        widget=forms.Textarea(attrs={**NOT_STORED, "rows": 5, "data-count": MESSAGE_LENGTH}),
    )

    def clean(self) -> dict[str, Any]:
        """Want words where they are to be sent."""
        fields = super().clean() or {}
        if fields.get("act") == self.WRITE and fields.get("words") == "":
            self.add_error("words", "Enter your message")
        return fields
