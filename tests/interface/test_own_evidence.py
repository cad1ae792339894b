"""A clinic's own folder, laid over what is packaged: new things in every verb, no code changed; faults are clear lines."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from builders import dermatwin
from dermatwin.evidence.store import DATA
from dermatwin.twin.summary import sources_in

HERE = Path(__file__).parent / "own_evidence"
CASE, CLINIC = HERE / "case.yaml", HERE / "lake_clinic"
ROWS = {
    "sources": 1,
    "devices": 1,
    "vocabulary": 1,
    "actives": 1,
    "active_properties": 2,
    "products": 1,
    "excipients": 1,
    "concerns": 1,
    "default_courses": 1,
    "measurements/adverse_rates": 1,
    "screening_rules": 1,
}


def found(*arguments: object, status: int = 0):
    return json.loads(dermatwin(*arguments, "--evidence", CLINIC, "--json", status=status).stdout)


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """A stored run with the device, the product and the concern of the clinic."""
    target = tmp_path_factory.mktemp("own") / "run"
    dermatwin("simulate", CASE, "--evidence", CLINIC, "--draws", 20, "--out", target)
    return target


class TestEveryVerbKnowsIt:
    def test_without_the_folder_nothing_of_it_is_known(self):
        faults = dermatwin("simulate", CASE, status=1).stderr.splitlines()
        assert [fault.partition(":")[0] for fault in faults] == ["zones.neck.concerns.0.concern"]
        faults = dermatwin("simulate", CASE, "--set", "zones.neck.concerns=[]", status=1).stderr.splitlines()
        assert [fault.partition(":")[0] for fault in faults] == ["course.device"]  # a serum is never a reason to refuse

    def test_screen_follows_its_rule(self):
        assert found("screen", CASE)["verdict"] == "caution"
        stopped = found("screen", CASE, "--set", "patient.conditions=[thyroidectomy 2 months ago]", status=3)
        rules = [finding["rule"] for finding in stopped["findings"] if finding["level"] == "soft_stop"]
        assert rules == ["recent_surgery", "thyroid_surgery"]
        other = ("--set", "zones.neck.concerns=[{concern: wrinkles}]", "--set", "course.device=pen-12")
        assert (
            "lake ectoin serum" in dermatwin("screen", CASE, *other).stdout
        )  # asked about, and nothing else of it is needed

    def test_plan_proposes_its_course_and_its_device(self):
        plan = found("plan", CASE)
        (proposal,) = plan["proposals"]
        assert (proposal["concern"], proposal["device"], proposal["depth"]) == ("lake_lines", "lake-pen-9", 0.5)

    def test_simulate_delivers_its_active_and_answers_its_concern(self, folder):
        summary = json.loads((folder / "summary.json").read_text(encoding="utf-8"))
        names = {endpoint["name"] for endpoint in summary["endpoints"]}
        assert {"dermal_amount[ectoin]", "relative_improvement[lake_lines]"} <= names

    def test_its_counts_join_those_of_the_trials(self, folder):
        people = json.loads((folder / "summary.json").read_text(encoding="utf-8"))
        packaged = json.loads(
            dermatwin("simulate", CASE, *PLAIN, "--draws", 20, "--json").stdout  # the same zone with packaged things only
        )
        own, other = (_sources(summary, "pih_risk") for summary in (people, packaged))
        assert own - other == {"lake_clinic_2026"}

    def test_compare_sets_its_device_against_others(self):
        arms = found("compare", CASE, "--device", "lake-pen-9", "--device", "skinpen-precision", "--draws", 20)
        assert arms["provenance"]["overlay"][0]["name"] == "lake_clinic"
        assert [arm["arm"] for arm in arms["arms"]] == ["Lake Pen 9", "SkinPen Precision"]

    def test_map_lays_its_needles(self):
        assert found("map", CASE)

    def test_explain_knows_its_device_and_its_source(self):
        assert found("explain", "lake-pen-9")["facts"]["needle_count"] == 9
        assert found("explain", "lake_clinic_2026")["kind"] == "source"

    def test_validate_scores_its_measurements_alone(self):
        scores = found("validate", "--draws", 20)
        assert {name: file["rows"] for name, file in scores["files"].items()} == {"adverse_rates.csv": 1}
        assert scores["provenance"]["overlay"][0]["rows"] == ROWS

    def test_the_schema_for_editors_lists_its_concern(self):
        assert "lake_lines" in dermatwin("export", "schema", "--evidence", CLINIC).stdout
        assert "lake_lines" not in dermatwin("export", "schema").stdout


PLAIN = (
    "--set",
    "zones.neck.concerns=[{concern: wrinkles}]",
    "--set",
    "course.device=skinpen",
    "--set",
    "course.topicals=[]",
)


def _sources(summary, name: str) -> set[str]:
    return {source for end in summary["endpoints"] if end["name"] == name for source in sources_in(summary, end)}


class TestTheRunKeepsIt:
    def test_provenance_names_it(self, folder):
        told = json.loads((folder / "summary.json").read_text(encoding="utf-8"))["provenance"]
        (laid,) = told["overlay"]
        assert (laid["name"], laid["rows"]) == ("lake_clinic", ROWS)
        assert f"(digest {laid['digest']})" in (folder / "report.html").read_text(encoding="utf-8")
        assert "overlay" not in json.loads(dermatwin("simulate", CASE, *PLAIN, "--draws", 20, "--json").stdout)["provenance"]

    def test_the_run_folder_is_enough_to_repeat_it(self, folder, tmp_path):
        resolved, kept = folder / "case.resolved.yaml", folder / "evidence" / "lake_clinic"
        dermatwin("simulate", resolved, "--evidence", kept, "--draws", 20, "--out", tmp_path / "again", "--no-report")
        again = (tmp_path / "again" / "summary.json").read_bytes()
        assert again == (folder / "summary.json").read_bytes()

    def test_reading_it_again_needs_no_other_folder(self, folder, tmp_path):
        dermatwin("reread", folder, "--out", tmp_path / "kept", "--no-report")
        dermatwin("reread", folder, "--evidence", CLINIC, "--out", tmp_path / "named", "--no-report")
        kept, named = (tmp_path / name / "summary.json" for name in ("kept", "named"))
        assert kept.read_bytes() == named.read_bytes()
        assert "lake_clinic" in kept.read_text(encoding="utf-8")

    def test_a_run_that_lost_it_says_so(self, folder, tmp_path):
        shutil.copytree(folder, tmp_path / "run", ignore=shutil.ignore_patterns("evidence"))
        faults = dermatwin("reread", tmp_path / "run", status=1).stderr.strip().splitlines()
        lost = tmp_path / "run" / "evidence" / "lake_clinic"
        assert f"{lost / 'actives.csv'}: is missing, or no plain file; simulate the case again" in faults
        assert all(fault.startswith(f"{lost}/") for fault in faults)


def replaced(find: str, put: str) -> Callable[[str], str]:
    def change(text: str) -> str:
        assert find in text
        return text.replace(find, put)

    return change


def added(row: str) -> Callable[[str], str]:
    return lambda text: f"{text}{row}\n"


NUMB = "lake_thickness[neck],h,50,um,lognormal,0.1,0.1,0,10,200,C,lake_clinic_2026,"
FAULTS = [
    (
        "scales.csv",
        added("lake_lines,Lines of the lake,,,severity,0,4,lowr,1,1,clinician,,,C,lake_clinic_2026,"),
        "scales.csv:2.direction: lowr is not one of lower, higher; did you mean 'lower'?",
    ),
    (
        "concerns.csv",
        replaced(",surface,", ",surfce,"),
        "concerns.csv:2.driver: surfce is not one of scar, surface, pigment, dermis, hair, none; did you mean 'surface'?",
    ),
    (
        "products.csv",
        replaced("lake_clinic_2026", "lake_clinic_2025"),
        "products.csv:2.source: lake_clinic_2025 is not registered in sources; did you mean 'lake_clinic_2026'?",
    ),
    (
        "parameters/skin.csv",
        added(NUMB),
        "parameters/skin.csv:2.name: lake_thickness[neck] is a parameter that nothing reads; "
        "did you mean 'membrane_thickness'?",
    ),
    (
        "devices.csv",
        lambda text: text + text.splitlines()[1] + "\n",
        "devices.csv:3.id: lake-pen-9 stands here twice, first on line 2",
    ),
    (
        "devices.csv",
        replaced(",220,20,", ",220,240,"),
        "devices.csv:2.tip_diameter_um: 240 is above needle_diameter_um, 220",
    ),
    (
        "screening_rules.yaml",
        replaced("[lake_lines]", "[lake_line]"),
        "screening_rules.yaml:2.rules.thyroid_surgery.concerns: lake_line is not a concern; did you mean 'lake_lines'?",
    ),
]


def planted(folder: Path, name: str, change: Callable[[str], str]) -> Path:
    """The clinic's folder with one file changed; what the clinic lacks begins with the columns of the packaged file."""
    shutil.copytree(CLINIC, folder)
    source = CLINIC / name
    text = source.read_text(encoding="utf-8") if source.exists() else _columns(DATA / name)
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / name).write_text(change(text), encoding="utf-8")
    return folder


