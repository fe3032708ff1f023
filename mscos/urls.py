"""The URLs of all apps. Only here, in `views.py`, `sample.py` and `first_content.py` does the core import them."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path

from mscos import views
from mscos.health import health

urlpatterns = [
    path("", views.home, name="home"),
    path("", include("outcomes.urls")),
    path("", include("events.urls")),
    path("", include("forums.urls")),
    path("", include("newsletters.urls")),
    path("about/", views.about, name="about"),
    path("safety/", views.safety, name="safety"),
    path("accessibility/", views.accessibility, name="accessibility"),
    path("leave/", views.leave, name="leave"),
    path("health/", health, name="health"),
    path("accounts/", include("mscos.accounts.urls")),
    path("admin/", admin.site.urls),
]

if settings.EMAIL_SERVICE:
    urlpatterns.append(path("mail-events/", include("anymail.urls")))  # its reports of bounces

handler400 = views.bad_request
handler403 = views.forbidden
handler404 = views.not_found
handler500 = views.server_error
