"""Every event knows when it is over. Apart from 0003: PostgreSQL changes no table in the transaction that fills it."""

from django.db import migrations, models
from django.db.models import F, Q


class Migration(migrations.Migration):
    dependencies = [("events", "0003_dates")]

    operations = [
        migrations.RemoveIndex("event", "event_list"),
        migrations.AlterField("event", "over_at", models.DateTimeField(editable=False)),
        migrations.AddIndex("event", models.Index(fields=["state", "over_at"], name="event_list")),
        migrations.AddConstraint(
            "event",
            models.CheckConstraint(
                condition=Q(repeats="", repeats_until=None, left_out="")
                | ~Q(repeats="") & Q(repeats_until__isnull=False),
                name="event_repeats_until_a_day",
                violation_error_message="Say how it repeats and up to which day, or leave both out.",
            ),
        ),
        migrations.AddConstraint(
            "event",
            models.CheckConstraint(condition=Q(over_at__gte=F("ends")), name="event_over_at_its_last_end"),
        ),
    ]
