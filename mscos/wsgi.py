"""The WSGI application."""

import os

from django.core.wsgi import get_wsgi_application

from mscos.redacting_logs import redact_uncaught_exceptions

redact_uncaught_exceptions()
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mscos.settings")
application = get_wsgi_application()
