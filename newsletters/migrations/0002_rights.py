"""What editors may do with the newsletter. People's rows are made by themselves or by an import."""

from django.db import migrations

from mscos.groups import EDITORS, editing_rights, grant

RIGHTS = [
    *editing_rights("issue", "section"),
    ("subscriber", "view_subscriber"),
    ("subscriber", "add_subscriber"),
    ("subscriber", "delete_subscriber"),
    ("neveragain", "view_neveragain"),
    ("neveragain", "delete_neveragain"),
    ("enquiry", "view_enquiry"),
    ("enquiry", "change_enquiry"),
    ("enquiry", "delete_enquiry"),
]


class Migration(migrations.Migration):
    dependencies = [("newsletters", "0001_initial"), ("mscos", "0002_groups")]

    operations = [grant(EDITORS, "newsletters", RIGHTS)]
