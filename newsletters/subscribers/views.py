"""The pages of subscribers, who have no account: sign up, write to the team, see the stored data, unsubscribe.

Tokens of links in mail are read by `newsletters/subscribers/links.py`. Opening a link changes nothing, since programs
that check mail open every link in it; pressing the button does. None of these pages touches a session or a user.
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
from newsletters.subscribers.forms import ContactForm, DetailsForm, LinkRequestForm, NewAddressForm, UnsubscribeForm
from newsletters.subscribers.subject_access import StoredData, stored_about

CONTACT = Limit("contact", times=10, seconds=60 * 60)
LINK_REQUESTS = Limit("asking", times=10, seconds=60 * 60)


@anonymous_form(limit=CONTACT)
def contact(request: HttpRequest, *, refusal: Refusal | None) -> HttpResponse:
    """Take a sign-up, an enquiry, or both. The response is the same for every address."""
    form = ContactForm(
        request.POST if request.method == "POST" else None,
        initial={"purpose": request.GET.get("for", "")},
        refusal=refusal,
    )
    with form.counted(CONTACT, request) as is_taken:
        if is_taken:
            if form.signs_up:
                subscriptions.sign_up(**form.sign_up_arguments())
            if form.enquires:
                enquiries.enquire(**form.enquire_arguments())
            return render(request, "newsletters/contact_done.html", {"sent": form})
    return render(request, "newsletters/contact.html", {"form": form}, status=form.status)


@anonymous_form()
def confirm(request: HttpRequest, token: str, *, refusal: Refusal | None) -> HttpResponse:
    """Confirm a new subscriber. The link works once, but a button pressed twice gets the same response twice."""
    subscriber = links.subscriber_to_confirm(token)
    is_new = subscriber is not None and subscriber.state == Subscriber.State.PENDING
    if subscriber is None or not (is_new or request.method == "POST"):
        return _link_expired(request, "confirm")
    form = _button_form(request, refusal)
    if form.is_valid():
        subscriptions.confirm(subscriber=subscriber)
        scheduled = Issue.objects.filter(state=Issue.State.SCHEDULED).order_by("publish_at")
        next_issue = scheduled.values_list("publish_at", flat=True).first()
        return render(request, "newsletters/confirmed.html", {"next_issue": next_issue})
    context = {"form": form, "address": part_hidden(subscriber.email)}
    return render(request, "newsletters/confirm.html", context, status=form.status)


# No CSRF token: a mail server that unsubscribes somebody at one click (RFC 8058) has no cookie and no page to take one
# from. The random token in the URL is the permission, and no other website can know it.
@csrf_exempt
@private
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """Unsubscribe the owner of a token, or change their subject lines; sets no cookie."""
    subscriber = links.subscriber_to_unsubscribe(token)
    if subscriber is None:
        return render(request, "newsletters/unsubscribe_unknown.html", status=404)
    style = request.POST.get("subject_style", "")
    form = UnsubscribeForm(request.POST if request.method == "POST" else None)
    if style not in Subscriber.SubjectStyle.values and form.is_valid():
        never_again = form.cleaned_data["never_again"]
        subscriptions.unsubscribe(subscriber=subscriber, never_again=never_again)
        return render(request, "newsletters/unsubscribed.html", {"never_again": never_again})
    if style in Subscriber.SubjectStyle.values:
        subscriptions.change_subject_style(subscriber=subscriber, subject_style=style)
        subscriber.subject_style = style
    context = {"form": form, "subscriber": subscriber, "address": part_hidden(subscriber.email), "changed": style}
    return render(request, "newsletters/unsubscribe.html", context)


@anonymous_form(limit=LINK_REQUESTS)
def subscription_ask(request: HttpRequest, *, refusal: Refusal | None) -> HttpResponse:
    """Mail the link to the data stored about an address. The response is the same for every address."""
    form = LinkRequestForm(request.POST if request.method == "POST" else None, refusal=refusal)
    with form.counted(LINK_REQUESTS, request) as is_taken:
        if is_taken:
            subscriptions.send_link(email=form.cleaned_data["email"])
            return render(request, "newsletters/subscription_asked.html")
    return render(request, "newsletters/subscription_ask.html", {"form": form}, status=form.status)


@anonymous_form()
def subscription_detail(request: HttpRequest, token: str, *, refusal: Refusal | None) -> HttpResponse:
    """Show the data stored about an address; change, export or erase it, as `act` says."""
    email = links.email_of_stored_data(token)
    if email is None:
        return _link_expired(request, "see")
    stored = stored_about(email)
    act = request.POST.get("act", "")
    if act not in _commands_for(stored):
        return _subscription(request, stored)
    form_class, command = COMMANDS[act]
    form = form_class(request.POST, refusal=refusal)
    if form.is_valid():
        return command(request, stored, form)
    return _subscription(request, stored, act=act, form=form)


@anonymous_form()
def change_email(request: HttpRequest, token: str, *, refusal: Refusal | None) -> HttpResponse:
    """Change a subscriber's address once the owner of the new one presses the button."""
    change = links.requested_change(token)
    if change is None:
        return _link_expired(request, "change")
    form = _button_form(request, refusal)
    if form.is_valid():
        subscriptions.change_email(subscriber=change.subscriber, to=change.to)
        return render(request, "newsletters/email_changed.html")
    context = {"form": form, "address": part_hidden(change.to)}
    return render(request, "newsletters/change_email.html", context, status=form.status)


