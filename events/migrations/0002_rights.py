"""Editors may do everything in this room."""

from django.db import migrations

from mscos.groups import EDITORS, editing_rights, grant


class Migration(migrations.Migration):
    dependencies = [("events", "0001_initial"), ("mscos", "0002_groups")]

    operations = [grant(EDITORS, "events", editing_rights("event"))]
