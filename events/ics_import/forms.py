"""The form by which an editor imports a calendar file. A form only cleans what was typed."""

from typing import Any

from django import forms

from events.ics_import.file import TOO_LARGE, NotACalendar, RawEntry, raw_entries
from events.models import known_zone
from events.times import LONDON
from outcomes.models import Organisation

NO_FILE = "Choose a file"
NO_ORGANISER = "Choose who runs these events"
NO_ZONE = "Choose a time zone such as Europe/London"


class ImportForm(forms.Form):
    """A calendar file, and what it may lack: organiser and zone. Once valid, it has the entries as `entries`."""

    entries: list[RawEntry]

    file = forms.FileField(
        label="A calendar file",
        allow_empty_file=True,
        error_messages={"required": NO_FILE},
        widget=forms.FileInput(attrs={"accept": ".ics,text/calendar"}),
        help_text="An .ics file of up to 2 MB and 500 events.",
    )
    organiser = forms.ModelChoiceField(
        Organisation.objects.all(),
        label="Who runs these events?",
        error_messages={"required": NO_ORGANISER, "invalid_choice": NO_ORGANISER},
        help_text="Not here yet? Add the organisation first.",
    )
    zone = forms.CharField(
        label="Time zone",
        initial=LONDON,
        error_messages={"required": NO_ZONE},
        widget=forms.TextInput(attrs={"list": "zones", "class": "vTextField"}),
        help_text="For times that name none.",
    )

    def __init__(self, *args: Any, too_large: bool = False, **kwargs: Any) -> None:
        """Take `too_large`: whether the file was larger than Django accepts, and so was not uploaded."""
        super().__init__(*args, **kwargs)
        self.too_large = too_large
        self.fields["zone"].validators = [known_zone]  # stricter than the default ones

    def clean(self) -> dict[str, Any] | None:
        """Read the file."""
        cleaned = super().clean() or {}
        file = cleaned.get("file")
        if self.too_large:
            self.errors["file"] = self.error_class([TOO_LARGE])
        elif file is not None:
            try:
                self.entries = raw_entries(file.read())
            except NotACalendar as problem:
                self.add_error("file", str(problem))
        if file and self.errors:
            self.add_error("file", "Choose the file again: it is not kept")
        return cleaned
