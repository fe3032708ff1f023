"""The portal's settings, with the pages of tests/serving_pages.py."""

from mscos.settings import *  # noqa: F403

ROOT_URLCONF = "tests.serving_pages"
STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"  # noqa: F405
STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # noqa: F405  WhiteNoise warns where there is none
