"""Migration steps that give the groups of staff their rights: frozen with the migrations, whatever the code becomes."""

from django.db import migrations

EDITORS, MODERATORS, CALL_HANDLERS = "Editors", "Moderators", "Call handlers"


def editing(*models):
    """Return (model, codename) pairs for viewing, adding, changing and deleting each of `models` (lower case names)."""
    return [(model, f"{verb}_{model}") for model in models for verb in ("view", "add", "change", "delete")]


def make_groups():
    """Return a step that makes the groups, without any right."""
    names = (EDITORS, MODERATORS, CALL_HANDLERS)

    def forwards(apps, schema_editor):
        for name in names:
            _rows(apps, schema_editor, "auth", "Group").get_or_create(name=name)

    def backwards(apps, schema_editor):
        _rows(apps, schema_editor, "auth", "Group").filter(name__in=names).delete()

    return migrations.RunPython(forwards, backwards)


def grant(group, app_label, rights):
    """Return a step that gives `group` some rights, as (model, codename) pairs of one app.

    Django makes permissions only after the last migration, so the step makes those it needs; Django then finds them.
    Taking the step back takes the rights from the group and leaves the permissions.
    """

    def forwards(apps, schema_editor):
        _permissions_of(apps, schema_editor, group).add(*_find_permissions(apps, schema_editor, app_label, rights))

    def backwards(apps, schema_editor):
        _permissions_of(apps, schema_editor, group).remove(*_find_permissions(apps, schema_editor, app_label, rights))

    return migrations.RunPython(forwards, backwards)


def _permissions_of(apps, schema_editor, group):
    return _rows(apps, schema_editor, "auth", "Group").get(name=group).permissions


def _find_permissions(apps, schema_editor, app_label, rights):
    found = []
    for model, codename in rights:
        kinds = _rows(apps, schema_editor, "contenttypes", "ContentType")
        kind, _ = kinds.get_or_create(app_label=app_label, model=model)
        defaults = {"name": f"Can {codename.replace('_', ' ')}"}
        permissions = _rows(apps, schema_editor, "auth", "Permission")
        permission, _ = permissions.get_or_create(content_type=kind, codename=codename, defaults=defaults)
        found.append(permission)
    return found


def _rows(apps, schema_editor, app_label, model):
    return apps.get_model(app_label, model).objects.using(schema_editor.connection.alias)
