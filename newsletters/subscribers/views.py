"""Signing up, writing to the team, seeing what is held, and leaving: the pages of readers, who have no account.

Links from mail are opened in `newsletters/subscribers/links.py`. Opening one changes nothing, since programs that check mail
open every link in it; pressing the button does. None of these pages touches a session or a user.
"""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from mscos.email_addresses import part_hidden
from mscos.forms import RefusableForm
from mscos.limits import Limit
from mscos.privacy import Refusal, anonymous_form, private
from newsletters.models import Issue, Subscriber
from newsletters.subscribers import enquiries, links, subscriptions
from newsletters.subscribers.forms import AskForm, ContactForm, DetailsForm, LeaveForm, NewAddressForm
from newsletters.subscribers.subject_access import StoredData, stored_about

CONTACT = Limit("contact", times=10, seconds=60 * 60)
ASKING = Limit("asking", times=10, seconds=60 * 60)


@anonymous_form(limit=CONTACT)
def contact(request: HttpRequest, *, refusal: Refusal | None) -> HttpResponse:
    """Take a sign-up, a message to the team, or both. The answer is the same for every address."""
    form = ContactForm(
        request.POST if request.method == "POST" else None,
        initial={"purpose": request.GET.get("for", "")},
        refusal=refusal,
    )
    with form.counted(CONTACT, request) as is_taken:
        if is_taken:
            if form.signs_up:
                subscriptions.sign_up(**form.to_sign_up())
            if form.enquires:
                enquiries.enquire(**form.to_enquire())
            return render(request, "newsletters/contact_done.html", {"sent": form})
    return render(request, "newsletters/contact.html", {"form": form}, status=form.status)


@anonymous_form()
def confirm(request: HttpRequest, token: str, *, refusal: Refusal | None) -> HttpResponse:
    """Put a newcomer on the list. The link works once; a button pressed twice gets the same answer twice."""
    subscriber = links.opened_to_confirm(token)
    is_new = subscriber is not None and subscriber.state == Subscriber.State.PENDING
    if subscriber is None or not (is_new or request.method == "POST"):
        return _link_over(request, "confirm")
    form = _button(request, refusal)
    if form.is_valid():
        subscriptions.confirm(subscriber=subscriber)
        scheduled = Issue.objects.filter(state=Issue.State.SCHEDULED).order_by("publish_at")
        next_issue = scheduled.values_list("publish_at", flat=True).first()
        return render(request, "newsletters/confirmed.html", {"next_issue": next_issue})
    context = {"form": form, "address": part_hidden(subscriber.email)}
    return render(request, "newsletters/confirm.html", context, status=form.status)


# No form token is asked for: a mail server that unsubscribes somebody at one click (RFC 8058) has no cookie and no page
# to take one from. The random word in the address is what permits it, and no other website can know that word.
@csrf_exempt
@private
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """Delete whoever the word belongs to, or change their subject lines; sets no cookie."""
    subscriber = links.opened_to_leave(token)
    if subscriber is None:
        return render(request, "newsletters/unsubscribe_unknown.html", status=404)
    style = request.POST.get("subject_style", "")
    form = LeaveForm(request.POST if request.method == "POST" else None)
    if style not in Subscriber.SubjectStyle.values and form.is_valid():
        never_again = form.cleaned_data["never_again"]
        subscriptions.unsubscribe(subscriber=subscriber, never_again=never_again)
        return render(request, "newsletters/unsubscribed.html", {"never_again": never_again})
    if style in Subscriber.SubjectStyle.values:
        subscriptions.change_subject_style(subscriber=subscriber, subject_style=style)
        subscriber.subject_style = style
    context = {"form": form, "subscriber": subscriber, "address": part_hidden(subscriber.email), "changed": style}
    return render(request, "newsletters/unsubscribe.html", context)


@anonymous_form(limit=ASKING)
def subscription_ask(request: HttpRequest, *, refusal: Refusal | None) -> HttpResponse:
    """Mail the link to what is held about an address. The answer is the same for every address."""
    form = AskForm(request.POST if request.method == "POST" else None, refusal=refusal)
    with form.counted(ASKING, request) as is_taken:
        if is_taken:
            subscriptions.send_link(email=form.cleaned_data["email"])
            return render(request, "newsletters/subscription_asked.html")
    return render(request, "newsletters/subscription_ask.html", {"form": form}, status=form.status)


