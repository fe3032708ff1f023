"""The house rules that a machine can check."""

import ast
import re
import statistics
import subprocess
import sys
from pathlib import Path

import pytest
from django.apps import apps
from django.contrib import admin
from django.db import migrations, models
from django.db.migrations.loader import MigrationLoader

from mscos.portal_admin import PortalAdmin

ROOT = Path(__file__).resolve().parent.parent
APPS = ("mscos", "outcomes", "events", "forums", "newsletters")
SOURCES = sorted(path for app in APPS for path in (ROOT / app).rglob("*.py") if "migrations" not in path.parts)
TEMPLATES = sorted((ROOT / "templates").rglob("*.*"))
PROJECT_FILES = [
    ROOT / name
    for name in subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=True, timeout=120,
    ).stdout.splitlines()
]  # fmt: skip


def name_of(path):
    return str(path.relative_to(ROOT))


def functions():
    """Yield each function of the apps with its file and the number of its lines, without its docstring."""
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef):
                first = node.body[0]
                documented = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
                start = node.body[1].lineno if documented and len(node.body) > 1 else first.lineno
                yield path, node, node.end_lineno - start + 1


def actions():
    """Yield each action with its file: the public functions, not methods, that open a transaction."""
    for path in SOURCES:
        for node in ast.parse(path.read_text()).body:
            if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
                blocks = [
                    item.context_expr for each in ast.walk(node) if isinstance(each, ast.With) for item in each.items
                ]
                if any(ast.unparse(each).startswith("transaction.atomic") for each in node.decorator_list + blocks):
                    yield path, node


def test_the_apps_import_only_those_below_them():
    done = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        check=False,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout


def test_functions_stay_short():
    lengths = [length for _, _, length in functions()]
    assert [f"{name_of(path)}:{node.name}" for path, node, length in functions() if length > 50] == []
    assert statistics.median(lengths) < 10


def test_views_are_short():
    views = [(path, node, length) for path, node, length in functions() if path.name.endswith("views.py")]
    assert [f"{name_of(path)}:{node.name}" for path, node, length in views if length > 25] == []


def test_files_stay_under_four_hundred_lines():
    paths = [
        path
        for path in PROJECT_FILES
        if path.suffix in {".py", ".html"} and "migrations" not in path.parts and path.exists()
    ]
    assert [name_of(path) for path in paths if len(path.read_text().splitlines()) > 400] == []


def test_no_module_has_a_name_that_says_nothing():
    assert [name_of(path) for path in SOURCES if path.stem in {"utils", "helpers", "services", "common", "misc"}] == []


def test_actions_take_keywords_only_and_never_a_request():
    found = list(actions())
    assert len(found) > 50
    assert [f"{name_of(path)}:{node.name}" for path, node in found if node.args.args] == []
    arguments = {argument.arg for _, node in found for argument in node.args.kwonlyargs}
    assert arguments & {"request", "session", "meta"} == set()
    modules = {path for path, _ in found}
    assert [name_of(path) for path in sorted(modules) if "HttpRequest" in path.read_text()] == []


def test_an_action_takes_by_only_where_it_reads_it():
    unread = [
        f"{name_of(path)}:{node.name}"
        for path, node, _ in functions()
        if "by" in {argument.arg for argument in node.args.kwonlyargs}
        and "by" not in {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}
    ]
    assert unread == []


def test_every_admin_has_optimistic_locking():
    ours = [each for each in admin.site._registry.values() if each.opts.app_label in APPS]
    assert [str(each) for each in ours if not isinstance(each, PortalAdmin)] == []
    assert [str(each) for each in ours if each.list_editable] == []  # a list has no version


def test_no_admin_module_opens_a_transaction():
    modules = [path for path in SOURCES if "admin" in {path.stem, path.parent.name}]
    assert [name_of(path) for path in modules if "transaction" in path.read_text()] == []


def test_only_one_module_marks_html_as_safe():
    safe = re.compile(r"\bmark_safe\b|\bSafeString\(|\bSafeText\b")
    assert [name_of(path) for path in SOURCES if safe.search(path.read_text())] == ["mscos/text.py"]
    assert [
        name_of(path)
        for path in TEMPLATES
        if re.search(r"\|safe\b|autoescape off", path.read_text()) and path.suffix == ".html"
    ] == []


def test_templates_have_no_inline_style_or_script():
    inline = re.compile(r"<style|\sstyle=|\son(?:click|submit|load|change)=|<script(?![^>]*\bsrc=)|javascript:")
    # A mail cannot link to a stylesheet: the rules for dark mode and phones are in its head.
    newsletter = ROOT / "templates/newsletters/emails/issue.html"
    pages = [path for path in TEMPLATES if path.suffix == ".html" and path != newsletter]
    assert [name_of(path) for path in pages if inline.search(path.read_text())] == []


def test_templates_have_no_dead_links_and_no_link_called_here():
    bad = re.compile(r'href="#"|href=""|>\s*(?:here|click here|this link)\s*</a>|lorem ipsum|more soon', re.IGNORECASE)
    assert [name_of(path) for path in TEMPLATES if bad.search(path.read_text())] == []


def test_our_models_have_no_column_for_an_address_a_device_or_a_moment_of_writing():
    telling = re.compile(
        r"(^|_)(ip|ips|addr|address|host|agent|browser|device|fingerprint|referrer|referer|cookie|session)(_|$)"
    )
    fields = [
        (model, field) for model in apps.get_models() if model._meta.app_label in APPS for field in model._meta.fields
    ]
    assert [str(field) for _, field in fields if telling.search(field.name)] == []
    moments = [
        str(f)
        for m, f in fields
        if m._meta.app_label == "forums" and isinstance(f, models.DateTimeField | models.TimeField)
    ]
    # The times that the team offers for a call are in the future, and its procedure is written by the team: neither
    # tells when a reader wrote.
    assert moments == ["forums.CallOffer.starts", "forums.HistoricalSafeguardingProcedure.history_date"]


