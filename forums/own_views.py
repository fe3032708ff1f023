"""What became of the posts that somebody wrote under their own name. Only these pages join an account with posts."""

from typing import cast

from django.contrib.auth.decorators import login_required
from django.contrib.messages import success
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from forums import actions
from forums.models import Post
from forums.models.threads import PostQuerySet
from forums.voice_views import AnswerForm, held_of, in_place, store_answer
from mscos.models import User
from mscos.pagination import paginate
from mscos.privacy import private

OWN_POSTS_A_PAGE = 20


@private
@login_required
@require_safe
def own_posts(request: HttpRequest) -> HttpResponse:
    """List the posts under one's own name, the latest first, each with its place in the order of writing."""
    page = paginate(request, _posts(request).for_writer().reverse(), OWN_POSTS_A_PAGE)
    places = range(page.paginator.count - page.start_index() + 1, 0, -1)
    return render(request, "forums/own_posts.html", {"page": page, "posts": list(zip(places, page, strict=False))})


@private
@login_required
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def own_post_detail(request: HttpRequest, place: int) -> HttpResponse:
    """Show all that is held of one of these posts, and take words to the moderators about it."""
    post = _post(request, place)
    form = AnswerForm(request.POST if request.method == "POST" else None)
    if store_answer(form, post):
        success(request, "The moderators will read it.")
        return redirect("forums:own_post_detail", place)
    context = {"post": post, "place": place, "held": held_of(post), "form": form}
    return render(request, "forums/own_post_detail.html", context, status=form.status)


@private
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def own_post_withdraw(request: HttpRequest, place: int) -> HttpResponse:
    """Ask once, then take one of these posts down."""
    post = _post(request, place)
    if request.method == "POST":
        actions.withdraw(post=post)
        success(request, "What you asked for is destroyed.")
        return redirect("forums:own_posts")
    return render(request, "forums/own_post_withdraw.html", {"post": post, "place": place})


def _posts(request: HttpRequest) -> PostQuerySet:
    return cast("User", request.user).posts.all()


def _post(request: HttpRequest, place: int) -> Post:
    """Return one's post of this place; a row's own number would tell how many others wrote in between."""
    post = in_place(_posts(request).for_writer(), str(place))
    if post is None:
        raise Http404
    return post