@anonymous_form()
def subscription_detail(request: HttpRequest, token: str, *, refusal: Refusal | None) -> HttpResponse:
    """Show what is held about an address; change it, give it as a file, or erase it. `act` names what to do."""
    email = links.opened_to_see(token)
    if email is None:
        return _link_over(request, "see")
    held = stored_about(email)
    act = request.POST.get("act", "")
    if act not in _acts_on(held):
        return _subscription(request, held)
    form_class, do = COMMANDS[act]
    form = form_class(request.POST, refusal=refusal)
    if form.is_valid():
        return do(request, held, form)
    return _subscription(request, held, act=act, form=form)


@anonymous_form()
def change_email(request: HttpRequest, token: str, *, refusal: Refusal | None) -> HttpResponse:
    """Move a subscription to a new address, once the new address' owner presses the button."""
    change = links.opened_to_change(token)
    if change is None:
        return _link_over(request, "change")
    form = _button(request, refusal)
    if form.is_valid():
        subscriptions.change_email(subscriber=change.subscriber, to=change.to)
        return render(request, "newsletters/email_changed.html")
    context = {"form": form, "address": part_hidden(change.to)}
    return render(request, "newsletters/change_email.html", context, status=form.status)


def _button(request: HttpRequest, refusal: Refusal | None) -> RefusableForm:
    """Return the form of a page that has a button and nothing to fill in."""
    return RefusableForm(request.POST if request.method == "POST" else None, refusal=refusal)


def _link_over(request: HttpRequest, way: str) -> HttpResponse:
    """Say that a link opens nothing and how to get a new one.

    404, not 410: whoever holds a link is not told whether it ever opened anything.
    """
    return render(request, "newsletters/link_over.html", {"way": way}, status=404)


def _subscription(
    request: HttpRequest, held: StoredData, *, done: str = "", act: str = "", form: RefusableForm | None = None
) -> HttpResponse:
    """Show what is held, with a form for each thing that can be done about it; `form` is that of an `act` refused."""
    subscriber = held.subscriber
    told = ("name", "organisation", "subject_style")
    context = {
        "held": held,
        "acts": _acts_on(held),
        "done": done,
        "details": DetailsForm(initial={name: getattr(subscriber, name) for name in told} if subscriber else None),
        "address": NewAddressForm(),
        "erase": LeaveForm(),
        "form": form,
    }
    if form:
        context[act] = form
    return render(request, "newsletters/subscription_detail.html", context, status=form.status if form else 200)


def _acts_on(held: StoredData) -> list[str]:
    """Return what can be done: a newcomer confirms before they change their address."""
    acts = {
        "details": held.subscriber,
        "address": held.subscriber and held.subscriber.state != Subscriber.State.PENDING,
        "export": held.rows,
        "erase": held.subscriber or held.enquiries or held.suggestions,
    }
    return [act for act, is_possible in acts.items() if is_possible]


def _change_details(request: HttpRequest, held: StoredData, form: RefusableForm) -> HttpResponse:
    if held.subscriber:
        subscriptions.change_details(subscriber=held.subscriber, **form.cleaned_data)
    return _subscription(request, stored_about(held.email), done="details")


def _ask_to_change(request: HttpRequest, held: StoredData, form: RefusableForm) -> HttpResponse:
    with form.counted(ASKING, request) as is_taken:
        if is_taken and held.subscriber:
            subscriptions.ask_to_change(subscriber=held.subscriber, to=form.cleaned_data["email"])
    if form.errors:
        return _subscription(request, held, act="address", form=form)
    return _subscription(request, held, done="address")


def _export(request: HttpRequest, held: StoredData, form: RefusableForm) -> HttpResponse:
    answer = JsonResponse(held.for_file(), json_dumps_params={"indent": 2, "ensure_ascii": False})
    answer.headers["Content-Disposition"] = 'attachment; filename="what-we-hold.json"'
    return answer


def _erase(request: HttpRequest, held: StoredData, form: RefusableForm) -> HttpResponse:
    never_again = form.cleaned_data["never_again"]
    subscriptions.erase(email=held.email, never_again=never_again)
    return render(request, "newsletters/subscription_erased.html", {"never_again": never_again})


COMMANDS = {
    "details": (DetailsForm, _change_details),
    "address": (NewAddressForm, _ask_to_change),
    "export": (RefusableForm, _export),
    "erase": (LeaveForm, _erase),
}
