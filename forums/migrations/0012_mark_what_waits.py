"""Mark what waited before there were marks: posts that may point to someone, and the last words of writers."""

from django.db import migrations
from django.db.models import Max

from forums.identity.check import pointers_in


def mark(apps, schema_editor):
    """Look through the posts that wait, and call what their writers said last unread."""
    post, note = apps.get_model("forums", "Post"), apps.get_model("forums", "ModeratorNote")
    for row in post.objects.filter(state="waiting").select_related("thread").iterator():
        texts = (row.thread.title, row.body, row.content_note)
        if any(pointers_in(text) for text in texts):
            post.objects.filter(pk=row.pk).update(may_point=True)
    of_posts = note.objects.exclude(post__state__in=["withdrawn", "removed"]).order_by().values("post")
    last = of_posts.annotate(last=Max("pk")).values("last")
    note.objects.filter(pk__in=list(last.values_list("last", flat=True)), by_writer=True).update(unread=True)


class Migration(migrations.Migration):

    dependencies = [
        ("forums", "0011_late_pages"),
    ]

    operations = [
        migrations.RunPython(mark, migrations.RunPython.noop),
    ]
