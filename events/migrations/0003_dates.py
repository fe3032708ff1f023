"""An event may take place on several dates, which stand in a table of their own."""

import django.core.validators
from django.db import migrations, models


def fill(apps, schema_editor):
    """Every event so far takes place once. When it was first listed nobody noted: its last change stands for it."""
    database = schema_editor.connection.alias
    Event, EventDate = (apps.get_model("events", name) for name in ("Event", "EventDate"))
    Event.objects.using(database).update(over_at=models.F("ends"))
    Event.objects.using(database).exclude(state="draft").update(listed_at=models.F("changed_at"))
    rows = Event.objects.using(database).values_list("pk", "starts", "ends")
    EventDate.objects.using(database).bulk_create(
        EventDate(event_id=pk, starts=starts, ends=ends) for pk, starts, ends in rows
    )


class Migration(migrations.Migration):
    dependencies = [("events", "0002_rights")]

    operations = [
        migrations.CreateModel(
            name="EventDate",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("starts", models.DateTimeField()),
                ("ends", models.DateTimeField()),
                (
                    "event",
                    models.ForeignKey(
                        on_delete=models.deletion.CASCADE, related_name="dates", to="events.event"
                    ),
                ),
            ],
            options={
                "ordering": ["starts"],
                "indexes": [models.Index(fields=["starts"], name="event_date")],
                "constraints": [
                    models.UniqueConstraint(fields=("event", "starts"), name="event_once_at_a_time"),
                ],
            },
        ),
        *(
            migrations.AddField(model_name=model, name=name, field=field)
            for name, field in (
                (
                    "repeats",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "Once"),
                            ("weekly", "By the week, on the same weekday"),
                            ("day", "By the month, on the same day: the 30th"),
                            ("weekday", "By the month, on the same weekday: the second Tuesday"),
                            ("last", "By the month, on the last such weekday"),
                        ],
                        default="",
                        max_length=8,
                    ),
                ),
                (
                    "repeats_every",
                    models.PositiveSmallIntegerField(
                        default=1,
                        help_text="2: every other week or month.",
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(12),
                        ],
                        verbose_name="every",
                    ),
                ),
                (
                    "repeats_until",
                    models.DateField(
                        blank=True,
                        help_text="It does not begin after this day.",
                        null=True,
                        verbose_name="last day",
                    ),
                ),
                (
                    "left_out",
                    models.TextField(
                        blank=True,
                        help_text="Days on which it does not take place after all, one a line: 2023-04-06.",
                        verbose_name="not on",
                    ),
                ),
            )
            for model in ("event", "historicalevent")
        ),
        migrations.AddField("event", "over_at", models.DateTimeField(editable=False, null=True)),
        migrations.AddField("event", "listed_at", models.DateTimeField(editable=False, null=True)),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
