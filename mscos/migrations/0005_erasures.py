"""The list of erasures. Its triggers are made after each `migrate`, by `mscos/backups/erasures.py`."""

from django.db import migrations, models


def drop_triggers(apps, schema_editor):
    """Drop the triggers, which would write to a table that is about to go."""
    sqlite = schema_editor.connection.vendor == "sqlite"
    kept = "SELECT name FROM sqlite_master WHERE type = 'trigger'" if sqlite else "SELECT proname FROM pg_proc"
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(kept)
        for (name,) in cursor.fetchall():
            if name.startswith("erased_"):
                cursor.execute(f"DROP TRIGGER {name}" if sqlite else f"DROP FUNCTION {name} CASCADE")


class Migration(migrations.Migration):

    dependencies = [
        ("mscos", "0004_key_check_value"),
    ]

    operations = [
        migrations.CreateModel(
            name="Erasure",
            fields=[
                ("key", models.CharField(max_length=32, primary_key=True, serialize=False)),
                ("day", models.DateField()),
                ("table", models.CharField(max_length=63)),
                ("row", models.CharField(max_length=64, verbose_name="key of that row")),
                (
                    "became",
                    models.CharField(
                        blank=True, max_length=20, verbose_name="what became of the row, empty where it was deleted"
                    ),
                ),
            ],
        ),
        migrations.RunPython(migrations.RunPython.noop, drop_triggers),
    ]
