"""The admin of people who sign in, for administrators. It shows no passwords: everybody sets their own by mail."""

from typing import Any

from allauth.account import admin as allauth_account_admin  # noqa: F401  registers what is taken out below
from allauth.account.models import EmailAddress
from allauth.mfa import admin as allauth_mfa_admin  # noqa: F401  the same
from allauth.mfa.models import Authenticator
from django import forms
from django.contrib import admin
from django.contrib.auth import admin as auth_admin  # noqa: F401  the same
from django.contrib.auth.models import Group
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest

from mscos.accounts.actions import give_address
from mscos.groups import CALL_HANDLERS
from mscos.models import User
from mscos.portal_admin import PortalAdmin

# What a group may do is granted by migrations (mscos/groups.py); addresses and second factors follow the person.
for model in (Group, EmailAddress, Authenticator):
    admin.site.unregister(model)


class PersonForm(forms.ModelForm):
    """A person, without a password."""

    class Meta:
        model = User
        fields = (
            "email",
            "display_name",
            "organisation",
            "role",
            "groups",
            "is_staff",
            "is_superuser",
            "is_active",
        )
        labels = {"is_staff": "Staff", "is_superuser": "Administrator", "is_active": "May sign in"}
        help_texts = {
            "email": "A new person opens 'Sign in', then 'Forgotten password', to set a password.",
            "groups": "What this person may do. Nobody needs more than their work asks for.",
            "is_staff": "May open these pages, after a second step.",
            "is_superuser": "May do everything here, and make accounts.",
            "is_active": "Untick this when somebody leaves.",
        }
        widgets = {"groups": forms.CheckboxSelectMultiple}

    by: User  # who is changing this person

    def clean_groups(self) -> Any:
        """Refuse people who make themselves call handlers: a second person has to know of it."""
        groups = self.cleaned_data["groups"]
        handles = any(group.name == CALL_HANDLERS for group in groups)
        if self.instance.pk == self.by.pk and handles and not self.instance.groups.filter(name=CALL_HANDLERS).exists():
            raise forms.ValidationError(
                "You cannot make yourself a call handler. Ask another administrator, so that two people know of it."
            )
        return groups

    def clean_email(self) -> str:
        """Return the address in lower case: sign-in ignores case, so no two people may differ only in it."""
        return str(self.cleaned_data["email"]).lower()


@admin.register(User)
class PersonAdmin(PortalAdmin):
    """The admin of people, for administrators only."""

    form = PersonForm
    list_display = ("display_name", "email", "group_names", "is_staff", "second_step", "is_active", "last_login")
    list_filter = ("groups", "is_staff", "is_active")
    search_fields = ("display_name", "email", "organisation")
    ordering = ("display_name",)
    show_full_result_count = False
    actions = ("remove_second_step",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        """Return all people with what the list shows of them."""
        apps = Authenticator.objects.filter(user=OuterRef("pk"), type=Authenticator.Type.TOTP)
        people: QuerySet[User] = super().get_queryset(request)
        return people.prefetch_related("groups").annotate(has_second_step=Exists(apps))

    @admin.display(description="groups")
    def group_names(self, person: User) -> str:
        """Return the names of the person's groups."""
        return ", ".join(sorted(group.name for group in person.groups.all()))

    @admin.display(description="second step", boolean=True)
    def second_step(self, person: Any) -> bool:
        """Return whether the person's sign-in has a second factor."""
        return bool(person.has_second_step)

    @admin.action(description="Remove the second step (for somebody who lost their phone and recovery codes)")
    def remove_second_step(self, request: HttpRequest, people: QuerySet[User]) -> None:
        """Let people set their second factor up again; they cannot enter the admin until they have."""
        Authenticator.objects.filter(user__in=people).delete()
        for person in people:
            self.log_change(request, person, "Second step removed")
        self.message_user(request, "Removed. They are asked to set it up again before they enter these pages.")

    def get_form(self, request: HttpRequest, obj: Any = None, *args: Any, **kwargs: Any) -> Any:
        """Tell the form who is changing the person."""
        form = super().get_form(request, obj, *args, **kwargs)
        return type("PersonFormOf", (form,), {"by": request.user})

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """List the people alone: what is deleted with them may name things that not every administrator may see."""
        _, *others = super().get_deleted_objects(objs, request)
        return [str(person) for person in objs], *others

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:  # noqa: FBT001
        """Save a person and their one address; a new person has no password yet, a new address is not verified yet."""
        if not change:
            obj.set_unusable_password()
        super().save_model(request, obj, form, change)
        give_address(user=obj)

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Allow administrators only, here and below: whoever may change people may become anybody."""
        return bool(request.user.is_superuser)

    def has_view_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Allow administrators only."""
        return bool(request.user.is_superuser)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Allow administrators only."""
        return bool(request.user.is_superuser)

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Allow administrators only."""
        return bool(request.user.is_superuser)

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Allow administrators only."""
        return bool(request.user.is_superuser)
