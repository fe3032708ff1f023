"""The portal's settings for tests: temporary data, mail in memory, time limits."""

import os
import tempfile

if "VAR_DIR" not in os.environ:
    folder = tempfile.TemporaryDirectory(prefix="mscos-test-")  # removed when this process ends
    os.environ["VAR_DIR"] = folder.name
os.environ.setdefault("SITE_URL", "http://testserver")

from mscos.settings import *  # noqa: F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"  # noqa: F405
STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # noqa: F405  WhiteNoise warns where there is none
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):  # noqa: F405
    # A file, as in production: with a database in memory a second writer fails at once instead of waiting.
    DATABASES["default"]["TEST"] = {"NAME": VAR_DIR / "test.sqlite3"}  # noqa: F405
else:
    # In milliseconds: a statement that takes longer than two minutes would never end.
    DATABASES["default"]["OPTIONS"] |= {"connect_timeout": 10, "options": "-c statement_timeout=120000"}  # noqa: F405
