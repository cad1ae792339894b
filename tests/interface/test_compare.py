"""The verb that sets devices and courses side by side: tables, JSON, page, faults."""

from __future__ import annotations

import json
import re
from functools import partial
from html.parser import HTMLParser
from pathlib import Path

import pytest

from builders import case_of, course_of, dermatwin
from dermatwin.evidence import Evidence
from dermatwin.report import words
from dermatwin.report.arms import settings
from dermatwin.report.paired import said
from dermatwin.twin import simulate
from dermatwin.twin.contrast import contrasted
from dermatwin.twin.endpoints import endpoint

SOUND = Path(__file__).parent / "malformed" / "sound.yaml"
EXAMPLE = Path(__file__).parents[2] / "examples" / "dogra_2014.yaml"
FEW = ("--draws", 12)
TWO = ("--device", "dermapen_4", "--device", "dermaroller_mf8")
THREE = (*TWO, "--device", "stamp", "--needle-length", "1.5 mm")


run = partial(dermatwin, "compare")


@pytest.fixture
def shallow(tmp_path):
    path = tmp_path / "shallow.yaml"
    path.write_text(
        SOUND.read_text(encoding="utf-8").replace("needle_length: 1.5 mm", "needle_length: 0.5 mm"), encoding="utf-8"
    )
    return path


class TestTables:
    def test_two_devices(self):
        page = run(EXAMPLE, *TWO, *FEW).stdout
        assert re.search(r"course\.device\s+dermapen-4\s+dermaroller-mf8", page)
        assert "Left out, so that every device is used in its own usual way: course.settings.cheek.passes" in page
        assert re.search(r"Punctures +\d+ per cm² \([\d-]+\) +\d+ per cm² \([\d-]+\) +x 0\.\d+ \([\d.-]+\)", page)
        assert "less in all" in page
        assert "Dermapen 4: course.settings.cheek.passes: not stated; taken as" in page
        assert "Nothing was written" in page

    @pytest.mark.parametrize("arms", [TWO, THREE])
    def test_fits_120_columns(self, arms):
        for line in run(EXAMPLE, *arms, *FEW, "--all").stdout.splitlines():
            assert len(line) <= 120, line

    def test_pen_roller_and_stamp(self):
        page = run(EXAMPLE, *THREE, *FEW).stdout
        assert re.search(r"needle_length", page) is None  # the same in every arm
        assert page.count("Generic stamp ") > 15
        assert "against Dermapen 4, person by person" in page

    def test_an_answer_that_hangs_on_usual_passes_says_so_and_how_to_compare_needles(self):
        page = run(EXAMPLE, *TWO, *FEW).stdout
        told = re.search(
            r"Assumed: cheek: the arms differ in punctures per cm2 \(Dermapen 4 (\d+), Dermaroller MF8\s+(\d+)\)", page
        )
        assert told is not None
        assert int(told[1]) > 1.5 * int(told[2])
        assert "--density '" in page

    def test_one_density_for_all_devices(self):
        found = json.loads(run(EXAMPLE, *TWO, *FEW, "--density", "100 1/cm^2", "--json").stdout)
        assert found["hangs_on"] == []
        (row,) = (end for end in found["endpoints"] if end["name"].startswith("puncture_density"))
        assert [arm["p95"] for arm in row["arms"]] == pytest.approx([100.0, 100.0])

    def test_two_courses(self, shallow):
        page = run(shallow, SOUND, *FEW).stdout
        assert re.search(r"course\.settings\.cheek\.needle_length\s+0\.5 mm\s+1\.5 mm", page)
        assert "more in all" in page
        assert "forehead" not in page  # not needled in either

    def test_all_shows_more(self, shallow):
        few, everything = (run(shallow, SOUND, *FEW, *more).stdout for more in ((), ("--all",)))
        assert "Collagen" not in few
        assert len(everything.splitlines()) > 3 * len(few.splitlines())

    def test_the_same_file_twice(self):
        page = run(SOUND, SOUND, *FEW).stdout
        assert "malformed/sound (1)   screening" in page
        assert "The arms do not differ in anything that the cases say" in page
        assert "the same" in page
        assert " more in " not in page


