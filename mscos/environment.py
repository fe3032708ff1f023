"""Reading of settings from the environment: a value that cannot be read stops the start with a sentence."""

import os
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

SECRETS = ("KEY", "URL", "SERVICE_SETTINGS")  # parts of the names of settings whose values are never shown


class Environment(environ.Env):
    """The environment; an error names the setting."""

    def get_value(self, var: str, *args: Any, **kwargs: Any) -> Any:
        """Return the value of `var`; raises ImproperlyConfigured with its name where it cannot be read."""
        try:
            return super().get_value(var, *args, **kwargs)
        except (TypeError, ValueError) as error:
            if any(word in var for word in SECRETS):
                raise ImproperlyConfigured(f"{var} cannot be read. It may hold a secret, so it is not shown.") from None
            raise ImproperlyConfigured(f"{var} is '{os.environ.get(var)}', which cannot be read: {error}.") from error

    def address_scheme(self, var: str, default: str) -> str:
        """Return the scheme of the URL in `var`, or '' where it is no URL."""
        try:
            return urlsplit(self.str(var, default=default)).scheme
        except ValueError:
            return ""

    def address(self, read: Callable[..., dict[str, Any]], var: str, default: str) -> dict[str, Any]:
        """Return what `read` makes of the URL in `var`; raises ImproperlyConfigured for, say, a wrong port."""
        try:
            return read(var, default=default)
        except ValueError:
            raise ImproperlyConfigured(f"{var} cannot be read. It may hold a secret, so it is not shown.") from None
