"""The portal's settings with tests/web_server_urls.py, for tests of the web process."""

from mscos.settings import *  # noqa: F403

ROOT_URLCONF = "tests.web_server_urls"
if WEB_PROCESSES > 1:  # noqa: F405
    CACHES["default"]["BACKEND"] = "django.core.cache.backends.dummy.DummyCache"  # noqa: F405  shared by all
STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"  # noqa: F405
STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # noqa: F405  WhiteNoise warns where there is none