class TestJson:
    def test_holds_arms_settings_endpoints_and_what_was_left_out(self):
        found = json.loads(run(EXAMPLE, *TWO, *FEW, "--seed", 3, "--json").stdout)
        assert [arm["arm"] for arm in found["arms"]] == ["Dermapen 4", "Dermaroller MF8"]
        assert found["settings"] == [{"path": "course.device", "values": ["dermapen-4", "dermaroller-mf8"]}]
        assert found["left_out"] == ["course.settings.cheek.passes"]
        assert (found["provenance"]["seed"], found["provenance"]["draws"]) == (3, 12)
        density = next(entry for entry in found["endpoints"] if entry["name"] == "puncture_density")
        first, second = (arm["median"] for arm in density["arms"])
        assert first > second
        assert density["differences"][0]["minus_first"]["median"] < 0.0
        assert density["differences"][0]["over_first"]["median"] < 1.0
        assert density["grade"] == "E"
        assert any(w["arm"] == "Dermapen 4" and w["path"].endswith("passes") for w in found["warnings"])

    def test_same_seed_same_bytes_and_all_is_more(self, shallow):
        once, again, everything = (run(shallow, SOUND, *FEW, "--json", *more).stdout for more in ((), (), ("--all",)))
        assert once == again
        assert len(json.loads(everything)["endpoints"]) > 3 * len(json.loads(once)["endpoints"])


class TestStopped:
    def test_nothing_is_computed(self, tmp_path, monkeypatch):
        monkeypatch.setattr("dermatwin.twin.contrast.simulate_together", lambda *_, **__: pytest.fail("simulated"))
        arguments = (SOUND, *TWO, "--set", "patient.pregnant=true", "--out", tmp_path / "out")
        assert "stop" in run(*arguments, status=3).stdout
        found = json.loads(run(*arguments, "--json", status=3).stdout)
        assert found["verdict"] == "stop"
        assert {arm["arm"] for arm in found["stopped"]} == {"Dermapen 4", "Dermaroller MF8"}
        assert not (tmp_path / "out").exists()


class TestFaults:
    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            ((SOUND, EXAMPLE, *TWO), "--device: dermapen_4, dermaroller_mf8 goes with one case, not with 2"),
            ((SOUND, "--device", "pen"), "--device: pen is one device; name two or more"),
            ((SOUND, SOUND, "--needle-length", "1 mm"), "--needle-length: 1 mm goes with --device"),
            ((SOUND,), "is too few to compare"),
            (
                (SOUND, "--device", "pen", "--device", "pan"),
                "--device: 'pan' is not a device of the catalogue; did you mean pen-12",
            ),
            (
                (SOUND, "--device", "pen", "--device", "pen-12"),
                "--device: pen-12 is Generic pen, 12 needles, which is named already",
            ),
            (
                (SOUND, *TWO, "--needle-length", "1 mm"),
                "--device dermaroller-mf8: 1 mm is outside the range of Dermaroller MF8, "
                "1.5 mm; name a needle length that all of these devices can do with --needle-length, 1.5 mm",
            ),
            ((SOUND, "--device", "mf8", "--device", "cit8"), "no needle length suits all of these devices"),
            ((SOUND, *TWO, "--needle-length", "long"), "--needle-length: long "),
            ((SOUND, EXAMPLE), "dogra_2014: patient.age: 29 yr is 34 yr in sound"),
        ],
    )
    def test_are_said_and_leave_with_1(self, arguments, message):
        result = run(*arguments, *FEW, status=1)
        assert message in result.stderr
        assert result.stdout == ""

    def test_a_device_that_cannot_do_the_length_is_one_fault(self):
        both = ("--set", "zones.forehead.treated=true", "--set", "course.settings.forehead={needle_length: 1 mm}")
        result = run(SOUND, *both, *TWO, "--needle-length", "1 mm", "--json", status=1)
        assert [fault["path"] for fault in json.loads(result.stdout)["faults"]] == ["--device dermaroller-mf8"]


