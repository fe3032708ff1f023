"""What became of the posts that somebody wrote under their own name. Only these pages join an account with posts.

A page is found by the place of its post in the order of writing. What acts on a post names it by the mark that its page
showed: places move up when a post is taken down, and the row's own number would tell how many others wrote in between.
"""

from typing import Any, cast

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

OWN_POSTS_A_PAGE = 20
# What the next page says. It stands in no session, where it would write down the second of the act, and its address, which
# stays in the history, tells nothing of what was done.
DONE = {
    "1": "Done. This is how it stands now.",
    "0": "Nothing was changed now. That post is not in your list any more.",
}
NOT_THERE = Refusal(409, "This post was taken down or is not in your list any more. Your message was not sent.")


@private
@login_required
@require_safe
def own_posts(request: HttpRequest) -> HttpResponse:
    """List the posts under one's own name, the latest first, each with its place in the order of writing."""
    page = page_of(request, OwnPostPages(_member(request).posts.order_by("-pk"), OWN_POSTS_A_PAGE))
    places = range(page.paginator.count - page.start_index() + 1, 0, -1)
    context = {"page": page, "posts": list(zip(places, page, strict=False)), "done": _done(request)}
    return render(request, "forums/own_posts.html", context)


@anonymous_form()
@with_author
def own_post_detail(request: HttpRequest, place: int, *, refusal: Refusal | None, author: User) -> HttpResponse:
    """Show all that is held of one of these posts, and take words to the moderators about it; no typed word is lost."""
    is_sent = request.method == "POST"
    post = _marked(request, author) if is_sent else _post(author, place)
    is_open = not author.pk or (post is not None and not post.is_gone)  # who signs in again can send again
    form = AnswerForm(request.POST, refusal=refusal if is_open else NOT_THERE) if is_sent else AnswerForm()
    if post and submit_answer(request, form, post):
        return redirect(f"{reverse('forums:own_post_detail', args=[_place(author, post)])}?done=1")
    context: dict[str, Any] = {"post": post, "form": form, "is_open": is_open, "done": _done(request)}
    context["mark"] = request.POST.get("mark", "")
    if post:
        context |= {"place": _place(author, post), "held": stored_data_of(post), "mark": _mark(post.pk)}
    return render(request, "forums/own_post_detail.html", context, status=form.status)


@private
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def own_post_withdraw(request: HttpRequest, place: int) -> HttpResponse:
    """Ask once, then take one of these posts down."""
    member = _member(request)
    if request.method == "POST":
        if marked := _marked(request, member):
            writer_actions.withdraw(post=marked)
        return redirect(f"{reverse('forums:own_posts')}?done={1 if marked else 0}")
    post = _post(member, place)
    return render(request, "forums/own_post_withdraw.html", {"post": post, "place": place, "mark": _mark(post.pk)})


def _done(request: HttpRequest) -> str:
    return DONE.get(request.GET.get("done", ""), "")


def _member(request: HttpRequest) -> User:
    return cast("User", request.user)


def _post(author: User, place: int) -> Post:
    post = post_at(author.posts.for_writer(), str(place))
    if post is None:
        raise Http404
    return post


def _place(author: User, post: Post) -> int:
    return author.posts.filter(pk__lte=post.pk).count()


def _mark(key: int) -> str:
    return form_digest(repr(("own post", key)))


def _marked(request: HttpRequest, author: User) -> Post | None:
    """Return one's post whose page sent this form; None where it is not one's own any more, or nobody is signed in."""
    if not author.pk:
        return None
    mark = request.POST.get("mark", "")
    keys = [key for key in author.posts.values_list("pk", flat=True) if _mark(key) == mark]
    return author.posts.for_writer().filter(pk__in=keys).first()
