"""The app configuration by which our own admin site replaces Django's."""

from django.contrib.admin.apps import AdminConfig


class PortalAdminConfig(AdminConfig):
    """The admin, behind allauth's sign-in and the second factor."""

    default_site = "mscos.admin_site.PortalAdminSite"
