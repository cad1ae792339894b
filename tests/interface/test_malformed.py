"""Every way to be wrong: exit status 1, a message that names the place, never a traceback.

Each file of `malformed` begins with the lines that must be reported ('#= ' and the line; {file} and {folder} stand for
where it lies). What cannot be kept as a file is made here.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from dermatwin.cli import app

FOLDER = Path(__file__).parent / "malformed"
WITHOUT_LINES = {"sound.yaml", "base_circle_b.yaml", "alias_bomb.yaml"}
FILES = sorted(path.name for path in FOLDER.glob("*.yaml") if path.name not in WITHOUT_LINES)


def refused(path: Path | str, *more: str) -> str:
    result = CliRunner().invoke(app, ["screen", str(path), *more])
    assert result.exit_code == 1, result.output
    assert result.stdout == ""
    assert "Traceback" not in result.stderr
    return result.stderr


def expected_lines(path: Path) -> list[str]:
    lines = [line.removeprefix("#= ") for line in path.read_text(encoding="utf-8").splitlines() if line.startswith("#= ")]
    return [line.replace("{file}", str(path)).replace("{folder}", str(path.parent)) for line in lines]


def test_there_are_many_files():
    assert len(FILES) >= 60


@pytest.mark.parametrize("name", FILES)
def test_malformed_file(name):
    path = FOLDER / name
    assert sorted(refused(path).splitlines()) == sorted(expected_lines(path))


def test_json_twin_of_a_fault():
    result = CliRunner().invoke(app, ["screen", str(FOLDER / "needle_too_long.yaml"), "--json"])
    assert result.exit_code == 1
    assert json.loads(result.stdout) == {
        "faults": [{"path": "course.settings.cheek.needle_length", "found": "15 mm", "expected": "is outside 0.1-3.5 mm"}]
    }


def test_alias_bomb_is_not_expanded():
    lines = refused(FOLDER / "alias_bomb.yaml").splitlines()
    assert "a9.0: *a8 is an alias" in "\n".join(lines)
    assert len(lines) < 200


def test_missing_file(tmp_path):
    assert refused(tmp_path / "none.yaml") == f"{tmp_path}/none.yaml: does not exist\n"


def test_folder(tmp_path):
    assert refused(tmp_path) == f"{tmp_path}: is a folder; name the case file in it\n"


def test_empty_file(tmp_path):
    (tmp_path / "c.yaml").touch()
    assert "c.yaml: is empty" in refused(tmp_path / "c.yaml")


def test_binary_file(tmp_path):
    (tmp_path / "c.yaml").write_bytes(bytes(range(256)))
    assert "c.yaml: is binary, not text" in refused(tmp_path / "c.yaml")


def test_control_characters(tmp_path):
    (tmp_path / "c.yaml").write_bytes(b"title: a\x07b\n")
    assert "c.yaml: position 8: holds a control character" in refused(tmp_path / "c.yaml")


def test_latin_1(tmp_path):
    (tmp_path / "c.yaml").write_bytes("title: x\ndescription: Köln\n".encode("latin-1"))
    assert "c.yaml: is not UTF-8 text (line 2)" in refused(tmp_path / "c.yaml")


def test_utf_16(tmp_path):
    (tmp_path / "c.yaml").write_bytes("title: x\n".encode("utf-16"))
    assert "c.yaml: is binary" in refused(tmp_path / "c.yaml")


def test_50_megabytes_are_not_read(tmp_path):
    with (tmp_path / "c.yaml").open("wb") as stream:
        stream.truncate(50 * 2**20)
    assert "c.yaml: has 52,428,800 bytes; a case has at most 1,048,576" in refused(tmp_path / "c.yaml")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_named_pipe_does_not_hang(tmp_path):
    os.mkfifo(tmp_path / "c.yaml")
    assert "c.yaml: is not an ordinary file" in refused(tmp_path / "c.yaml")


def test_broken_link(tmp_path):
    (tmp_path / "c.yaml").symlink_to(tmp_path / "gone.yaml")
    assert "c.yaml: is a link to a file that does not exist" in refused(tmp_path / "c.yaml")


def test_link_to_itself(tmp_path):
    (tmp_path / "c.yaml").symlink_to(tmp_path / "c.yaml")
    assert "c.yaml: cannot be read: " in refused(tmp_path / "c.yaml")


def test_base_that_links_to_itself(tmp_path):
    (tmp_path / "b.yaml").symlink_to(tmp_path / "b.yaml")
    (tmp_path / "c.yaml").write_text("base: b.yaml\n")
    assert "b.yaml" in refused(tmp_path / "c.yaml")


def test_file_below_a_file(tmp_path):
    (tmp_path / "c.yaml").touch()
    assert "cannot be read: Not a directory" in refused(tmp_path / "c.yaml" / "d.yaml")


@pytest.mark.parametrize("opening", ["[", "{a: ", "- "])
def test_deep_nesting(tmp_path, opening):
    (tmp_path / "c.yaml").write_text(opening * 5000)
    assert "c.yaml: line 1, column " in refused(tmp_path / "c.yaml")


def test_too_many_values(tmp_path):
    (tmp_path / "c.yaml").write_text("sources: [" + "a," * 30_000 + "]")
    assert "more than 20,000 values" in refused(tmp_path / "c.yaml")


def test_too_many_bases(tmp_path):
    for number in range(12):
        (tmp_path / f"{number}.yaml").write_text(f"base: {number + 1}.yaml\n")
    assert f"{tmp_path}/8.yaml: base: 9.yaml is one base too many; at most 8" in refused(tmp_path / "0.yaml")


def test_terminal_codes_are_written_out(tmp_path):
    (tmp_path / "c.yaml").write_text('"\\e[31mred": "\\e]0;title\\a"\n')
    message = refused(tmp_path / "c.yaml")
    assert "\x1b" not in message
    assert "\\x1b[31mred: holds the character U+001B, which is no text; take it out" in message


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ("course.settings.cheek.needle_length=15 mm", "course.settings.cheek.needle_length: 15 mm is outside 0.1-3.5 mm"),
        ("zones.cheek.area=60 mm", "zones.cheek.area: 60 mm has the unit 'mm'"),
        ("zones.nose.area=60 cm^2", "zones.nose.area: is no place in this case: zones has 2 entries"),
        ("zones.7.area=60 cm^2", "zones.7.area: is no place in this case"),
        ("zones.cheek.area.x=1", "zones.cheek.area.x: is no place in this case: 60 cm^2 has nothing inside it called 'x'"),
        ("patient.aeg=3 yr", "patient.aeg: is not a known key; did you mean 'age'?"),
        ("patient.age", "--set: patient.age is not of the form path=value"),
        ("=3", "--set: =3 is not of the form path=value"),
        ("patient.age=[1", "--set patient.age: line 1, column 3"),
        ("patient.age=!!int 3", "is a YAML tag"),
        ("patient.age=", "patient.age: '' is not a quantity"),
    ],
)
def test_malformed_setting(setting, message):
    assert message in refused(FOLDER / "sound.yaml", "--set", setting)


def test_setting_a_place_twice():
    assert "sets the same place twice" in refused(FOLDER / "sound.yaml", "--set", "horizon=1 yr", "--set", "horizon=2 yr")


@pytest.mark.parametrize("name", ["python_tag.yaml", "alias_bomb.yaml", "many_faults_at_once.yaml"])
def test_as_a_program(name):
    done = subprocess.run(
        [sys.executable, "-m", "dermatwin", "simulate", str(FOLDER / name), "--json"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    assert json.loads(done.stdout)["faults"]
    assert "Traceback" not in done.stderr
