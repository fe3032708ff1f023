"""Views of the posts that a member wrote under their own name. Only these pages connect an account with posts.

A page is found by the position of its post in the order of writing. A form names its post by a token: positions shift
when a post is taken down, and the row's own number would tell how many others wrote in between.
"""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from forums import writer_actions
from forums.decorators import with_author
from forums.forms.messages import AnswerForm
from forums.models import Post
from forums.pages import OwnPostPages
from forums.submission import submit_answer
from forums.writer_posts import post_at, stored_data_of
from mscos.codes import form_digest
from mscos.models import User
from mscos.pagination import page_of
from mscos.privacy import Refusal, anonymous_form, private
from mscos.requests import AuthenticatedHttpRequest

OWN_POSTS_PER_PAGE = 20
# Sentences of the next page. In a session, one would record the second of the action; the address, which stays in the
# history, says nothing of what was done.
DONE = {
    "1": "Done. This is how it stands now.",
    "0": "Nothing was changed now. That post is not in your list any more.",
}
NOT_THERE = Refusal(409, "This post was taken down or is not in your list any more. Your message was not sent.")


@private
@login_required
@require_safe
def own_posts(request: AuthenticatedHttpRequest) -> HttpResponse:
    """List the member's posts, the latest first, each with its position in the order of writing."""
    page = page_of(request, OwnPostPages(request.user.posts.order_by("-pk"), OWN_POSTS_PER_PAGE))
    positions = range(page.paginator.count - page.start_index() + 1, 0, -1)
    context = {"page": page, "posts": list(zip(positions, page, strict=False)), "done": _done(request)}
    return render(request, "forums/own_posts.html", context)


@anonymous_form()
@with_author
def own_post_detail(request: HttpRequest, position: int, *, refusal: Refusal | None, author: User) -> HttpResponse:
    """Show all that is stored of a post, and take messages to the moderators about it; typed text is never lost."""
    is_sent = request.method == "POST"
    post = _post_of_form(request, author) if is_sent else _post_at(author, position)
    can_send = not author.pk or (post is not None and not post.is_gone)  # also whoever has to sign in again
    form = AnswerForm(request.POST, refusal=refusal if can_send else NOT_THERE) if is_sent else AnswerForm()
    if post and submit_answer(request, form, post):
        return redirect(f"{reverse('forums:own_post_detail', args=[_position(author, post)])}?done=1")
    context: dict[str, Any] = {"post": post, "form": form, "can_send": can_send, "done": _done(request)}
    context["token"] = request.POST.get("mark", "")
    if post:
        context |= {
            "position": _position(author, post),
            "stored_data": stored_data_of(post),
            "token": _token_of(post.pk),
        }
    return render(request, "forums/own_post_detail.html", context, status=form.status)


@private
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def own_post_withdraw(request: AuthenticatedHttpRequest, position: int) -> HttpResponse:
    """Ask once, then take down one of the member's posts."""
    member = request.user
    if request.method == "POST":
        if post := _post_of_form(request, member):
            writer_actions.withdraw(post=post)
        return redirect(f"{reverse('forums:own_posts')}?done={1 if post else 0}")
    post = _post_at(member, position)
    context = {"post": post, "position": position, "token": _token_of(post.pk)}
    return render(request, "forums/own_post_withdraw.html", context)


def _done(request: HttpRequest) -> str:
    return DONE.get(request.GET.get("done", ""), "")


def _post_at(author: User, position: int) -> Post:
    post = post_at(author.posts.for_writer(), str(position))
    if post is None:
        raise Http404
    return post


def _position(author: User, post: Post) -> int:
    return author.posts.filter(pk__lte=post.pk).count()


def _token_of(key: int) -> str:
    return form_digest(repr(("own post", key)))


def _post_of_form(request: HttpRequest, author: User) -> Post | None:
    """Return the post whose token a form sends; None where it is no longer the author's, or nobody is signed in."""
    if not author.pk:
        return None
    token = request.POST.get("mark", "")
    keys = [key for key in author.posts.values_list("pk", flat=True) if _token_of(key) == token]
    return author.posts.for_writer().filter(pk__in=keys).first()
