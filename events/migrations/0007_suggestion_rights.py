"""Editors deal with what people suggest."""

from django.db import migrations

from mscos.groups import EDITORS, editing_rights, grant


class Migration(migrations.Migration):
    dependencies = [("events", "0006_suggestions"), ("mscos", "0002_groups")]

    operations = [grant(EDITORS, "events", editing_rights("suggestion"))]
