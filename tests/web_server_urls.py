"""The portal's pages, with some that a test of the web process asks for."""

import os
from pathlib import Path

from django.conf import settings
from django.http import HttpResponse, JsonResponse
from django.urls import include, path
from django.views.decorators.csrf import csrf_exempt

from tests.subprocesses import wait_until


@csrf_exempt
def tell(request):
    """Tell what the portal was told of the request."""
    told = {name: value for name, value in request.META.items() if isinstance(value, str)}
    return JsonResponse(
        {
            "body": request.body.decode(),
            "umask": os.umask(0o077),
            "process": os.getpid(),
            "site": settings.SITE_NAME,
            **told,
        }
    )


def wait(request):
    """Answer when a file says so, and say in another one that the request has come."""
    folder = Path(os.environ["VAR_DIR"])
    (folder / "begun").touch()
    wait_until((folder / "go").exists)
    return HttpResponse("answered")


def long(request):
    return HttpResponse(b"a" * 10_000_000)


urlpatterns = [path("tell/", tell), path("wait/", wait), path("long/", long), path("", include("mscos.urls"))]
