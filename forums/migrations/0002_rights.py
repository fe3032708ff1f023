"""What moderators and editors may do in the forums."""

from django.db import migrations

from mscos.groups import EDITORS, MODERATORS, editing_rights, grant

MODERATING = [
    ("post", "view_post"),
    ("post", "change_post"),
    ("thread", "view_thread"),
    ("thread", "change_thread"),
    ("forum", "view_forum"),
    ("forum", "change_forum"),
]
CALLING = editing_rights("callforviews", "prompt")


class Migration(migrations.Migration):
    dependencies = [
        ("forums", "0001_initial"),
        ("mscos", "0002_groups"),
    ]

    operations = [
        grant(MODERATORS, "forums", MODERATING + CALLING),
        grant(EDITORS, "forums", editing_rights("forum") + CALLING),
    ]
