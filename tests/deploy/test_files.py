"""The files of deploy/, each read by its program or compared with the others."""

import re
import shlex
import subprocess

import pytest
import yaml

from mscos import settings as portal_settings
from mscos.settings import HELPLINES
from tests.deploy import rendering
from tests.deploy.conftest import required
from tests.deploy.rendering import DEPLOY, ROOT
from tests.subprocesses import free_ports

README = (DEPLOY / "README.md").read_text()
UNITS = sorted(path.name for path in (DEPLOY / "systemd").glob("portal-*.*") if path.is_file())
SERVICES = [name for name in UNITS if name.endswith(".service")]
BIN = "/srv/portal/.venv/bin"


@pytest.fixture
def units(tmp_path, monkeypatch):
    """The units with this machine's Python, where systemd looks for them."""
    for path in (path for path in (DEPLOY / "systemd").rglob("*") if path.is_file()):
        target = tmp_path / path.relative_to(DEPLOY / "systemd")
        target.parent.mkdir(exist_ok=True)
        bin_here = str(rendering.PYTHON.parent)
        target.write_text(path.read_text().replace(BIN, bin_here).replace("/srv/portal", str(ROOT)))
    monkeypatch.setenv("SYSTEMD_UNIT_PATH", f"{tmp_path}:")


def output_of(*command):
    """Run a command; return its output and its exit code."""
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False, timeout=60)
    return done.stdout, done.returncode


def instance(name):
    return name.replace("@.", "@8000.")


def test_systemd_reads_the_units_without_a_complaint(units):
    analyze = required("systemd-analyze")
    assert output_of(analyze, "verify", "--man=no", *map(instance, UNITS)) == ("", 0)


@pytest.mark.parametrize("name", SERVICES)
def test_a_unit_may_do_little(units, name):
    """systemd's own measure, from 0 to 10: a unit without any hardening has 9.6."""
    said, code = output_of(
        required("systemd-analyze"), "security", "--offline=yes", "--threshold=12", "--no-pager", instance(name)
    )
    assert code == 0, said.splitlines()[-1]


@pytest.mark.parametrize("name", SERVICES)
def test_a_unit_writes_no_line_into_the_journal(name):
    lines = dict(rendering.unit(name))
    assert re.fullmatch(r"append:/var/log/portal/\w+\.log", lines["StandardOutput"])
    assert lines["StandardError"] == "inherit"
    assert (lines["User"], lines["EnvironmentFile"]) == ("portal", "/etc/portal/portal.env")


def test_nginx_reads_its_files_without_a_complaint(tmp_path):
    ports = dict(zip(("http", "https", "onion"), free_ports(3), strict=True))
    main = rendering.write_nginx(tmp_path / "nginx", web=[8000], **ports)
    said, code = output_of(required("nginx"), "-t", *rendering.nginx_command(main)[1:-2])
    assert (re.findall(r"\[\w+\].*", said), code) == ([], 0)


def test_every_server_of_nginx_keeps_no_log():
    for path in (DEPLOY / "nginx").glob("*.conf"):
        text = path.read_text()
        servers = text.count("\nserver {")
        assert text.count("    access_log off;\n    error_log /var/log/nginx/error.log emerg;\n") == servers, path.name


def test_the_page_that_nginx_shows_names_the_portals_helplines():
    page = (DEPLOY / "nginx/away.html").read_text()
    shown = re.findall(r"<li>(.*?): <a href=\"tel:(\d+)\">([\d ]+)</a> \((.*?)\)</li>", page)
    assert shown == [
        (name.replace("&", "&amp;"), number.replace(" ", ""), number, hours) for name, number, hours in HELPLINES
    ]


def test_logrotate_reads_its_file_without_a_complaint(tmp_path):
    text = (DEPLOY / "logrotate.conf").read_text().replace("/var/log/portal", str(tmp_path))
    (tmp_path / "portal").write_text(text)
    said, code = output_of(required("logrotate"), "-d", "--state", str(tmp_path / "state"), str(tmp_path / "portal"))
    assert (re.findall(r"error.*", said), code) == ([], 0)


def test_every_setting_in_the_environment_file_is_one_of_the_portals():
    documented = set(re.findall(r"`([A-Z_]+)`", (ROOT / "docs/settings.md").read_text()))
    named = set(re.findall(r"^#?([A-Z_]+)=", (DEPLOY / "portal.env").read_text(), re.MULTILINE))
    assert named - documented == set()
    assert {"SITE_URL", "DATABASE_URL", "EMAIL_URL", "TRUSTED_PROXIES"} <= set(rendering.settings_file())


