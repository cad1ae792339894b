"""The verbs: what they print, where they print it, and with which status they leave."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from builders import dermatwin
from dermatwin.case import json_schema, load_case
from dermatwin.case.schema import OFFERED
from dermatwin.cli.options import concerns_of
from dermatwin.core.errors import ComputationError
from dermatwin.device import kinds
from dermatwin.evidence import Evidence
from dermatwin.history import anamnesis
from dermatwin.lookup import entries

ROOT = Path(__file__).parents[2]
SOUND = Path(__file__).parent / "malformed" / "sound.yaml"
CONCERNS = concerns_of(Evidence.packaged())
KINDS = tuple(kinds(Evidence.packaged()))
QUESTIONS = tuple(anamnesis(Evidence.packaged()))
OFFERED_HERE = {kind: [one.name for one in entries(kind, Evidence.packaged())] for kind in OFFERED}
EXAMPLE = ROOT / "examples" / "dogra_2014.yaml"
VERBS = [
    "new",
    "screen",
    "plan",
    "simulate",
    "reread",
    "sheets",
    "compare",
    "map",
    "serve",
    "validate",
    "explain",
    "export",
    "evidence",
]


def program(*arguments: object, **more) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "dermatwin", *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        **more,
    )


class TestHelp:
    def test_lists_exactly_the_verbs_that_work(self):
        commands = dermatwin("--help").stdout.split("Commands")[1].splitlines()
        listed = [line.split()[1] for line in commands if line.startswith("│ ")]
        assert [word for word in listed if word in VERBS] == VERBS

    @pytest.mark.parametrize("verb", VERBS)
    def test_of_every_verb(self, verb):
        assert f"dermatwin {verb}" in dermatwin(verb, "--help").stdout

    @pytest.mark.parametrize("arguments", [[], ["export"]])
    def test_without_arguments(self, arguments):
        assert "Usage: dermatwin" in dermatwin(*arguments).stdout

    def test_version(self):
        assert dermatwin("--version").stdout.startswith("dermatwin 0.")


class TestUsage:
    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            (["simulte"], "No such command 'simulte'"),
            (["simulate"], "Missing argument"),
            (["screen", "a", "--drws", "3"], "No such option: --drws"),
            (["simulate", "a", "--draws", "many"], "'--draws'"),
            (["simulate", "a", "--draws", "0"], "'--draws'"),
            (["simulate", "a", "--seed", "-1"], "'--seed'"),
            (["screen", "a", "b"], "unexpected extra argument"),
        ],
    )
    def test_wrong_usage_is_wrong_input(self, arguments, message):
        result = dermatwin(*arguments, status=1)
        assert result.stdout == ""
        assert message in result.stderr
        assert len(result.stderr.splitlines()) == 1

    def test_json_twin(self):
        faults = json.loads(dermatwin("simulate", "a", "--drws", "3", "--json", status=1).stdout)["faults"]
        assert [set(fault) for fault in faults] == [{"path", "found", "expected"}]


class TestNew:
    def test_writes_a_valid_case(self, tmp_path):
        assert str(tmp_path / "c.yaml") in dermatwin("new", tmp_path / "c.yaml").stdout
        load_case(tmp_path / "c.yaml")
        dermatwin("screen", tmp_path / "c.yaml")

    def test_never_overwrites_unless_told(self, tmp_path):
        (tmp_path / "c.yaml").write_text("mine")
        assert "exists already" in dermatwin("new", tmp_path / "c.yaml", status=1).stderr
        assert (tmp_path / "c.yaml").read_text() == "mine"
        result = dermatwin("new", tmp_path / "c.yaml", "--force", "--json")
        assert json.loads(result.stdout) == {"written": str(tmp_path / "c.yaml")}
        load_case(tmp_path / "c.yaml")
        assert [path.name for path in tmp_path.iterdir()] == ["c.yaml"]

    def test_not_even_through_a_broken_link(self, tmp_path):
        (tmp_path / "c.yaml").symlink_to(tmp_path / "elsewhere.yaml")
        assert "exists already" in dermatwin("new", tmp_path / "c.yaml", status=1).stderr

    @pytest.mark.parametrize("name", ["none/c.yaml", "file/c.yaml", "."])
    def test_where_nothing_can_be_written(self, tmp_path, name):
        (tmp_path / "file").touch()
        result = dermatwin("new", tmp_path / name, "--force", status=1)
        assert len(result.stderr.splitlines()) == 1


class TestScreen:
    def test_ok(self):
        assert json.loads(dermatwin("screen", ROOT / "examples" / "alam_2014.yaml", "--json").stdout)["verdict"] == "ok"

    def test_stop_leaves_with_3(self):
        arguments = ("screen", SOUND, "--set", "patient.pregnant=true")
        assert "stop" in dermatwin(*arguments, status=3).stdout
        found = json.loads(dermatwin(*arguments, "--json", "--seed", 3, status=3).stdout)
        assert found["verdict"] == "stop"
        assert all(finding["rule"] and finding["level"] for finding in found["findings"])


class TestPlan:
    def test_proposal_becomes_a_case(self, tmp_path):
        result = dermatwin("plan", SOUND, "--json", "--case-out", tmp_path / "p.yaml")
        found = json.loads(result.stdout)
        assert found["proposals"][0]["reasons"]
        load_case(tmp_path / "p.yaml")

    def test_for_people(self):
        assert "acne_scar_rolling" in dermatwin("plan", SOUND).stdout

    def test_stop_leaves_with_3(self):
        dermatwin("plan", SOUND, "--set", "patient.pregnant=true", "--json", status=3)


class TestSimulate:
    def test_stop_leaves_with_3_and_its_reasons_on_standard_output(self):
        found = json.loads(dermatwin("simulate", SOUND, "--set", "patient.pregnant=true", "--json", status=3).stdout)
        assert found["verdict"] == "stop"

    def test_run_folder_and_json(self, tmp_path):
        result = dermatwin(
            "simulate", EXAMPLE, "--out", tmp_path / "run", "--draws", 8, "--seed", 5, "--json", "--no-report"
        )
        summary = json.loads(result.stdout)
        assert len(summary["endpoints"]) >= 40
        assert (tmp_path / "run" / "summary.json").read_text(encoding="utf-8") == result.stdout
        assert summary["provenance"]["seed"] == 5
        assert not (tmp_path / "run" / "report.html").exists()
        assert "earlier run" in dermatwin("simulate", EXAMPLE, "--out", tmp_path / "run", status=1).stderr

    def test_for_people(self):
        page = dermatwin("simulate", EXAMPLE, "--draws", 8).stdout
        assert "95 %" in page
        assert "Nothing was written" in page

    def test_a_folder_that_is_no_run_is_never_replaced(self, tmp_path):
        (tmp_path / "thesis.tex").touch()
        assert "not an earlier run" in dermatwin("simulate", EXAMPLE, "--out", tmp_path, "--force", status=1).stderr
        assert (tmp_path / "thesis.tex").exists()

    def test_names_that_no_catalogue_has(self):
        result = dermatwin("simulate", EXAMPLE, "--set", "course.device=pen-13", "--set", "observations=[]", status=1)
        assert result.stderr.startswith("course.device: ")


class TestFailure:
    """Whatever goes wrong inside leaves with its own status."""

    @pytest.fixture
    def failing(self, monkeypatch):
        def arrange(error: BaseException):
            def fail(*_, **__):
                raise error

            monkeypatch.setattr("dermatwin.twin.simulate", fail)

        return arrange

    def test_broken_law(self, failing):
        failing(ComputationError("mass is off by 3 % of the dose", "delivery.cheek", "2 h"))
        result = dermatwin("simulate", SOUND, "--json", status=2)
        assert json.loads(result.stdout) == {
            "error": {"law": "mass is off by 3 % of the dose", "where": "delivery.cheek", "when": "2 h"}
        }
        assert "delivery.cheek: mass is off by 3 % of the dose at 2 h" in result.stderr
        assert "Traceback" not in result.output

    @pytest.mark.parametrize(
        ("error", "status", "message"),
        [
            (KeyboardInterrupt(), 130, "interrupted"),
            (MemoryError(), 2, "not enough memory"),
            (OSError(28, "No space left on device", "/full"), 1, "/full: cannot be used: No space left on device"),
            (PermissionError(13, "Permission denied", "/root"), 1, "/root: cannot be used: Permission denied"),
        ],
    )
    def test_without_a_traceback(self, failing, error, status, message):
        failing(error)
        result = dermatwin("simulate", SOUND, status=status)
        assert message in result.stderr
        assert "Traceback" not in result.output

    def test_a_fault_of_our_own_is_one_line_and_a_file_for_the_maintainers(self, failing, tmp_path, monkeypatch):
        monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
        failing(ZeroDivisionError("oops"))
        result = dermatwin("simulate", SOUND, "--json", status=2)
        told = json.loads(result.stdout)["error"]
        assert told["law"] == "ZeroDivisionError: oops"
        (line,) = result.stderr.splitlines()
        assert line.endswith(f"(a fault of dermatwin itself; please send {told['report']} to its maintainers)")
        (report,) = tmp_path.iterdir()
        assert str(report) == told["report"]
        assert "Traceback" in report.read_text()
        assert "ZeroDivisionError: oops" in report.read_text()

    def test_where_no_report_can_be_left_the_fault_is_still_told(self, failing, tmp_path, monkeypatch):
        monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "nowhere"))
        failing(IndexError("x" * 5000))
        result = dermatwin("simulate", SOUND, status=2)
        (line,) = result.stderr.splitlines()
        assert "please send the command and its case to its maintainers" in line
        assert len(line) < 500

    def test_whoever_ends_a_run_lets_it_tidy_up(self, monkeypatch):
        tidied = []

        def ended(*_, **__):
            try:
                os.kill(os.getpid(), signal.SIGTERM)
                time.sleep(5.0)
            finally:
                tidied.append(True)

        before = signal.getsignal(signal.SIGTERM)
        monkeypatch.setattr("dermatwin.screening.screen", ended)
        dermatwin("screen", SOUND, status=143)
        assert tidied == [True]
        assert signal.getsignal(signal.SIGTERM) is before

    def test_what_is_printed_inside_never_reaches_standard_output(self, monkeypatch):
        def chat(*_, **__):
            print("compiling ...")
            raise ComputationError("x", "y")

        monkeypatch.setattr("dermatwin.twin.simulate", chat)
        result = dermatwin("simulate", SOUND, "--json", status=2)
        json.loads(result.stdout)
        assert "compiling" in result.stderr


class TestExplain:
    def test_quantity(self):
        found = json.loads(dermatwin("explain", "in_situ_depth", "--json").stdout)
        evidence = Evidence.packaged()
        assert found["kind"] == "quantity"
        assert found["grade"] == evidence.grade("in_situ_depth")
        assert {p["name"] for p in found["parameters"]} == set(evidence.stands_on("in_situ_depth"))
        assert {s["id"] for s in found["sources"]} == set(evidence.sources_of("in_situ_depth"))
        assert all(p["unit"] and p["low"] <= p["value"] <= p["high"] and p["grade"] for p in found["parameters"])

    def test_every_quantity_and_stage_can_be_printed(self):
        from dermatwin.explanation import explain, known_names

        evidence = Evidence.packaged()
        for name, kind in known_names(evidence).items():
            if kind in ("quantity", "stage", "site", "device", "family"):
                assert explain(name).name

    def test_a_tree_holds_every_parameter_of_a_quantity(self):
        from dermatwin.explanation import Node, explain

        def leaves(node: Node) -> set[str]:
            here = set() if node.kind == "quantity" else {node.name}
            return here.union(*(leaves(child) for child in node.children))

        evidence = Evidence.packaged()
        for name in evidence.quantities:
            tree = explain(name).tree
            assert tree is not None
            assert leaves(tree) == set(evidence.stands_on(name))

    @pytest.mark.parametrize(
        ("name", "kind"),
        [
            ("in_situ_depth", "quantity"),
            ("puncture_toughness", "parameter"),
            ("insertion", "stage"),
            ("pen-12", "device"),
            ("cheek", "site"),
            ("kalluri2011", "source"),
            ("tewl_baseline", "family"),
        ],
    )
    def test_kinds(self, name, kind):
        assert json.loads(dermatwin("explain", name, "--json").stdout)["kind"] == kind
        assert name.split("[")[0] in dermatwin("explain", name).stdout

    @pytest.mark.parametrize("name", ["dermal_amount[anything]", "pain_vas[2]", "scale_change[masi:melasma]"])
    def test_detail_in_brackets_is_the_quantity(self, name):
        assert json.loads(dermatwin("explain", name, "--json").stdout)["name"] == name.partition("[")[0]

    @pytest.mark.parametrize(
        ("name", "right"),
        [
            ("pain_vas[anything]", "pain_vas takes the number of a session, such as pain_vas[2]"),
            ("in_situ_depth[anything]", "in_situ_depth takes no detail in brackets"),
            ("collagen_density[fat]", "such as collagen_density[papillary_dermis]; one of epidermis, papillary_dermis"),
        ],
    )
    def test_a_detail_that_the_quantity_does_not_take(self, name, right):
        assert right in dermatwin("explain", name, status=1).stderr

    def test_a_parameter_with_the_family_name_of_a_quantity_is_the_parameter(self):
        assert json.loads(dermatwin("explain", "pigment_drive[III]", "--json").stdout)["kind"] == "parameter"
        assert json.loads(dermatwin("explain", "pigment_drive[*]", "--json").stdout)["kind"] == "family"
        assert json.loads(dermatwin("explain", "pigment_drive", "--json").stdout)["kind"] == "quantity"

    @pytest.mark.parametrize("name", ["in_situ_dept", "situ_depth"])
    def test_suggestions(self, name):
        assert "in_situ_depth" in dermatwin("explain", name, status=1).stderr

    @pytest.mark.parametrize("name", ["", "   ", "[]", "[bold]", "\x1b[31m", "x" * 5000])
    def test_odd_names(self, name):
        assert "\x1b" not in dermatwin("explain", name, status=1).stderr


class TestValidate:
    SCORES = {
        "files": {
            "closure.csv": {
                "rows": 5,
                "scored": 4,
                "coverage_90": 0.75,
                "median_abs_log10_error": 0.2,
                "median_factor": 1.585,
                "mean_abs_error": 0.123,
                "sign_accuracy": None,
                "baseline": {"median_factor": float("nan")},
                "predictions": [],
                "quantities": {
                    "a_quantity_with_a_name_that_goes_on_and_on_and_on_for_men": {
                        "scored": 4,
                        "studies": 3,
                        "coverage_90": 0.75,
                        "median_factor": None,
                        "mean_abs_error": 17.5,
                        "unit": "grade points",
                        "sign_accuracy": None,
                        "better_than_baseline": True,
                        "crps_ratio": 0.81,
                        "baseline": {"median_factor": None, "mean_abs_error": 19.25},
                    }
                },
                "not_predicted": [{"row": 3, "reason": "no unit"}],
            }
        }
    }

    @pytest.fixture
    def asked(self, monkeypatch):
        asked = []

        def score(evidence, out, **options):
            asked.append((evidence, out, options["draws"], options["seed"], options["page"]))
            return self.SCORES

        monkeypatch.setattr("dermatwin.validation.validate", score)
        return asked

    def test_scores_for_people_and_machines(self, asked, tmp_path):
        arguments = ("validate", "--evidence", tmp_path, "--draws", 30, "--seed", 4)
        scores = json.loads(dermatwin(*arguments, "--json").stdout)
        assert scores["files"]["closure.csv"]["baseline"] == {"median_factor": None}
        page = dermatwin(*arguments).stdout
        assert all(word in page for word in ("closure.csv", "75%", "x 1.58", "--details"))
        assert "0.123" not in page, "a mean over rows of different units"
        assert "17.5" not in page
        assert asked == [(tmp_path, None, 30, 4, None)] * 2

    def test_details_by_quantity_fit_a_page(self, asked):
        page = dermatwin("validate", "--details").stdout
        assert all(word in page for word in ("17.5 grade points", "19.2", "yes", "a_quantity", "_for_men"))
        assert max(map(len, page.splitlines())) <= 120

    def test_with_a_folder_the_page_is_made(self, asked, tmp_path):
        from dermatwin.report.qualification import render

        dermatwin("validate", "--out", tmp_path / "out")
        ((_, out, _, _, page),) = asked
        assert out == tmp_path / "out"
        assert page is render

    def test_no_such_folder(self, tmp_path):
        assert str(tmp_path / "none") in dermatwin("validate", "--evidence", tmp_path / "none", status=1).stderr


class TestExportSchema:
    def test_prints_it(self):
        assert json.loads(dermatwin("export", "schema").stdout) == json_schema(
            CONCERNS, KINDS, QUESTIONS, offered=OFFERED_HERE
        )
        assert dermatwin("export", "schema", "--json").stdout == dermatwin("export", "schema").stdout

    def test_writes_it(self, tmp_path):
        dermatwin("export", "schema", "--out", tmp_path / "s.json")
        assert json.loads((tmp_path / "s.json").read_text(encoding="utf-8")) == json_schema(
            CONCERNS, KINDS, QUESTIONS, offered=OFFERED_HERE
        )
        dermatwin("export", "schema", "--out", tmp_path / "s.json", status=1)


class TestProgram:
    """The real thing, with real pipes."""

    def test_json_is_utf_8_in_any_locale(self):
        done = program("export", "schema", env={**os.environ, "PYTHONIOENCODING": "ascii", "LC_ALL": "C"})
        assert done.returncode == 0
        assert json.loads(done.stdout) == json_schema(CONCERNS, KINDS, QUESTIONS, offered=OFFERED_HERE)

    def test_tables_on_a_terminal_without_boxes(self):
        done = program("screen", SOUND, env={**os.environ, "PYTHONIOENCODING": "ascii"})
        assert done.returncode == 0
        assert "Traceback" not in done.stderr

    @pytest.mark.skipif(not Path("/dev/full").exists(), reason="no full disk here")
    def test_full_disk(self):
        with open("/dev/full", "w") as full:
            done = subprocess.run(
                [sys.executable, "-m", "dermatwin", "export", "schema"],
                stdout=full,
                stderr=subprocess.PIPE,
                text=True,
                timeout=60,
                check=False,
            )
        assert done.returncode == 1
        assert done.stderr.strip() == "output: cannot be used: No space left on device"

    def test_reader_that_goes_away(self):
        with subprocess.Popen(
            [sys.executable, "-m", "dermatwin", "export", "schema"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as process:
            assert process.stdout is not None
            assert process.stderr is not None
            process.stdout.close()
            assert process.stderr.read() == ""

    @pytest.mark.skipif(os.name != "posix", reason="signals")
    def test_interrupt(self):
        code = (
            "import os, signal, sys, dermatwin.twin as twin\n"
            "signal.signal(signal.SIGINT, signal.default_int_handler)\n"  # ignored where tests run in the background
            "def wait(*a, **k):\n    os.kill(os.getpid(), signal.SIGINT)\n    import time; time.sleep(30)\n"
            "twin.simulate = wait\nfrom dermatwin.cli import main\n"
            f"sys.argv = ['dermatwin', 'simulate', {str(SOUND)!r}]\nmain()"
        )
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)
        assert (done.returncode, done.stderr.strip()) == (130, "interrupted")
