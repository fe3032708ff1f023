"""What editors may do with sendings: look, and steer."""

from django.db import migrations

from mscos.groups import EDITORS, grant

RIGHTS = [("mailing", "view_mailing"), ("mailing", "change_mailing"), ("delivery", "view_delivery")]


class Migration(migrations.Migration):
    dependencies = [("newsletters", "0003_deliveries")]

    operations = [grant(EDITORS, "newsletters", RIGHTS)]