def _columns(path: Path) -> str:
    return path.read_text(encoding="utf-8").splitlines()[0] + "\n"


class TestFaults:
    @pytest.mark.parametrize(("name", "change", "says"), FAULTS, ids=lambda part: part if isinstance(part, str) else "")
    def test_is_one_line_with_its_place_and_what_would_be_right(self, tmp_path, name, change, says):
        folder = planted(tmp_path / "clinic", name, change)
        for verb in (("screen", CASE, "--evidence", folder), ("evidence", "check", folder)):
            first, *more = dermatwin(*verb, status=1).stderr.splitlines()
            assert first == says
            assert more == ([] if verb[0] == "screen" else [f"{folder}: 1 fault."])

    @pytest.mark.parametrize("verb", ["screen", "plan", "simulate", "compare", "map", "explain", "validate", "reread"])
    def test_every_verb_refuses_it(self, tmp_path, verb, folder):
        wrong = planted(tmp_path / "clinic", *FAULTS[1][:2])
        what = {"explain": ("lake-pen-9",), "validate": (), "reread": (folder,), "compare": (CASE, CASE)}.get(verb, (CASE,))
        assert dermatwin(verb, *what, "--evidence", wrong, status=1).stderr.strip() == FAULTS[1][2]

    def test_all_of_them_are_told_at_once(self, tmp_path):
        folder = planted(tmp_path / "clinic", *FAULTS[1][:2])
        for name, change, _ in (FAULTS[0], FAULTS[5]):
            path = folder / name
            path.write_text(change(path.read_text() if path.exists() else _columns(DATA / name)), encoding="utf-8")
        assert dermatwin("screen", CASE, "--evidence", folder, status=1).stderr.splitlines() == [
            FAULTS[1][2],
            FAULTS[5][2],
            FAULTS[0][2],
        ]

    def test_what_is_no_folder_is_told(self, tmp_path):
        for place in (tmp_path / "nowhere", CASE):
            says = f"{place}: is not a folder of evidence"
            assert dermatwin("screen", CASE, "--evidence", place, status=1).stderr.strip() == says
        empty = dermatwin("screen", CASE, "--evidence", tmp_path, status=1).stderr.strip()
        assert empty == f"{tmp_path}: holds no evidence; name a folder with tables such as devices.csv"


class TestCheck:
    def test_counts_the_rows_of_a_sound_folder(self):
        assert dermatwin("evidence", "check", CLINIC).stdout.strip().endswith("11 tables, 12 rows, no fault.")
        assert json.loads(dermatwin("evidence", "check", CLINIC, "--json").stdout) == {"rows": ROWS, "faults": []}

    def test_reads_the_packaged_evidence_whole(self):
        told = json.loads(dermatwin("evidence", "check", "--json").stdout)
        tables = sum(1 for path in DATA.rglob("*.csv") if path.parent.name not in ("posteriors", "parameters"))
        assert told["faults"] == []
        assert len(told["rows"]) >= tables - len(list(DATA.glob("sources*.csv")))
        assert told["rows"]["devices"] == len((DATA / "devices.csv").read_text(encoding="utf-8").splitlines()) - 1

    def test_faults_are_data_too(self, tmp_path):
        folder = planted(tmp_path / "clinic", *FAULTS[1][:2])
        told = json.loads(dermatwin("evidence", "check", folder, "--json", status=1).stdout)
        (fault,) = told["faults"]
        assert fault["path"] == "concerns.csv:2.driver"
