"""`dermatwin serve` as somebody meets it: an empty folder, the first administrator, a page, a backup, a clean end."""

import json
import os
import signal
import socket
import subprocess
import sys
import tomllib
import urllib.request
from pathlib import Path

import pytest
from django.core.management import call_command
from typer.testing import CliRunner

from dermatwin.cli import app
from dermatwin.cli import serve as verb
from dermatwin.core.errors import CaseError
from dermatwin.workbench.backups import back_up
from dermatwin.workbench.folder import Folder
from dermatwin.workbench.serve import running

ROOT = Path(__file__).parents[2]
PASSWORD = "a sentence that nobody guesses"


@pytest.fixture(scope="module")
def clinic(tmp_path_factory):
    """A folder that was served once, and what the server said of itself."""
    folder = tmp_path_factory.mktemp("served") / "clinic"
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {**os.environ, "DERMATWIN_ADMIN_PASSWORD": PASSWORD}
    command = [
        sys.executable,
        "-m",
        "dermatwin",
        "serve",
        "--folder",
        str(folder),
        "--admin",
        "anna",
        "--port",
        str(port),
        "--json",
    ]
    server = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    told = json.loads("".join(iter(server.stdout.readline, "}\n")) + "}")
    page = urllib.request.urlopen(told["address"]).read().decode()
    worker = children(server.pid)
    server.send_signal(signal.SIGTERM)
    out, err = server.communicate(timeout=60)
    return folder, told, page, worker, (server.returncode, out, err)


def children(pid):
    found = subprocess.run(["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, text=True, check=False)
    return [int(line) for line in found.stdout.split()]


def still_there(pid):
    found = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False).stdout
    return found.strip()[:1] not in ("", "Z")


def again(folder, *options):
    command = [sys.executable, "-m", "dermatwin", "serve", "--folder", str(folder), *options]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_the_first_start_makes_everything_and_shows_the_way_in(clinic):
    folder, told, page, _, _ = clinic
    assert told["folder"] == str(folder)
    assert "<h1>Sign in</h1>" in page
    assert {path.name for path in folder.iterdir()} >= {
        "workbench.sqlite3",
        "secret.key",
        "audit.key",
        "runs",
        "photos",
        "backups",
    }
    assert {path.stat().st_mode & 0o077 for path in folder.iterdir()} == {0}


def test_it_ends_cleanly_and_takes_its_worker_along(clinic):
    *_, worker, (status, _, err) = clinic
    assert status == 0
    assert "Traceback" not in err
    assert len(worker) == 1
    assert not still_there(worker[0])


def test_check_backup_and_restore(clinic, tmp_path):
    folder, *_ = clinic
    looked = again(folder, "--check", "--json")
    assert looked.returncode == 0, looked.stderr
    found = {one["what"]: (one["right"], one["said"]) for one in json.loads(looked.stdout)}
    assert found["database"] == (True, "sqlite, 0 migrations to be made")
    assert found["second factor"] == (None, "not set up yet: anna")
    end = found["audit log"][1].split()[-1]
    saved = again(folder, "--backup", str(tmp_path / "b.tar.gz"))
    assert (saved.returncode, end[:16] in saved.stdout) == (0, True)
    assert (tmp_path / "b.tar.gz").stat().st_mode & 0o077 == 0
    with pytest.raises(CaseError, match="exists already"):
        back_up(Folder(folder), tmp_path / "b.tar.gz")
    back = CliRunner().invoke(
        app, ["serve", "--restore", str(tmp_path / "b.tar.gz"), "--folder", str(tmp_path / "back"), "--json"]
    )
    assert json.loads(back.stdout)["audit"]["end"] == end
    assert (tmp_path / "back" / "audit.key").read_text() == (folder / "audit.key").read_text()
    assert (
        "not empty"
        in CliRunner().invoke(app, ["serve", "--restore", str(tmp_path / "b.tar.gz"), "--folder", str(folder)]).stderr
    )


def test_what_is_no_backup_is_said(tmp_path):
    (tmp_path / "x.tar.gz").write_bytes(b"nothing")
    told = CliRunner().invoke(app, ["serve", "--restore", str(tmp_path / "x.tar.gz"), "--folder", str(tmp_path / "y")])
    assert (told.exit_code, "is not a backup of a workbench" in told.stderr) == (1, True)


def test_without_the_extra_one_line_says_what_to_install(monkeypatch):
    monkeypatch.setattr(verb, "find_spec", lambda name: None if name == "waitress" else object())
    told = CliRunner().invoke(app, ["serve"])
    assert told.exit_code == 1
    assert told.stderr == "serve: needs more than is installed: pip install 'dermatwin[workbench]'\n"


def test_what_the_verb_needs_is_what_the_extra_brings():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    names = " ".join(project["optional-dependencies"]["workbench"]).replace("-", "_").lower()
    packages = {
        "django": "django",
        "allauth": "django_allauth",
        "csp": "django_csp",
        "simple_history": "django_simple_history",
    }
    assert [name for name in verb.NEEDED if packages.get(name, name) not in names] == []


def test_a_folder_that_is_no_clinic_is_not_checked(tmp_path):
    told = CliRunner().invoke(app, ["serve", "--folder", str(tmp_path / "nothing"), "--check"])
    assert (told.exit_code, "holds no clinic yet" in told.stderr) == (1, True)
    assert not (tmp_path / "nothing").exists()


def test_others_reach_it_only_through_a_proxy_with_tls(monkeypatch):
    for host in ("127.0.0.1", "::1", "localhost"):
        running.require_private(running.Place(host, 8000))
    with pytest.raises(CaseError, match="put a proxy with TLS before it"):
        running.require_private(running.Place("0.0.0.0", 8000))
    monkeypatch.setenv("DERMATWIN_ADDRESS", "https://clinic.example")
    running.require_private(running.Place("0.0.0.0", 8000))
    assert running.Place("0.0.0.0", 8000).address == "https://clinic.example"


def test_a_folder_is_served_once_at_a_time(tmp_path):
    folder = Folder(tmp_path).make()
    with running.alone(folder), pytest.raises(CaseError, match="is being served already"), running.alone(folder):
        pass
    with running.alone(folder):
        pass


@pytest.mark.django_db
def test_no_migration_is_missing(capsys):
    call_command("makemigrations", check_changes=True, dry_run=True, verbosity=0)


@pytest.mark.django_db
def test_the_made_up_clinic_has_thirty_people_at_every_stage():
    from dermatwin.workbench import demo
    from dermatwin.workbench.audit import verify
    from dermatwin.workbench.models import AdverseEvent, Clinic, Patient, Plan, Session, User

    password = demo.make()
    assert demo.make() == password  # made once
    assert User.objects.get(username="prescriber").check_password(password)
    assert Clinic.objects.get().made_up
    assert Patient.objects.count() == 30
    assert Plan.objects.exclude(signed_at=None).count() == 10
    assert {session.state for session in Session.objects.all()} == {"planned", "done"}
    assert AdverseEvent.objects.count() == 2
    assert verify().whole
