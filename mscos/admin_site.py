"""The admin site."""

from django.contrib import admin


class PortalAdminSite(admin.AdminSite):
    """The admin under the portal's name."""

    site_header = "MSCOS Community of Practice"
    site_title = "Community of Practice"
    index_title = "Administration"
