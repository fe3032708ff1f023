import logging

import pytest

from mscos.redacting_logs import RedactingFormatter
from tests.forums.conftest import alex, consultation, forum, published, sam, thread, waiting  # noqa: F401  the same small world
from tests.privacy.helpers import LogOfEverything


@pytest.fixture
def log():
    """All that any logger says while a test runs, as it would be written."""
    handler = LogOfEverything()
    handler.setFormatter(RedactingFormatter())
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield handler
    root.removeHandler(handler)
    root.setLevel(level)
