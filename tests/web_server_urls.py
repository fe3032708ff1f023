"""The portal's URLs, with views for tests of the web process."""

import os
from pathlib import Path

from django.conf import settings
from django.http import HttpResponse, JsonResponse
from django.urls import include, path
from django.views.decorators.csrf import csrf_exempt

from tests.subprocesses import wait_until


@csrf_exempt
def tell(request):
    """Return what the portal knows of the request, as JSON."""
    meta = {name: value for name, value in request.META.items() if isinstance(value, str)}
    return JsonResponse(
        {
            "body": request.body.decode(),
            "umask": os.umask(0o077),
            "process": os.getpid(),
            "site": settings.SITE_NAME,
            **meta,
        }
    )


def wait(request):
    """Make a file when the request arrives, and answer once another file exists."""
    folder = Path(os.environ["VAR_DIR"])
    (folder / "begun").touch()
    wait_until((folder / "go").exists)
    return HttpResponse("answered")


def long(request):
    return HttpResponse(b"a" * 10_000_000)


urlpatterns = [path("tell/", tell), path("wait/", wait), path("long/", long), path("", include("mscos.urls"))]
