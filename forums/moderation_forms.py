"""What moderators type beside a decision: words to the writer, a colleague."""

from typing import Any

from django import forms
from django.db.models import QuerySet

from mscos.forms import PlainTextField
from mscos.groups import MODERATORS
from mscos.models import User


def moderators() -> QuerySet[User]:
    """Return the people who check posts, by name."""
    return User.objects.filter(groups__name=MODERATORS, is_active=True, is_staff=True).order_by("display_name")


class AskForm(forms.Form):
    """What a moderator wants to know before deciding."""

    question = PlainTextField(
        name="question",
        article="a",
        label="Ask the writer",
        max_length=2_000,
        help_text="They read it with their code and can answer. The post goes on waiting.",
        widget=forms.Textarea(attrs={"rows": 3, "class": "vLargeTextField"}),
    )


class PassOnForm(forms.Form):
    """The colleague who is to look at a post."""

    to = forms.ModelChoiceField(User.objects.none(), required=False, label="Pass to", empty_label="Anybody")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].queryset = moderators()  # type: ignore[attr-defined]
