"""What the team types about a request for a call, made clean: times as the team's own clocks show them."""

from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from events.admin_forms import WallTimeField, moment_in
from events.times import LONDON
from forums.call_forms import MESSAGE_LENGTH
from forums.call_handling import MOST_OFFERS, handlers
from mscos.forms import PlainTextField
from mscos.models import User


class OfferForm(forms.Form):
    """Some times to choose from, on the team's clocks."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for number in range(1, MOST_OFFERS + 1):
            self.fields[f"time_{number}"] = WallTimeField(required=False, label=f"Time {number}, in London")

    def clean(self) -> dict[str, Any]:
        """Make moments of the times; a time that the clocks leave out or show twice is told of."""
        fields = super().clean() or {}
        self.moments: list[datetime] = []
        for name in self.fields:
            if fields.get(name):
                try:
                    self.moments.append(moment_in(fields[name], LONDON))
                except ValidationError as error:
                    self.add_error(name, error)
        return fields


class WordsForm(forms.Form):
    """Words to the asker."""

    words = PlainTextField(
        name="message",
        label="Write to the asker",
        max_length=MESSAGE_LENGTH,
        widget=forms.Textarea(attrs={"rows": 5, "class": "vLargeTextField"}),
        help_text="Only their code opens it. Write nothing that tells others what it is about.",
    )


class HandOverForm(forms.Form):
    """Who is to handle the request."""

    to = forms.ModelChoiceField(
        User.objects.none(), required=False, label="Hand over to", empty_label="Nobody, back to all"
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].queryset = handlers()  # type: ignore[attr-defined]
