"""A kind of section that shows an event."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Case, Value, When

KINDS = [
    ("text", "Text"),
    ("focus", "This week's focus"),
    ("feature", "This week's feature"),
    ("call", "Call for views"),
    ("spotlight", "Spotlight"),
    ("reference", "Reference"),
    ("quotation", "Quotation"),
    ("event", "Event"),
    ("notice", "Notice"),
]


def make_notices(apps, schema_editor):
    """On the way back, let a section of an event become a notice with its editor's words: old code knows no such kind.

    Its link has no words without an address: those led to the event's page. All in one statement, since PostgreSQL
    changes no table in a transaction that wrote a row of it twice.
    """
    link_words = Case(When(link_url="", then=Value("")), default="link_words")
    for name in ("Section", "HistoricalSection"):
        rows = apps.get_model("newsletters", name).objects.using(schema_editor.connection.alias)
        rows.filter(kind="event").update(kind="notice", link_words=link_words)


class Migration(migrations.Migration):
    dependencies = [("newsletters", "0004_delivery_rights"), ("events", "0004_over_at")]

    operations = [
        migrations.AddField(
            "section",
            "event",
            models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="events.event",
            ),
        ),
        migrations.AddField(
            "historicalsection",
            "event",
            models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="events.event",
            ),
        ),
        migrations.AlterField("section", "kind", models.CharField(choices=KINDS, max_length=10)),
        migrations.AlterField("historicalsection", "kind", models.CharField(choices=KINDS, max_length=10)),
        migrations.RunPython(migrations.RunPython.noop, make_notices),
        migrations.AddConstraint(
            "section",
            models.CheckConstraint(
                condition=models.Q(event=None) | models.Q(kind="event"), name="section_of_an_event"
            ),
        ),
    ]
