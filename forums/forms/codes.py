"""The form that asks for a code."""

from django import forms

from mscos.codes import parse_code
from mscos.forms import RefusableForm

WRONG_CODE = "Check the code. It has 16 letters and numbers"  # for unknown and impossible codes alike
CODE_ATTRIBUTES = {"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}


class CodeForm(RefusableForm):
    """A code, which opens a voice or a call request."""

    code = forms.CharField(
        label="Your code",
        max_length=100,
        help_text="16 letters and numbers, like K7QW-3MHT-9XRC-V2PD. Small letters and missing hyphens are fine.",
        widget=forms.TextInput(attrs=CODE_ATTRIBUTES),
        error_messages={"required": "Enter your code", "max_length": WRONG_CODE},
    )

    def clean_code(self) -> str:
        """Return the normalised code; an impossible code gets the same message as an unknown one."""
        code = parse_code(self.cleaned_data["code"])
        if code is None:
            raise forms.ValidationError(WRONG_CODE)
        return code