def test_saving_has_no_side_effects():
    """A write that does more than store its row is an action: no save() of our own, no signals between the apps."""
    saving = re.compile(r"def save\(|def delete\(|@receiver|post_save|pre_save\.connect|pre_delete")
    allowed = {"mscos/fields.py", "mscos/accounts/adapters.py", "mscos/accounts/forms.py"}
    assert [name_of(path) for path in SOURCES if saving.search(path.read_text()) and name_of(path) not in allowed] == []


def test_editorial_history_is_never_kept_of_posts_or_people():
    kept = {
        model._meta.label for model in apps.get_models() if hasattr(model, "history") and model._meta.app_label in APPS
    }
    assert {label for label in kept if not label.startswith("outcomes.")} == {
        "events.Event",
        "forums.SafeguardingProcedure",
        "newsletters.Issue",
        "newsletters.Section",
    }


def test_migrations_have_names_and_can_be_taken_back():
    loader = MigrationLoader(None)
    ours = [migration for (app, _), migration in loader.disk_migrations.items() if app in APPS]
    assert [migration.name for migration in ours if re.search(r"auto_\d{8}", migration.name)] == []
    steps = [operation for migration in ours for operation in migration.operations]
    assert [
        step for step in steps if isinstance(step, migrations.RunPython | migrations.RunSQL) and not step.reversible
    ] == []


def test_a_view_and_its_url_have_one_name():
    for app in APPS[1:]:
        urls = (ROOT / app / "urls.py").read_text()
        assert re.findall(r"views\.(\w+), name=\"(?!\1\")", urls) == []


def test_the_public_pages_leave_no_data_in_the_browser():
    script = (ROOT / "static/site.js").read_text()
    assert (
        re.findall(r"localStorage|sessionStorage|indexedDB|serviceWorker|beforeunload|document\.cookie", script) == []
    )


def test_documents_are_finished_and_their_links_lead_somewhere():
    for path in (
        path for path in PROJECT_FILES if path.suffix == ".md" and "vendor" not in path.parts and path.exists()
    ):
        text = path.read_text()
        links = [link.split("#")[0] for link in re.findall(r"\]\(([^)]+)\)", text) if "://" not in link]
        assert [link for link in links if link and not (path.parent / link).exists()] == [], name_of(path)
        assert re.findall(r"\b(?:TODO|TBD|FIXME|XXX|[A-Z]*SIZES|SUITE)\b", text) == [], name_of(path)
    assert len((ROOT / "README.md").read_text().splitlines()) <= 200


def test_lock_files_have_hashes_and_name_no_index():
    for name in ("requirements.txt", "requirements-dev.txt"):
        lock = (ROOT / name).read_text()
        assert re.findall(r"https?:|index|find.links|file:", lock) == []
        pinned = re.findall(r"^\S+==", lock, re.MULTILINE)
        assert len(pinned) == len(re.findall(r"^\S+==.*\\\n    --hash=sha256:", lock, re.MULTILINE)) > 20


def test_only_one_module_makes_many_rows():
    """It has PostgreSQL analyse them: without statistics a statement can run for hours."""
    in_sql = re.compile(r"INSERT INTO [^\"]*SELECT|generate_series|WITH RECURSIVE")
    tests = [path for path in PROJECT_FILES if name_of(path).startswith("tests/") and path.suffix == ".py"]
    fillers = [path for path in tests if in_sql.search(path.read_text()) or stores_many(ast.parse(path.read_text()))]
    assert [name_of(path) for path in fillers if path != Path(__file__)] == ["tests/bulk_rows.py"]


def stores_many(tree):
    """Return whether `bulk_create` is called with anything but a list display."""
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    stored = [call for call in calls if isinstance(call.func, ast.Attribute) and call.func.attr == "bulk_create"]
    return any(not (call.args and isinstance(call.args[0], ast.List)) for call in stored)


def test_no_test_waits_without_a_time_limit():
    starting = {"run", "call", "check_call", "check_output"}
    found = []
    for path in PROJECT_FILES:
        if not name_of(path).startswith("tests/") or path.suffix != ".py":
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                limited = any(keyword.arg == "timeout" for keyword in node.keywords)
                process = node.func.attr in starting and ast.unparse(node.func.value) == "subprocess"
                ends = node.func.attr in {"wait", "join", "communicate"} and not node.args
                if (process or ends) and not limited:
                    found.append(f"{name_of(path)}:{node.lineno}")
    assert found == []


@pytest.mark.parametrize("name", ["requirements.in", "requirements-dev.in"])
def test_every_dependency_states_its_reason(name):
    lines = [line for line in (ROOT / name).read_text().splitlines() if line and not line.startswith(("#", "-r"))]
    obvious = {"pytest", "pytest-django", "coverage", "mypy", "django-stubs"}
    assert [line for line in lines if "#" not in line and line.split("[")[0] not in obvious] == []


def test_each_start_up_check_has_an_id_of_its_own():
    sources = [path.read_text() for path in (ROOT / "mscos").rglob("*.py")]
    ids = [number for source in sources for number in re.findall(r'id="(mscos\.E\d+)"', source)]
    assert [number for number in ids if ids.count(number) > 1] == []
