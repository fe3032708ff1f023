"""An event made from an entry of a calendar file is known by it, so that the same file makes nothing twice."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("events", "0004_over_at")]

    operations = [
        migrations.AddField(
            "event", "imported_from", models.CharField(blank=True, default="", editable=False, max_length=64)
        ),
        migrations.AddConstraint(
            "event",
            models.UniqueConstraint(
                fields=["imported_from"], condition=~Q(imported_from=""), name="event_imported_once"
            ),
        ),
    ]
