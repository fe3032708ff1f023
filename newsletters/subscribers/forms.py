"""What readers type, made clean. A form decides nothing and stores nothing."""

from typing import Any

from django import forms

from mscos.forms import AddressField, NameField, PlainTextField, PublicForm, RefusableForm
from newsletters.models import Subscriber

MESSAGE_LENGTH = 5_000
# What somebody reads who signs up, and what is stored as what they agreed to: one text.
CONSENT = (
    "If you choose the newsletter you agree that we send one email a week to your address. "
    "You can stop at any time, by a link in every issue."
)
STYLES = [
    (Subscriber.SubjectStyle.PLAIN.value, "Plain: 'Week 5'"),
    (Subscriber.SubjectStyle.FULL.value, "Full: 'Week 5: housing'"),
]


class AboutYouForm(forms.Form):
    """What a reader may say of themselves, and how their subject lines are."""

    name = NameField(name="name", label="Your name", max_length=80, autocomplete="name")
    organisation = NameField(
        name="organisation", label="Your organisation", max_length=120, autocomplete="organization"
    )
    subject_style = forms.ChoiceField(
        label="Subject lines of the newsletter",
        choices=STYLES,
        initial=Subscriber.SubjectStyle.PLAIN.value,
        widget=forms.RadioSelect,
        help_text="They show on a locked screen and in a list of mail.",
        error_messages={"required": "Choose plain or full", "invalid_choice": "Choose plain or full"},
    )


class ContactForm(AboutYouForm, PublicForm):
    """Signing up, writing to the team, or both."""

    NEWSLETTER, MESSAGE, BOTH = "newsletter", "message", "both"

    purpose = forms.ChoiceField(
        label="What would you like to do?",
        choices=[(NEWSLETTER, "Get the newsletter"), (MESSAGE, "Ask or tell us something"), (BOTH, "Both")],
        widget=forms.RadioSelect,
        help_text=CONSENT,
        error_messages={
            "required": "Choose what you would like to do",
            "invalid_choice": "Choose what you would like to do",
        },
    )
    email = AddressField(
        required=False,
        help_text="The newsletter needs it. A message can go without, but then nobody can answer it.",
    )
    message = PlainTextField(
        name="message",
        label="Your message",
        max_length=MESSAGE_LENGTH,
        required=False,
        help_text="Leave it empty if you only want the newsletter.",
        widget=forms.Textarea(attrs={"rows": 8, "data-count": MESSAGE_LENGTH, "autocomplete": "off"}),
    )
    field_order = ["purpose", "email", "name", "organisation", "message", "subject_style"]

    def clean(self) -> dict[str, Any]:
        """Ask for what the choice needs; a message that the choice would leave unsent is told of."""
        super().clean()
        fields = self.cleaned_data
        purpose = fields.get("purpose")
        if purpose in (self.NEWSLETTER, self.BOTH) and fields.get("email") == "":
            self.add_error("email", "Enter your email address")
        if purpose in (self.MESSAGE, self.BOTH) and fields.get("message") == "":
            self.add_error("message", "Enter your message")
        if purpose == self.NEWSLETTER and fields.get("message"):
            self.add_error("message", "Choose 'Both' to send this message too, or take it out")
        return fields

    @property
    def signs_up(self) -> bool:
        """Whether the newsletter was asked for."""
        return self.cleaned_data["purpose"] != self.MESSAGE

    @property
    def enquires(self) -> bool:
        """Whether a message was sent."""
        return self.cleaned_data["purpose"] != self.NEWSLETTER

    def to_sign_up(self) -> dict[str, str]:
        """Return what `newsletters.subscribers.subscriptions.sign_up` is called with."""
        return {**self._chosen("email", "name", "organisation", "subject_style"), "wording": CONSENT}

    def to_enquire(self) -> dict[str, str]:
        """Return what `newsletters.subscribers.enquiries.enquire` is called with."""
        return self._chosen("submission_id", "email", "name", "organisation", "message")

    def _chosen(self, *names: str) -> dict[str, str]:
        return {name: self.cleaned_data[name] for name in names}


class AskForm(PublicForm):
    """The address whose owner wants to see what is held."""

    email = AddressField()


class DetailsForm(AboutYouForm, RefusableForm):
    """What a reader changes about themselves."""


class NewAddressForm(RefusableForm):
    """The address that a reader wants instead."""

    email = AddressField(label="New email address")


class LeaveForm(RefusableForm):
    """Leaving, for now or for good."""

    never_again = forms.BooleanField(
        label="Never write to this address again",
        required=False,
        help_text="You then cannot sign up with it again. We keep a scrambled form of it, which nobody can read.",
    )
