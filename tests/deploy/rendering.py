"""The files of deploy/, rendered with the ports and folders of a test."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
DEPLOY = ROOT / "deploy"
PYTHON = Path(sys.executable)
PROGRAMS = f"{os.environ['PATH']}:/usr/sbin:/sbin"  # nginx is in a folder that an ordinary user's path does not have
NAME = "community.example.org"  # in the files and in the certificate that is made here
# The relevant parts of Debian's nginx.conf, which includes /etc/nginx/conf.d and keeps an access log.
AROUND = """
{user}
worker_processes 2;
pid {folder}/nginx.pid;
error_log {folder}/start.log;
events {{ worker_connections 768; }}
http {{
    sendfile on;
    types {{ text/html html; }}
    access_log {folder}/access.log;
    gzip on;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/conf.d/*.conf;
}}
"""


def write_nginx(folder, *, http, https, onion, web):
    """Write everything that nginx reads into `folder` and return the main file.

    `http`, `https` and `onion` are its ports on 127.0.0.1; `web` are the ports of the web processes.
    """
    for name in ("conf.d", "portal", "www"):
        (folder / name).mkdir(parents=True)
    changes = {
        r"\n *listen \[::\].*": "",
        r"listen 80\b": f"listen 127.0.0.1:{http}",
        r"listen 443\b": f"listen 127.0.0.1:{https}",
        r"listen 127\.0\.0\.1:8081": f"listen 127.0.0.1:{onion}",
        r"/etc/nginx/portal/": f"{folder}/portal/",
        r"/var/log/nginx/": f"{folder}/",
        r"/var/www/portal": f"{folder}/www",
        r"( *server )127\.0\.0\.1:8000( .*\n)": "".join(rf"\g<1>127.0.0.1:{port}\g<2>" for port in web),
    }
    targets = {
        "portal.conf": "conf.d",
        "upstream.conf": "conf.d",
        "onion.conf": "conf.d",
        "serve.conf": "portal",
        "away.html": "www",
    }
    for name, target in targets.items():
        text = (DEPLOY / "nginx" / name).read_text()
        for pattern, change in changes.items():
            text = re.sub(pattern, change, text)
        (folder / target / name).write_text(text)
    _write_certificate(folder / "portal")
    main = folder / "nginx.conf"
    main.write_text(AROUND.format(folder=folder, user="user root;" if os.getuid() == 0 else ""))
    return main


def _write_certificate(folder):
    """Make a self-signed certificate, with the line of deploy/README.md."""
    readme = (DEPLOY / "README.md").read_text()
    line = re.search(r"openssl req .*?fullchain\.pem", readme, re.DOTALL)[0]
    line = line.replace("\\\n", " ").replace("/etc/nginx/portal", str(folder))
    subprocess.run(shlex.split(line), check=True, capture_output=True, timeout=60)


def nginx_command(main):
    """Return the command that starts nginx with a file that `write_nginx` made, in the foreground."""
    return [
        shutil.which("nginx", path=PROGRAMS),
        "-p",
        str(main.parent),
        "-e",
        str(main.parent / "start.log"),
        "-c",
        str(main),
        "-g",
        "daemon off;",
    ]


def unit(name):
    """Return the [Service] lines of a unit as pairs, those of the drop-in for all units included."""
    paths = (DEPLOY / "systemd" / name, DEPLOY / "systemd/portal-.service.d/hardening.conf")
    lines = "\n".join(path.read_text().partition("[Service]")[2].partition("\n[")[0] for path in paths)
    return [tuple(line.split("=", 1)) for line in lines.splitlines() if "=" in line and not line.startswith("#")]


def start_command(name):
    """Return the command of a unit with this machine's Python, to be run in ROOT with PORT in the environment."""
    line = dict(unit(name))["ExecStart"].replace("/srv/portal/.venv/bin", str(PYTHON.parent))
    return shlex.split(line)


def settings_file(path=DEPLOY / "portal.env"):
    """Return the names and values of an environment file, as a service manager reads them."""
    lines = [line for line in path.read_text().splitlines() if line and not line.startswith("#")]
    return {name: shlex.split(value)[0] for name, value in (line.split("=", 1) for line in lines)}
