"""allauth's forms in our words, with the autocomplete tokens by which password managers know the fields."""

from typing import Any

from allauth.account import forms as account
from allauth.mfa.base import forms as mfa
from allauth.mfa.totp import forms as totp
from django.core.exceptions import ValidationError
from django.forms import Form
from django.http import HttpRequest

from mscos.accounts.actions import prove_address
from mscos.accounts.adapters import NOBODY
from mscos.accounts.allauth_internals import SECRET_SESSION_KEY, context
from mscos.encryption import decrypt, encrypt
from mscos.models import User

ADDRESS_ERRORS = {
    "required": "Enter your email address",
    "invalid": "Enter an email address like name@example.org",
}
PASSWORD_HINT = "12 characters or more. Four words that have nothing to do with each other are easy to keep in mind."  # noqa: S105


def reword(form: Form, name: str, label: str, tokens: str, *, hint: str = "", **errors: str) -> None:
    """Set the label, hint, error messages and autocomplete tokens of a field.

    Placeholders are removed: they vanish while one types.
    """
    field = form.fields[name]
    field.label, field.help_text = label, hint
    field.error_messages.update(errors)
    field.widget.attrs = {"autocomplete": tokens}


class SignInForm(account.LoginForm):
    """Email and password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        reword(self, "login", "Email address", "username", **ADDRESS_ERRORS)
        reword(self, "password", "Password", "current-password", required="Enter your password")


class ForgottenPasswordForm(account.ResetPasswordForm):
    """Asks for a link to set a new password. The answer is the same, and takes as long, for every address."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        reword(self, "email", "Email address", "username", **ADDRESS_ERRORS)

    def save(self, request: HttpRequest, **kwargs: Any) -> str:
        """Send the link, or do the same work for `NOBODY`; return the address."""
        self.users: list[User] = self.users or [NOBODY]
        return super().save(request, **kwargs)


class NewPasswordForm(account.ResetPasswordKeyForm):
    """Sets a new password after the mailed link."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["password2"]  # asked once: who mistypes it asks for another link
        reword(self, "password1", "New password", "new-password", hint=PASSWORD_HINT, required="Enter a new password")

    def save(self) -> None:
        """Set the password, and mark the address as verified."""
        super().save()
        prove_address(user=self.user)


class ChangePasswordForm(account.ChangePasswordForm):
    """Changes the password of somebody who is signed in."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["password2"]
        reword(self, "oldpassword", "Current password", "current-password", required="Enter your current password")
        reword(self, "password1", "New password", "new-password", hint=PASSWORD_HINT, required="Enter a new password")


class ReauthenticateByPasswordForm(account.ReauthenticateForm):
    """Asks somebody who is signed in for the password again."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        reword(self, "password", "Password", "current-password", required="Enter your password")


class CodeFormMixin:
    """A field for a one-time code."""

    hint = "6 digits from your authenticator app, or a recovery code."

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        reword(self, "code", "Code", "one-time-code", hint=self.hint, required="Enter the code")  # type: ignore[arg-type]
        self.fields["code"].widget.attrs["inputmode"] = "numeric"  # type: ignore[attr-defined]

    def clean_code(self) -> str:
        """Return the code. Raises ValidationError, after too many tries without allauth's advice to reset the password."""
        try:
            return super().clean_code()  # type: ignore[misc]
        except ValidationError as problem:
            if problem.code == "too_many_login_attempts":
                raise ValidationError("Too many tries. Wait 15 minutes.", code=problem.code) from problem
            raise


class SecondFactorForm(CodeFormMixin, mfa.AuthenticateForm):
    """Asks for the second factor at sign-in."""


class ReauthenticateByCodeForm(CodeFormMixin, mfa.ReauthenticateForm):
    """Asks somebody who is signed in for a code."""


class ActivateTotpForm(CodeFormMixin, totp.ActivateTOTPForm):
    """Turns two-factor sign-in on: a first code shows that the app has the key."""

    hint = "6 digits from your authenticator app."

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        session = context.request.session
        token = session.get(SECRET_SESSION_KEY)
        super().__init__(*args, **kwargs)
        if self.is_bound and token:
            self.secret = decrypt(token)
        else:
            # The key waits in the session for its first code; sessions are rows in the database, so it is encrypted.
            session[SECRET_SESSION_KEY] = encrypt(self.secret)