class Page(HTMLParser):
    """Collects what a page would fetch or run, and its text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []
        self.words: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.links += [value for name, value in attrs if name in ("src", "href") or name.startswith("on")]

    def handle_data(self, data):
        self.words.append(data)


class TestFolder:
    def test_is_whole_and_never_overwrites(self, tmp_path):
        out = tmp_path / "folder"
        shown = run(EXAMPLE, *TWO, *FEW, "--out", out, "--json").stdout
        assert sorted(path.name for path in out.iterdir()) == ["comparison.html", "comparison.json", "contents.json"]
        assert (out / "comparison.json").read_text(encoding="utf-8") == shown
        assert "earlier run" in run(EXAMPLE, *TWO, "--out", out, status=1).stderr
        run(EXAMPLE, *TWO, *FEW, "--out", out, "--seed", 2, "--force")
        assert json.loads((out / "comparison.json").read_text(encoding="utf-8"))["provenance"]["seed"] == 2
        (tmp_path / "mine").mkdir()
        (tmp_path / "mine" / "notes.txt").touch()
        assert "not an earlier run" in run(EXAMPLE, *TWO, "--out", tmp_path / "mine", "--force", status=1).stderr
        assert [path.name for path in (tmp_path / "mine").iterdir()] == ["notes.txt"]

    def test_page_stands_alone_and_tells_the_story(self, tmp_path):
        run(EXAMPLE, *THREE, *FEW, "--out", tmp_path / "three")
        text = (tmp_path / "three" / "comparison.html").read_text(encoding="utf-8")
        page = Page(text)
        assert "script" not in page.tags
        assert page.links == []
        assert "http" not in re.sub(r'xmlns="[^"]*"', "", text.split("</style>")[1].split('class="sources"')[0])
        said = " ".join(page.words)
        for phrase in (
            "What differs",
            "Person by person",
            "Over time",
            "Arm by arm",
            "How sure",
            "taken as usual",
            "Left out of the case: passes",
            "Share of the skin surface that is open channel",
            "Time that the needling takes",
            "Time until make-up",
            "Pain while needling",
            "Fingerprint",
        ):
            assert phrase in said, phrase
        assert "nan" not in re.findall(r"[a-z]+", said.lower())
        assert text.count('class="grade grade-') > 30

    def test_names_are_escaped(self, tmp_path):
        path = tmp_path / "<b>&.yaml"
        path.write_text(SOUND.read_text(encoding="utf-8"), encoding="utf-8")
        run(SOUND, path, *FEW, "--out", tmp_path / "out")
        text = (tmp_path / "out" / "comparison.html").read_text(encoding="utf-8")
        assert "<b>&." not in text
        assert "&lt;b&gt;&amp;" in text


class TestWords:
    @staticmethod
    def of(name, unit, first, second):
        from dermatwin.flows import Reading

        arms = [endpoint(Reading(name, "cheek", unit, values), Evidence.packaged()) for values in (first, second)]
        return said(contrasted(arms), 1)

    @pytest.mark.parametrize(
        ("name", "unit", "first", "second", "text"),
        [
            ("in_situ_depth", "mm", [1.0] * 4, [2.0] * 4, "×\u202f2.0 (2.0), more in all"),
            ("in_situ_depth", "mm", [1.0] * 4, [1.0] * 4, "the same, in all"),
            (
                "in_situ_depth",
                "mm",
                [0.0, 1, 1, 1],
                [0.0, 2, 2, 2],
                "+1.00\u202fmm (0.15–1.00), more in 75\u202f%, the same in 25\u202f%",
            ),
            ("pih_risk", "1", [0.0] * 4, [0.1] * 4, "+10 points (10), more in all"),
            (
                "in_situ_depth",
                "mm",
                [1.0, float("nan")],
                [0.5, 1.0],
                "×\u202f0.50 (0.50), less in all of 1 person with a number in both",
            ),
            ("in_situ_depth", "mm", [float("nan")], [1.0], "–, no number in both arms"),
            ("in_situ_depth", "mm", [1.0] * 1000, [2.0] * 999 + [0.5], "×\u202f2.0 (2.0), more in >99\u202f%"),
        ],
    )
    def test_say_what_the_numbers_say(self, name, unit, first, second, text):
        assert self.of(name, unit, first, second).text == text


class TestSettings:
    @pytest.mark.parametrize(
        ("given", "name", "text", "remark"),
        [
            ({"changes": [{"sessions": [1], "passes": 2}]}, "passes", "3; 2 in session 1", "3 taken as usual"),
            ({"passes": 4, "changes": [{"sessions": [1], "passes": 2}]}, "passes", "4; 2 in session 1", ""),
            ({"passes": 4, "changes": [{"sessions": [1, 2, 3], "passes": 2}]}, "passes", "2", ""),
            ({"passes": 4, "changes": [{"sessions": [2], "density": "300/cm^2"}]}, "passes", "4 in session 1 and 3", ""),
            ({"changes": [{"sessions": [2], "density": "300/cm^2"}]}, "passes", "3 in session 1 and 3", "3 taken as usual"),
            ({"density": "300/cm^2"}, "passes", words.NOTHING, ""),
            ({}, "passes", "3", "taken as usual"),
        ],
    )
    def test_say_what_holds_in_every_session(self, given, name, text, remark):
        """Where only some sessions state a setting, what was taken for the others stands beside it."""
        course = {**course_of(count=3), "settings": {"cheek": {"needle_length": "1.5 mm", **given}}}
        run = simulate(case_of(course=course), draws=2)
        shown, why = settings._said(run, run.zones[0], name)
        assert shown == text
        assert why.startswith(remark)
        assert bool(why) is bool(remark)
