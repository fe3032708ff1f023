"""Forms of messages to the moderators: answers and reports."""

from django import forms

from forums.models import Report
from forums.validators import validate_no_code
from mscos.forms import PlainTextField, PublicForm

ANSWER_LENGTH = 2_000
REPORT_LENGTH = 1_000


class AnswerForm(PublicForm):
    """A message to the moderators about a post."""

    words = PlainTextField(
        name="message",
        label="Write to the moderators",
        max_length=ANSWER_LENGTH,
        validators=[validate_no_code],
        help_text="Only they read it.",
        widget=forms.Textarea(attrs={"rows": 4, "data-count": ANSWER_LENGTH, "autocomplete": "off"}),
    )


class ReportForm(PublicForm):
    """A reader's report of a post."""

    reason = forms.ChoiceField(
        label="This post …",
        choices=Report.Reason.choices,
        widget=forms.RadioSelect,
        error_messages=dict.fromkeys(("required", "invalid_choice"), "Choose a reason"),
    )
    words = PlainTextField(
        name="text",
        label="Anything else that we should know?",
        max_length=REPORT_LENGTH,
        required=False,
        validators=[validate_no_code],
        help_text="Nobody can answer you here, and we do not know who you are.",
        widget=forms.Textarea(attrs={"rows": 4, "data-count": REPORT_LENGTH, "autocomplete": "off"}),
    )
