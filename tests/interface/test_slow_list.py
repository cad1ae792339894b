"""The list of slow tests: what it names is there, and it says nothing of the machine on which it was measured."""

from pathlib import Path

ROOT = Path(__file__).parents[2]
NAMES = (ROOT / "tests" / "slow.txt").read_text(encoding="utf-8").splitlines()


def test_every_line_names_a_test_of_a_file_that_is_there():
    texts = {name: (ROOT / name).read_text(encoding="utf-8") for name in {line.partition("::")[0] for line in NAMES}}
    assert NAMES
    for line in NAMES:
        file, *_, test = line.partition("[")[0].split("::")
        assert f"def {test}(" in texts[file], line


def test_no_line_speaks_of_a_machine():
    assert [line for line in NAMES if str(ROOT) in line or "[/" in line or " /" in line] == []
