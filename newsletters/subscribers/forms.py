"""The forms of subscribers. A form only cleans what was typed."""

from typing import Any

from django import forms

from mscos.forms import AddressField, NameField, PlainTextField, PublicForm, RefusableForm
from newsletters.models import Subscriber

MAX_MESSAGE_LENGTH = 5_000
# The consent that is shown to whoever signs up, and stored with the subscriber.
CONSENT = (
    "If you choose the newsletter you agree that we send one email a week to your address. "
    "You can stop at any time, by a link in every issue."
)
STYLES = [
    (Subscriber.SubjectStyle.PLAIN.value, "Plain: 'Week 5'"),
    (Subscriber.SubjectStyle.FULL.value, "Full: 'Week 5: housing'"),
]


class AboutYouForm(forms.Form):
    """A subscriber's details and style of subject lines."""

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
    """The contact form: sign up, write to the team, or both."""

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
        max_length=MAX_MESSAGE_LENGTH,
        required=False,
        help_text="Leave it empty if you only want the newsletter.",
        widget=forms.Textarea(attrs={"rows": 8, "data-count": MAX_MESSAGE_LENGTH, "autocomplete": "off"}),
    )
    field_order = ["purpose", "email", "name", "organisation", "message", "subject_style"]

    def clean(self) -> dict[str, Any]:
        """Require what the purpose needs, and refuse a message that the purpose would not send."""
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
        """Whether the purpose includes the newsletter."""
        return self.cleaned_data["purpose"] != self.MESSAGE

    @property
    def enquires(self) -> bool:
        """Whether the purpose includes a message."""
        return self.cleaned_data["purpose"] != self.NEWSLETTER

    def sign_up_arguments(self) -> dict[str, str]:
        """Return the arguments of `newsletters.subscribers.subscriptions.sign_up`."""
        return {**self._cleaned("email", "name", "organisation", "subject_style"), "wording": CONSENT}

    def enquire_arguments(self) -> dict[str, str]:
        """Return the arguments of `newsletters.subscribers.enquiries.enquire`."""
        return self._cleaned("submission_id", "email", "name", "organisation", "message")

    def _cleaned(self, *names: str) -> dict[str, str]:
        return {name: self.cleaned_data[name] for name in names}


class LinkRequestForm(PublicForm):
    """The address whose owner asks for the data stored about it."""

    email = AddressField()


class DetailsForm(AboutYouForm, RefusableForm):
    """A subscriber's change of their details."""


class NewAddressForm(RefusableForm):
    """A subscriber's new address."""

    email = AddressField(label="New email address")


class UnsubscribeForm(RefusableForm):
    """Unsubscribing, for now or for good."""

    never_again = forms.BooleanField(
        label="Never write to this address again",
        required=False,
        help_text="You then cannot sign up with it again. We keep a scrambled form of it, which nobody can read.",
    )