def _button_form(request: HttpRequest, refusal: Refusal | None) -> RefusableForm:
    """Return the form of a page with a button and no fields."""
    return RefusableForm(request.POST if request.method == "POST" else None, refusal=refusal)


def _link_expired(request: HttpRequest, purpose: str) -> HttpResponse:
    """Return the page that says that a link is not valid and how to get a new one.

    404, not 410: whoever has a link does not learn whether it was ever valid.
    """
    return render(request, "newsletters/link_over.html", {"purpose": purpose}, status=404)


def _subscription(
    request: HttpRequest, stored: StoredData, *, done: str = "", act: str = "", form: RefusableForm | None = None
) -> HttpResponse:
    """Show the stored data with a form for each command; `form` is the one of an `act` that was refused."""
    subscriber = stored.subscriber
    details = ("name", "organisation", "subject_style")
    context = {
        "stored": stored,
        "acts": _commands_for(stored),
        "done": done,
        "details": DetailsForm(initial={name: getattr(subscriber, name) for name in details} if subscriber else None),
        "address": NewAddressForm(),
        "erase": UnsubscribeForm(),
        "form": form,
    }
    if form:
        context[act] = form
    return render(request, "newsletters/subscription_detail.html", context, status=form.status if form else 200)


def _commands_for(stored: StoredData) -> list[str]:
    """Return the commands that apply: a new subscriber confirms before they change their address."""
    commands = {
        "details": stored.subscriber,
        "address": stored.subscriber and stored.subscriber.state != Subscriber.State.PENDING,
        "export": stored.rows,
        "erase": stored.subscriber or stored.enquiries or stored.suggestions,
    }
    return [act for act, is_possible in commands.items() if is_possible]


def _change_details(request: HttpRequest, stored: StoredData, form: RefusableForm) -> HttpResponse:
    if stored.subscriber:
        subscriptions.change_details(subscriber=stored.subscriber, **form.cleaned_data)
    return _subscription(request, stored_about(stored.email), done="details")


def _send_change_link(request: HttpRequest, stored: StoredData, form: RefusableForm) -> HttpResponse:
    with form.counted(LINK_REQUESTS, request) as is_taken:
        if is_taken and stored.subscriber:
            subscriptions.send_change_link(subscriber=stored.subscriber, to=form.cleaned_data["email"])
    if form.errors:
        return _subscription(request, stored, act="address", form=form)
    return _subscription(request, stored, done="address")


def _export(request: HttpRequest, stored: StoredData, form: RefusableForm) -> HttpResponse:
    response = JsonResponse(stored.for_file(), json_dumps_params={"indent": 2, "ensure_ascii": False})
    response.headers["Content-Disposition"] = 'attachment; filename="what-we-hold.json"'
    return response


def _erase(request: HttpRequest, stored: StoredData, form: RefusableForm) -> HttpResponse:
    never_again = form.cleaned_data["never_again"]
    subscriptions.erase(email=stored.email, never_again=never_again)
    return render(request, "newsletters/subscription_erased.html", {"never_again": never_again})


COMMANDS = {
    "details": (DetailsForm, _change_details),
    "address": (NewAddressForm, _send_change_link),
    "export": (RefusableForm, _export),
    "erase": (UnsubscribeForm, _erase),
}
