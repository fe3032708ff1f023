"""Editors may do everything in this room."""

from django.db import migrations

from mscos.groups import EDITORS, editing_rights, grant

MODELS = (
    "outcome",
    "domain",
    "organisation",
    "resource",
    "resourceorganisation",
    "feature",
    "reference",
    "quotation",
)


class Migration(migrations.Migration):
    dependencies = [("outcomes", "0002_nations"), ("mscos", "0002_groups")]

    operations = [grant(EDITORS, "outcomes", editing_rights(*MODELS))]
