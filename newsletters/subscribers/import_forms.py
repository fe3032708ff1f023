"""The form by which an editor imports a list of subscribers. A form only cleans what was typed."""

from typing import Any

from django import forms

from mscos.forms import PlainTextField
from newsletters.subscribers.importing import DAY_FORMATS, NO_DAY, TOO_LARGE, NotAList, Sheet, not_in_future, read_rows

NO_SOURCE = "Choose a file or paste rows"
TWO_SOURCES = "Choose a file or paste rows, not both"
NO_WORDING = "Say where they agreed and to what"


class ImportForm(forms.Form):
    """A list, from a file or pasted, and where and when its people agreed. Once valid, it has the list as `sheet`."""

    sheet: Sheet

    file = forms.FileField(
        label="A CSV file",
        required=False,
        allow_empty_file=True,
        help_text="Up to 2 MB and 20,000 rows.",
    )
    pasted = forms.CharField(
        label="Or rows, pasted",
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 8, "class": "vLargeTextField", "spellcheck": "false"}),
        help_text="For one person or a few: 'sam@example.org, Sam, An organisation', each on a line.",
    )
    wording = PlainTextField(
        name="answer",
        label="Where did these people agree?",
        max_length=300,
        widget=forms.TextInput(attrs={"class": "vTextField"}),
        help_text="Such as 'Signed the paper list at the launch event'. Each of them can read it.",
    )
    agreed_on = forms.DateField(
        label="On which day?",
        required=False,
        input_formats=DAY_FORMATS,
        validators=[not_in_future],
        error_messages={"invalid": NO_DAY},
        widget=forms.DateInput(attrs={"type": "date"}, format=DAY_FORMATS[0]),
        help_text="For all whose row gives no day.",
    )

    def __init__(self, *args: Any, too_large: bool = False, **kwargs: Any) -> None:
        """Take `too_large`: whether the file was larger than Django accepts, and so was not uploaded."""
        super().__init__(*args, **kwargs)
        self.too_large = too_large
        self.fields["wording"].error_messages["required"] = NO_WORDING
        self.fields["pasted"].validators.clear()  # `read_rows` says what is wrong with a list that is no text

    def clean(self) -> dict[str, Any] | None:
        """Read the list from the file or from the pasted rows."""
        cleaned = super().clean() or {}
        file, pasted = cleaned.get("file"), cleaned.get("pasted", "").strip()
        if self.too_large:
            self.add_error("file", TOO_LARGE)
        elif bool(file) == bool(pasted):
            self.add_error("file", TWO_SOURCES if file else NO_SOURCE)
        else:
            self._read("file" if file else "pasted", file.read() if file else pasted.encode())
        if file and self.errors:
            self.add_error("file", "Choose the file again: it is not kept")
        return cleaned

    def _read(self, field: str, data: bytes) -> None:
        try:
            self.sheet = read_rows(data)
        except NotAList as problem:
            self.add_error(field, str(problem))
            return
        if not self.sheet.has_days and "agreed_on" not in self.errors and not self.cleaned_data["agreed_on"]:
            self.add_error("agreed_on", "Enter the day on which they agreed")
