"""Forms of the team for a call request. Times are London's."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.utils.formats import date_format

from events.admin_forms import LocalTimeField, moment_in
from events.times import LONDON, clock
from forums.call_requests.forms import MESSAGE_LENGTH, is_safe_time
from forums.call_requests.team_actions import MAX_OFFERS, handlers
from forums.models import CallRequest
from forums.validators import validate_no_code
from mscos.forms import PlainTextField
from mscos.models import User


class OfferForm(forms.Form):
    """Times to choose from, in London, compared with those that the requester said are safe."""

    reach = PlainTextField(
        name="way",
        label="How they reach the team",
        max_length=300,
        required=False,
        help_text="For somebody who comes back with a code: 'Call 020 … at that time', or 'We write to each other here'.",
        widget=forms.TextInput(attrs={"class": "vTextField"}),
    )
    sure = forms.BooleanField(required=False, label="Offer them all the same")

    def __init__(self, *args: Any, call_request: CallRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.call_request = call_request
        for number in range(1, MAX_OFFERS + 1):
            self.fields[f"time_{number}"] = LocalTimeField(required=False, label=f"Time {number}, in London")
        if call_request.how == CallRequest.How.CONTACT:
            del self.fields["reach"]
        self.order_fields([f"time_{number}" for number in range(1, MAX_OFFERS + 1)])

    def clean(self) -> dict[str, Any]:
        """Make moments of the times; warn once about unsafe ones, and accept them where `sure` is ticked."""
        fields = super().clean() or {}
        self.moments: list[datetime] = []
        for name in self.fields:
            if name.startswith("time_") and fields.get(name):
                try:
                    self.moments.append(moment_in(fields[name], LONDON))
                except ValidationError as error:
                    self.add_error(name, error)
        warnings = [] if fields.get("sure") or self.errors else list(self._warnings())
        if warnings:
            self.add_error("sure", [*warnings, "Change the times, or tick this if you have agreed on it."])
        return fields

    def _warnings(self) -> Iterator[str]:
        if self.call_request.state == CallRequest.State.AGREED:
            yield "A time is agreed: new ones cancel it."
        for moment in self.moments:
            local = moment.astimezone(ZoneInfo(self.call_request.zone))
            if not is_safe_time(local, self.call_request.times.reveal()):
                shown = clock(moment, moment, self.call_request.zone)
                yield f"{date_format(shown.day, 'l j F')}, {shown.begins} in {shown.place} is not among the safe times."


class WordsForm(forms.Form):
    """A message to the requester."""

    words = PlainTextField(
        name="message",
        label="Write to the asker",
        max_length=MESSAGE_LENGTH,
        validators=[validate_no_code],
        widget=forms.Textarea(attrs={"rows": 5, "class": "vLargeTextField"}),
        help_text="Only their code opens it. Write nothing that tells others what it is about.",
    )


class HandOverForm(forms.Form):
    """The colleague who is to handle a call request."""

    to = forms.ModelChoiceField(
        User.objects.none(), required=False, label="Hand over to", empty_label="Nobody, back to all"
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].queryset = handlers()  # type: ignore[attr-defined]
