"""The web process's way in."""

import os

from django.core.wsgi import get_wsgi_application

from mscos.quiet_logging import quieten_uncaught_exceptions

quieten_uncaught_exceptions()
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mscos.settings")
application = get_wsgi_application()
