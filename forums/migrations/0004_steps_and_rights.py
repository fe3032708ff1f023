"""The first text of the team's steps, and who may change it."""

from django.db import migrations

from mscos.groups import CALL_HANDLERS, MODERATORS, grant

FIRST = """\
1. Is somebody in danger at this moment, and do you know where? Call **999**.
2. Tell the person who leads on safeguarding, by phone. Do not write details into a mail.
3. If you can reach the person who wrote, talk to them first. Say what you would do, and why.
4. Note on the page what you did, without details that point to anyone.

The team has not yet put its own steps here. Change this text before the site opens."""
HANDLING = [(model, f"view_{model}") for model in ("callrequest", "contactview", "erasedrequests")]
CHANGING = [("urgentsteps", "view_urgentsteps"), ("urgentsteps", "change_urgentsteps")]


def write(apps, schema_editor):
    from mscos.text import render_editorial

    steps = apps.get_model("forums", "UrgentSteps").objects.using(schema_editor.connection.alias)
    steps.get_or_create(pk=1, defaults={"body": FIRST, "body_html": render_editorial(FIRST)})


class Migration(migrations.Migration):
    dependencies = [("forums", "0003_call_requests"), ("mscos", "0002_groups")]

    operations = [
        migrations.RunPython(write, migrations.RunPython.noop),
        grant(MODERATORS, "forums", CHANGING),
        grant(CALL_HANDLERS, "forums", HANDLING + CHANGING),
    ]
