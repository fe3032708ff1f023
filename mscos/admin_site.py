"""The admin site: staff only, by allauth's sign-in, with a proven address and a second factor."""

import time
from enum import Enum, auto
from functools import wraps
from typing import Any

from allauth.account import views as account_views
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib import admin
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.contrib.contenttypes.models import ContentType
from django.contrib.contenttypes.views import shortcut
from django.core.exceptions import PermissionDenied
from django.db.models import Exists
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, resolve_url
from django.urls import URLPattern, URLResolver, path, reverse

from mscos.accounts.allauth_internals import get_authentication_records
from mscos.markdown_admin import markdown_preview
from mscos.models import User


class AccessGap(Enum):
    """A reason why a visitor may not enter the admin."""

    NOTHING = auto()
    SIGN_IN = auto()
    RIGHT = auto()
    SECOND_FACTOR = auto()
    SECOND_FACTOR_NOW = auto()


def missing(request: HttpRequest) -> AccessGap:
    """Return what this visitor's session lacks to enter the admin.

    Whoever has a second factor must have used it in this session, whether or not the site requires one.
    """
    user = request.user
    if not user.is_authenticated:
        return AccessGap.SIGN_IN
    if not (user.is_active and user.is_staff):
        return AccessGap.RIGHT
    proven, second_factor = _facts(user)
    records = get_authentication_records(request, user)
    if not proven or _signed_in_at(records) < time.time() - settings.SESSION_COOKIE_AGE:
        return AccessGap.SIGN_IN
    if not second_factor:
        return AccessGap.SECOND_FACTOR if settings.REQUIRE_SECOND_FACTOR else AccessGap.NOTHING
    if not any(record["method"] == "mfa" for record in records):
        return AccessGap.SECOND_FACTOR_NOW
    return AccessGap.NOTHING


class PortalAdminSite(admin.AdminSite):
    """The admin under the portal's name, without a sign-in form of its own."""

    enable_nav_sidebar = False  # it needs JavaScript; the index lists the same
    site_header = "MSCOS Community of Practice"
    site_title = "Community of Practice"
    index_title = "Administration"

    def has_permission(self, request: HttpRequest) -> bool:
        """Return whether the visitor may be here; asked several times a page, worked out once."""
        if not hasattr(request, "access_gap"):
            request.access_gap = missing(request)  # type: ignore[attr-defined]
        return bool(request.access_gap == AccessGap.NOTHING)  # type: ignore[attr-defined]

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:  # noqa: FBT001, FBT002  Django's arguments
        """Let in those who may enter, and redirect others to what they lack; no search engine indexes the page."""
        guarded = super().admin_view(view, cacheable)

        @wraps(guarded)
        def wrapper(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            response = (
                guarded(request, *args, **kwargs) if self.has_permission(request) else redirect_to_next_step(request)
            )
            response.headers["X-Robots-Tag"] = "noindex, noarchive"
            return response

        return wrapper

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Redirect to the portal's sign-in."""
        return redirect_to_login(request.GET.get("next") or reverse("admin:index"))

    def logout(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """Sign out as everywhere else."""
        return account_views.logout(request)

    def password_change(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """Redirect to the portal's page for it."""
        return redirect("account_change_password")

    def password_change_done(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """Redirect to the account page."""
        return redirect("account")

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """Add the preview of Markdown fields, and a stricter redirect to a row's own page."""
        preview = path("preview/", self.admin_view(markdown_preview), name="markdown_preview")
        on_site = self.admin_view(self.view_on_site)
        return [
            preview,
            path("r/<path:content_type_id>/<path:object_id>/", on_site, name="view_on_site"),
            *super().get_urls(),
        ]

    def view_on_site(self, request: HttpRequest, content_type_id: int, object_id: str) -> Any:
        """Redirect to a row's own page only whoever may see the row here: its address can reveal a thread that waits."""
        # Django's own pattern takes any text here, '+12' too: so does ours, or it would be walked around.
        if not str(content_type_id).isdecimal():
            raise Http404
        model = get_object_or_404(ContentType, pk=content_type_id).model_class()
        known = self._registry.get(model) if model else None
        if known is None or not known.has_view_permission(request):
            raise PermissionDenied
        return shortcut(request, content_type_id, object_id)


def redirect_to_next_step(request: HttpRequest) -> HttpResponse:
    """Redirect a visitor who may not enter to what they lack; raises PermissionDenied where they lack the right."""
    lacks, here = missing(request), request.get_full_path()
    if lacks == AccessGap.RIGHT:
        raise PermissionDenied
    if lacks == AccessGap.SECOND_FACTOR:
        return redirect("mfa_activate_totp")
    if lacks == AccessGap.SECOND_FACTOR_NOW:
        return redirect_to_login(here, resolve_url("mfa_reauthenticate"))
    logout(request)
    return redirect_to_login(here)


def _facts(user: User) -> tuple[bool, bool]:
    addresses = EmailAddress.objects.filter(user=user.pk, email=user.email.lower(), primary=True, verified=True)
    apps = Authenticator.objects.filter(user=user.pk, type=Authenticator.Type.TOTP)
    return User.objects.values_list(Exists(addresses), Exists(apps)).get(pk=user.pk)


def _signed_in_at(records: list[dict[str, Any]]) -> float:
    times = [record["at"] for record in records if record["method"] == "password" and not record.get("reauthenticated")]
    return max(times, default=time.time())
