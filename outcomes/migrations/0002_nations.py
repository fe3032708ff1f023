"""The nations that a resource may speak of."""

from django.db import migrations

NATIONS = [
    ("e", "England"),
    ("s", "Scotland"),
    ("w", "Wales"),
    ("n", "Northern Ireland"),
    ("i", "International"),
]


def add_nations(apps, schema_editor):
    nations = apps.get_model("outcomes", "Nation").objects.using(schema_editor.connection.alias)
    for position, (code, name) in enumerate(NATIONS, start=1):
        nations.update_or_create(code=code, defaults={"name": name, "position": position})


def remove_nations(apps, schema_editor):
    nations = apps.get_model("outcomes", "Nation").objects.using(schema_editor.connection.alias)
    nations.filter(code__in=[code for code, _ in NATIONS]).delete()


class Migration(migrations.Migration):
    dependencies = [("outcomes", "0001_initial")]

    operations = [migrations.RunPython(add_nations, remove_nations)]
