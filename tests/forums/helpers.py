"""Helpers of the tests of the forums: pages as text, forms as browsers send them, and decisions of moderators."""

import html
import re

from django.urls import reverse

from forums.models import Post, Thread
from forums.moderation import decisions
from forums.moderation.decisions import post_version
from forums.writer_actions import reply
from mscos.forms import new_submission_id
from mscos.models import User

NEW = "/forums/housing/new/"
CODE = re.compile(r'<p class="code">([0-9A-Z-]{19})</p>')
QUEUE = reverse("admin:forums_post_changelist")


def published_reply(thread: Thread, by: User, body: str = "There is.", **fields):
    """Store a reply and publish it; return what the action returned."""
    submitted = reply(thread=thread, submission_id=new_submission_id(), body=body, **fields)
    decisions.publish(post=submitted.post, by=by)
    return submitted


def words(response):
    """Return the text of a page's main part on one line."""
    main = re.search(r"<main.*?</main>", response.content.decode(), re.DOTALL).group()
    return " ".join(re.sub(r"<[^>]+>", " ", main).split())


def title(response):
    return re.search(r"<title>(.*?)</title>", response.content.decode()).group(1)


def post_fields(**typed):
    """Return what a browser sends for a new thread."""
    return {
        "title": "A quiet room",
        "body": "Is there one?",
        "content_note": "",
        "submission_id": new_submission_id(),
        **typed,
    }


def reply_address(thread):
    return f"{thread.get_absolute_url()}reply/"


def problems(response):
    """Return the messages of the error summary."""
    summary = re.search(r'id="problem".*?</div>', response.content.decode(), re.DOTALL)
    return [
        html.unescape(re.sub("<[^>]+>", "", each)) for each in re.findall(r"<li>(.*?)</li>", summary.group(), re.DOTALL)
    ]


def kept(response, name):
    """Return the value of a field of the form on a page."""
    page = response.content.decode()
    found = re.search(rf'<textarea[^>]*name="{name}"[^>]*>\n?(.*?)</textarea>', page, re.DOTALL)
    found = found or re.search(rf'<input(?=[^>]*name="{name}")[^>]*value="([^"]*)"', page)
    return html.unescape(found.group(1)) if found else ""


def review_url(post):
    return reverse("admin:forums_post_change", args=[post.pk])


def decide(client, post, decision, **typed):
    """Send a decision from the page as it is now, or as it was when `version` was its mark."""
    data = {"decision": decision, "version": post_version(Post.objects.get(pk=post.pk)), **typed}
    return client.post(review_url(post), data, follow=True)


def admin_words(response):
    """Return the text of an admin page's content on one line."""
    content = response.content.decode().split('id="content"', 1)[1]
    return " ".join(re.sub(r"<[^>]+>", " ", content).split())


def send_command(client, post, name, **typed):
    return client.post(review_url(post), {"act": name, **typed}, follow=True)


def messages_of(page):
    return [str(message) for message in page.context["messages"]]


def send_bulk_action(client, name, posts):
    return client.post(QUEUE, {"action": name, "_selected_action": [post.pk for post in posts]}, follow=True)
