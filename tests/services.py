"""Parts of this machine that tests need; nothing of the portal is loaded here."""

import os
import shutil

REDIS_URL = os.environ.get("TEST_REDIS_URL", "redis://127.0.0.1:6379/9")
# The headless shell is Chromium without its window: tests/browser/test_pages.py takes half the processor time.
BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
CHROMIUM = next((found for name in BROWSERS if (found := shutil.which(name))), None)
