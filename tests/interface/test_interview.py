"""The interview: what is asked, how answers are read, and a case file that loads; by hand, and through a pipe."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from builders import dermatwin
from dermatwin.case import Case, load_case
from dermatwin.cli import app
from dermatwin.evidence import Evidence
from dermatwin.history import anamnesis
from dermatwin.interview import Ask, case_text, interview
from dermatwin.screening import screen

EVIDENCE = Evidence.packaged()
TODAY = date(2026, 1, 5)
QUESTIONS = {row.question: row for row in anamnesis(EVIDENCE).values()}

COURSE = {
    "Age in years": "34",
    "Sex": "f",
    "Phototype: how the skin takes strong sun": "4",
    "Body weight in kg": "",
    "Name the site that is treated": "cheek",
    "Name the next site": "",
    "Area of the cheek that is treated, in cm2": "60",
    "What bothers the person there": "wrinkles",
    "Device": "pen 12",
    "Day of the first session": "2026-01-12",
    "Number of sessions": "3",
    "Weeks from one session to the next": "4",
    "Needle length for the cheek, in mm": "1",
    "Passes": "",
    "Other treatments beside the needling": "",
}
NOTHING_ELSE = {
    "Another illness or skin condition": "",
    "Another medicine, cream or supplement": "",
    "Another allergy": "",
    "Another treatment in the last months": "",
}
DETAILS = {
    "Which, or what it is exactly": "",
    "Where": "",
    "Since when": "",
    "Until when": "",
    "On which day, the last time": "",
}


def talked(*said: str, most: int = 300, **answers: Any) -> tuple[dict[str, Any], list[Ask]]:
    """The values of a conversation, and all that was asked; `said` are pairs of a question and its answers in turn."""
    book = {**COURSE, **NOTHING_ELSE, **DETAILS, **{q: answers.get(row.id, "no") for q, row in QUESTIONS.items()}}
    turns = {question: answer.split("|") for question, answer in zip(said[::2], said[1::2], strict=True)}
    talk = interview(EVIDENCE, TODAY)
    asks, ask = [], next(talk)
    for _ in range(most):
        asks.append(ask)
        queue = turns.get(ask.text)
        answer = queue.pop(0) if queue else book[ask.text]
        try:
            ask = talk.send(answer)
        except StopIteration as end:
            return end.value, asks
    raise AssertionError(f"no end: {asks[-1]}")


def written(tmp_path: Path, values: dict[str, Any]) -> Case:
    (tmp_path / "case.yaml").write_text(case_text(values, EVIDENCE), encoding="utf-8")
    return load_case(tmp_path / "case.yaml")


def test_an_interview_in_which_everything_is_no_is_a_complete_case(tmp_path: Path) -> None:
    case = written(tmp_path, talked()[0])
    found = screen(case, EVIDENCE)
    assert found.complete
    assert found.verdict == "caution"  # phototype IV
    assert (case.patient.age, case.patient.sex, case.patient.phototype) == (34.0, "female", "IV")
    assert (case.course.device, case.course.start) == ("pen-12", date(2026, 1, 12))
    assert case.session_days == (0.0, 28.0, 56.0)
    assert (case.course.settings["cheek"].needle_length, case.course.settings["cheek"].passes) == (1.0, 4)


def test_what_is_skipped_is_what_the_screening_lists(tmp_path: Path) -> None:
    skipped = {"keloid": "skip", "hiv": "s", "tan": "SKIP"}
    case = written(tmp_path, talked(**skipped)[0])
    assert {one.id for one in screen(case, EVIDENCE).not_asked} == set(skipped)


def test_questions_are_those_of_the_person_and_the_course() -> None:
    def ids(*said: str, **answers: str) -> set[str]:
        return {QUESTIONS[ask.text].id for ask in talked(*said, **answers)[1] if ask.text in QUESTIONS}

    assert {"pregnancy", "cold_sores"} <= ids()
    assert "pregnancy" not in ids("Sex", "male")
    assert "pregnancy" not in ids("Age in years", "70 yr")
    assert not {"flicker", "metal_implant", "diabetes_uncontrolled"} & ids()
    assert "flicker" in ids("Other treatments beside the needling", "LED light")
    assert "diabetes_uncontrolled" in ids(diabetes="yes")


def test_details_are_asked_after_a_yes_and_kept(tmp_path: Path) -> None:
    values, asks = talked(
        *("Which, or what it is exactly", "Xarelto", "Since when", "2025-02-30|2025-06-01", "Until when", "2024-01-01|"),
        blood_thinner="y",
    )
    faults = [ask.fault for ask in asks if ask.fault]
    assert faults == [
        "'2025-02-30' is not a day of the calendar; type for example 2026-01-12",
        "'2024-01-01' is before it began, 2025-06-01",
    ]
    reply = written(tmp_path, values).patient.anamnesis["blood_thinner"]
    assert (reply.answer, reply.which, reply.since, reply.until) == ("yes", "Xarelto", date(2025, 6, 1), None)


def test_a_place_is_one_that_is_known(tmp_path: Path) -> None:
    values, asks = talked("Where", "the moon|on the shoulder", keloid="yes")
    assert [ask.fault for ask in asks if ask.fault] == [
        "'the moon' is no place that is known here; type a site such as cheek, or the chest, the back"
    ]
    assert written(tmp_path, values).patient.anamnesis["keloid"].zone == "shoulder"
    assert talked("Where", "chest", keloid="yes")[0]["patient"]["anamnesis"]["keloid"]["zone"] == "chest"


@pytest.mark.parametrize(
    ("question", "wrong", "told"),
    [
        ("Age in years", "old", "'old' is not a quantity"),
        ("Age in years", "340", "'340' is outside 0-120 yr"),
        ("Age in years", "34 kg", "'34 kg'"),
        ("Sex", "femael", "did you mean 'female'?"),
        ("Phototype: how the skin takes strong sun", "7", "'7' is not one of I, II, III, IV, V, VI"),
        ("Body weight in kg", "heavy", "'heavy' is not a quantity"),
        ("Name the site that is treated", "chek", "did you mean cheek"),
        ("Name the site that is treated", "", "is not a site of human skin"),
        ("Name the next site", "cheek", "cheek is a zone already"),
        ("Area of the cheek that is treated, in cm2", "0", "'0' is outside"),
        ("Area of the cheek that is treated, in cm2", "1,200", "may be '1.200 cm^2' or '1200 cm^2'"),
        ("What bothers the person there", "wrinkels", "did you mean 'wrinkles'?"),
        ("Device", "pen 21", "did you mean pen-12"),
        ("Device", "morpheus8", "is not a device of the catalogue"),
        ("Day of the first session", "tomorrow", "'tomorrow' is not a date"),
        ("Number of sessions", "0", "'0' is not a whole number from 1 to 20"),
        ("Weeks from one session to the next", "58", "is outside"),
        ("Needle length for the cheek, in mm", "3", "is outside the range of"),
        ("Passes", "many", "'many' is not a whole number from 1 to 100"),
        ("Other treatments beside the needling", "led light, 7", "'7' is not the name of a treatment"),
        ("Are you pregnant?", "perhaps", "'perhaps' is not an answer here; type yes, no, or skip"),
        ("Another allergy", "x" * 201, "has 201 characters; at most 200 fit"),
    ],
)
def test_a_bad_answer_is_asked_again_with_what_would_be_right(tmp_path: Path, question: str, wrong: str, told: str) -> None:
    good = {**COURSE, **NOTHING_ELSE, "Are you pregnant?": "no"}[question]
    values, asks = talked(question, f"{wrong}|{good}")
    (again,) = [ask for ask in asks if ask.fault]
    assert again.text == question
    assert told in again.fault
    assert values == talked()[0]
    assert screen(written(tmp_path, values), EVIDENCE).complete


def test_sessions_end_before_the_twin_does(tmp_path: Path) -> None:
    values, asks = talked("Number of sessions", "20", "Weeks from one session to the next", "10|6")
    assert any("puts the last of 20 sessions 1100 days or more" in ask.fault for ask in asks)
    case = written(tmp_path, values)
    assert case.horizon == case.session_days[-1] + 168.0


def test_a_last_session_on_the_last_day_is_asked_again(tmp_path: Path) -> None:
    values, asks = talked("Number of sessions", "12", "Weeks from one session to the next", "100 days|14 weeks")
    assert any("1100 days or more" in ask.fault for ask in asks)
    assert written(tmp_path, values).session_days[-1] == 11 * 98.0


def test_a_treatment_beside_is_named_as_everywhere() -> None:
    assert talked("Other treatments beside the needling", "crème mask")[0]["course"]["adjuncts"] == [
        {"adjunct": "creme_mask"}
    ]


def test_one_session_has_no_interval_and_an_empty_day_is_today(tmp_path: Path) -> None:
    values, asks = talked("Number of sessions", "1", "Day of the first session", "")
    assert "Weeks from one session to the next" not in [ask.text for ask in asks]
    case = written(tmp_path, values)
    assert (case.course.start, case.session_days) == (TODAY, (0.0,))


def test_several_sites_concerns_and_other_things(tmp_path: Path) -> None:
    values, _ = talked(
        *("Name the next site", "neck|", "Area of the neck that is treated, in cm2", "20,5"),
        *("What bothers the person there", "wrinkles, acne scars rolling|fine lines"),
        *("Needle length for the neck, in mm", "0.5 mm"),
        *("Another medicine, cream or supplement", "levothyroxine|vitamin D|"),
    )
    case = written(tmp_path, values)
    assert [zone.key for zone in case.zones] == ["cheek", "neck"]
    assert [record.concern for record in case.zones[0].concerns] == ["wrinkles", "acne_scar_rolling"]
    assert case.zones[1].area == 20.5
    assert [item.name for item in case.patient.medications] == ["levothyroxine", "vitamin D"]


def test_each_group_is_announced_once_with_its_number_of_questions() -> None:
    headings = [ask.heading for ask in talked()[1] if ask.heading]
    assert len(headings) == len(set(headings))
    assert "Pregnancy (5 questions)" in headings


def test_the_file_says_each_question_beside_its_answer() -> None:
    text = case_text(talked(keloid="yes")[0], EVIDENCE)
    (line,) = [line for line in text.splitlines() if line.strip().startswith("keloid:")]
    assert "Have you ever had a keloid" in line


# ---- through the program -----------------------------------------------------------------------------------------------


def typed(**answers: str) -> str:
    """The lines that somebody would type."""
    lines: list[str] = []
    book = {**COURSE, **NOTHING_ELSE, **DETAILS, **{q: answers.get(row.id, "no") for q, row in QUESTIONS.items()}}
    talk = interview(EVIDENCE, TODAY)
    ask = next(talk)
    while True:
        lines.append(book[ask.text])
        try:
            ask = talk.send(lines[-1])
        except StopIteration:
            return "\n".join(lines) + "\n"


def test_answers_may_be_piped(tmp_path: Path) -> None:
    path = tmp_path / "case.yaml"
    done = subprocess.run(
        [sys.executable, "-m", "dermatwin", "new", "--interview", str(path)],
        input=typed(keloid="yes"),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert f"Wrote {path}. Next: dermatwin screen {path}" in done.stdout
    assert "Are you pregnant? [yes, no, or skip]: no\n" in done.stdout  # the transcript says what was taken for what
    assert load_case(path).patient.anamnesis["keloid"].answer == "yes"
    assert screen(load_case(path), EVIDENCE).complete


def test_json_is_all_that_stands_on_standard_output(tmp_path: Path) -> None:
    path = tmp_path / "case.yaml"
    done = CliRunner().invoke(app, ["new", "--interview", str(path), "--json"], input=typed())
    assert done.exit_code == 0
    assert done.stdout.strip().startswith("{")
    assert path.exists()


@pytest.mark.parametrize("lines", [0, 1, 20, 60])
def test_input_that_ends_too_early_writes_nothing(tmp_path: Path, lines: int) -> None:
    path = tmp_path / "case.yaml"
    some = "".join(typed().splitlines(keepends=True)[:lines])
    done = CliRunner().invoke(app, ["new", "--interview", str(path)], input=some)
    assert done.exit_code == 1
    assert "standard input: ended before it was answered: " in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert not list(tmp_path.iterdir())


def test_a_bad_answer_in_a_pipe_takes_the_place_of_one_and_the_end_comes_too_early(tmp_path: Path) -> None:
    lines = typed().splitlines(keepends=True)
    done = CliRunner().invoke(app, ["new", "--interview", str(tmp_path / "case.yaml")], input="old\n" + "".join(lines[1:]))
    assert done.exit_code == 1
    assert "'old' is not a quantity" in done.stdout
    assert not list(tmp_path.iterdir())


def test_leaving_keeps_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("builtins.input", _raises(KeyboardInterrupt))
    dermatwin("new", "--interview", tmp_path / "case.yaml", status=130)
    assert not list(tmp_path.iterdir())


def test_a_file_that_is_there_is_told_of_before_anything_is_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "case.yaml").write_text("mine", encoding="utf-8")
    monkeypatch.setattr("builtins.input", _raises(AssertionError))
    done = dermatwin("new", "--interview", tmp_path / "case.yaml", status=1)
    assert "exists already" in done.stderr
    assert (tmp_path / "case.yaml").read_text(encoding="utf-8") == "mine"


def _raises(kind: type[BaseException]) -> Callable[[str], str]:
    def ask(prompt: str) -> str:
        raise kind

    return ask
