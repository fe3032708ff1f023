"""The addresses of the account pages: allauth's, under allauth's names, without sign-up and changes of address."""

from allauth.account import views
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as recovery
from allauth.mfa.totp import views as totp
from django.urls import URLPattern, path, re_path
from django.views.generic import RedirectView

from mscos.accounts.views import account, account_page, activate_totp
from mscos.privacy import View


def page(route: str, view: View, name: str) -> URLPattern:
    """Return the URL pattern of an account page."""
    return path(route, account_page(view), name=name)


urlpatterns = [
    page("", account, "account"),
    page("login/", views.login, "account_login"),
    page("logout/", views.logout, "account_logout"),
    page("inactive/", views.account_inactive, "account_inactive"),
    page("again/", views.reauthenticate, "account_reauthenticate"),
    page("email/", views.email_verification_sent, "account_email_verification_sent"),
    page("email/<str:key>/", views.confirm_email, "account_confirm_email"),
    page("password/", views.password_change, "account_change_password"),
    page("password/new/", views.password_reset, "account_reset_password"),
    page("password/new/sent/", views.password_reset_done, "account_reset_password_done"),
    page("password/new/done/", views.password_reset_from_key_done, "account_reset_password_from_key_done"),
    re_path(
        r"^password/new/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>[^/]+)/$",
        account_page(views.password_reset_from_key),
        name="account_reset_password_from_key",
    ),
    path("code/", RedirectView.as_view(pattern_name="account"), name="mfa_index"),
    page("code/step/", mfa.authenticate, "mfa_authenticate"),
    page("code/again/", mfa.reauthenticate, "mfa_reauthenticate"),
    page("code/on/", activate_totp, "mfa_activate_totp"),
    page("code/off/", totp.deactivate_totp, "mfa_deactivate_totp"),
    page("code/recovery/", recovery.view_recovery_codes, "mfa_view_recovery_codes"),
    page("code/recovery/new/", recovery.generate_recovery_codes, "mfa_generate_recovery_codes"),
    page("code/recovery/download/", recovery.download_recovery_codes, "mfa_download_recovery_codes"),
]