def test_the_units_start_what_the_procfile_names():
    lines = dict(line.split(": exec ", 1) for line in (ROOT / "Procfile").read_text().splitlines())
    started = {
        name: dict(rendering.unit(unit))["ExecStart"].removeprefix(f"{BIN}/")
        for name, unit in (("web", "portal-web@.service"), ("worker", "portal-worker.service"))
    }
    assert started == lines


# The containers do as the units do


def compose():
    return yaml.safe_load((DEPLOY / "compose.yaml").read_text())


@pytest.mark.parametrize(("service", "unit"), [("web", "portal-web@.service"), ("worker", "portal-worker.service")])
def test_a_container_starts_what_the_unit_starts(service, unit):
    command = dict(rendering.unit(unit))["ExecStart"].replace("/srv/portal/", "")
    log = dict(rendering.unit(unit))["StandardOutput"].removeprefix("append:")
    assert shlex.split(compose()["services"][service]["command"]) == ["sh", "-c", f"exec {command} >>{log} 2>&1"]


def test_no_container_is_logged_by_the_engine_or_may_do_more_than_it_must():
    services = compose()["services"]
    assert {
        name: (service["logging"], service["cap_drop"], service["read_only"]) for name, service in services.items()
    } == {
        name: ({"driver": "none"}, ["ALL"], True) for name in ("prepare", "web", "worker", "database", "cache", "proxy")
    }
    assert [port for service in services.values() for port in service.get("ports", [])] == ["127.0.0.1:8000:8000"]


def test_the_containers_have_the_same_files_and_settings():
    services = compose()["services"]
    mounted = [volume.split(":")[0] for service in services.values() for volume in service.get("volumes", [])]
    assert [name for name in mounted if name.startswith("./") and not (DEPLOY / name).is_file()] == []
    documented = set(re.findall(r"`([A-Z_]+)`", (ROOT / "docs/settings.md").read_text()))
    assert {services[name]["env_file"] for name in ("prepare", "web", "worker")} == {"/etc/portal/portal.env"}
    assert set(services["web"]["environment"]) - documented == set()
    line = next(line for line in README.splitlines() if "initdb_options" in line)
    assert services["database"]["environment"]["POSTGRES_INITDB_ARGS"] in line


def test_the_image_holds_the_code_and_starts_the_web_process():
    lines = (DEPLOY / "Containerfile").read_text().splitlines()
    steps = [line.split(" ", 1) for line in lines if line and not line.startswith("#")]
    copied = [name for step, words in steps if step == "COPY" for name in words.split()[:-1]]
    assert [name for name in copied if not (ROOT / name).exists()] == []
    apps = {app for app in portal_settings.INSTALLED_APPS if (ROOT / app).is_dir()}
    assert apps | {"templates", "static", "deploy", "manage.py", "requirements.txt", "Makefile", "LICENSE"} == set(
        copied
    )
    assert dict(steps)["USER"] == "portal"
    assert " ".join(yaml.safe_load(dict(steps)["CMD"])) == dict(rendering.unit("portal-web@.service"))["ExecStart"]


# README.md names what is there


def test_every_file_that_a_step_names_is_there_and_every_file_is_named():
    named = set(re.findall(r"deploy/([\w./@-]*\w)", README)) | set(re.findall(r"\]\(((?!\.\.|#)[^)]+)\)", README))
    assert [name for name in sorted(named) if not (DEPLOY / name).exists()] == []
    folders = {name for name in named if (DEPLOY / name).is_dir()}
    files = [
        path.relative_to(DEPLOY) for path in DEPLOY.rglob("*") if path.is_file() and "__pycache__" not in path.parts
    ]
    containers = {"pg_hba.conf"}  # compose.yaml names it
    unnamed = [str(file) for file in files if str(file) not in named and not folders & {str(f) for f in file.parents}]
    assert sorted(set(unnamed) - containers - {"README.md"}) == []


def test_the_table_of_contents_is_that_of_the_steps():
    contents = re.findall(r"^(\d+)\. \[(.*?)\]\(#(.*?)\)$", README, re.MULTILINE)
    steps = re.findall(r"^## (\d+)\. (.*)$", README, re.MULTILINE)
    assert [(number, title) for number, title, _ in contents] == steps
    anchors = [re.sub(r"[^\w -]", "", f"{number}. {title}".lower()).replace(" ", "-") for number, title in steps]
    assert [anchor for _, _, anchor in contents] == anchors


def test_each_shell_script_is_one(tmp_path):
    for name in ("portal", "watch"):
        assert output_of("sh", "-n", str(DEPLOY / name)) == ("", 0)
        assert (DEPLOY / name).stat().st_mode & 0o111 == 0o111
    steps = "\n".join(line[4:] for line in README.splitlines() if line.startswith("    "))
    (tmp_path / "steps").write_text(steps)
    assert output_of("bash", "-n", str(tmp_path / "steps")) == ("", 0)
