"""The groups of staff. What each may do is granted by the rooms' own migrations (mscos/groups.py)."""

from django.db import migrations

from mscos.groups import CALL_HANDLERS, EDITORS, MODERATORS

NAMES = (EDITORS, MODERATORS, CALL_HANDLERS)


def make_groups(apps, schema_editor):
    groups = apps.get_model("auth", "Group").objects.using(schema_editor.connection.alias)
    for name in NAMES:
        groups.get_or_create(name=name)


def remove_groups(apps, schema_editor):
    apps.get_model("auth", "Group").objects.using(schema_editor.connection.alias).filter(name__in=NAMES).delete()


class Migration(migrations.Migration):
    dependencies = [
        ("mscos", "0001_initial"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [migrations.RunPython(make_groups, remove_groups)]
