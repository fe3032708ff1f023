"""The groups of staff, and how a room's migration gives a group its rights."""

from collections.abc import Callable, Iterable
from typing import Any

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

EDITORS = "Editors"
MODERATORS = "Moderators"
CALL_HANDLERS = "Call handlers"

Step = Callable[[Apps, BaseDatabaseSchemaEditor], None]


def editing_rights(*models: str) -> list[tuple[str, str]]:
    """Return (model, codename) pairs for viewing, adding, changing and deleting each of `models` (lower case names)."""
    return [(model, f"{verb}_{model}") for model in models for verb in ("view", "add", "change", "delete")]


def grant(group: str, app_label: str, rights: Iterable[tuple[str, str]]) -> migrations.RunPython:
    """Return a migration step that gives `group` these rights, as (model, codename) pairs of one app.

    Django makes permissions only after the last migration, so the step makes those it needs; Django then finds them.
    Taking the step back takes the rights from the group and leaves the permissions.
    """
    wanted = list(rights)

    def permissions(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> list[Any]:
        content_types = apps.get_model("contenttypes", "ContentType").objects.using(schema_editor.connection.alias)
        known = apps.get_model("auth", "Permission").objects.using(schema_editor.connection.alias)
        rows = []
        for model, codename in wanted:
            content_type, _ = content_types.get_or_create(app_label=app_label, model=model)
            name = f"Can {codename.replace('_', ' ')}"
            row, _ = known.get_or_create(content_type=content_type, codename=codename, defaults={"name": name})
            rows.append(row)
        return rows

    def step(act: str) -> Step:
        def run(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
            groups = apps.get_model("auth", "Group").objects.using(schema_editor.connection.alias)
            getattr(groups.get(name=group).permissions, act)(*permissions(apps, schema_editor))

        return run

    return migrations.RunPython(step("add"), step("remove"))
