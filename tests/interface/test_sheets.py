"""The printable sheets and the calendar."""

import re
from datetime import date
from html import unescape
from html.parser import HTMLParser

import pytest

from dermatwin.evidence import Evidence
from dermatwin.evidence.rows.advice import CareStepRow, RedFlagRow
from dermatwin.report import sheets
from dermatwin.report.sheets import session_dates, steps, window
from dermatwin.twin import simulate


@pytest.fixture(scope="module")
def files(small_run):
    return sheets(small_run)


def test_there_are_three_pages_and_a_calendar(files):
    assert set(files) == {"before.html", "session.html", "aftercare.html", "calendar.ics"}


def test_pages_are_well_formed_and_ask_nothing_of_a_network(files):
    void = {"meta", "br"}

    class Reader(HTMLParser):
        open_tags: list[str] = []

        def handle_starttag(self, tag, attrs):
            assert not {"src", "href"} & {name for name, _ in attrs}
            if tag not in void:
                self.open_tags.append(tag)

        def handle_endtag(self, tag):
            assert self.open_tags.pop() == tag

    for name in ("before.html", "session.html", "aftercare.html"):
        reader = Reader()
        reader.open_tags = []
        reader.feed(files[name])
        assert not reader.open_tags
        assert "http" not in files[name]
        assert "@import" not in files[name]


def test_dates_are_those_of_the_course(small_run, files):
    assert session_dates(small_run) == [date(2026, 1, 12), date(2026, 2, 9)]
    assert "12 Jan 2026" in files["before.html"]
    assert "29 Dec to 12 Jan" in files["before.html"]  # no sun in the two weeks before


def test_the_calendar_follows_its_standard(files):
    text = files["calendar.ics"]
    lines = text.split("\r\n")
    assert lines[0] == "BEGIN:VCALENDAR"
    assert lines[-2:] == ["END:VCALENDAR", ""]
    assert "\n" not in text.replace("\r\n", "")
    assert all(len(line.encode()) <= 75 for line in lines)
    assert text.count("BEGIN:VEVENT") == text.count("END:VEVENT") == 2 * 4 + 4
    assert "DTSTART;VALUE=DATE:20260209" in text
    assert len({line for line in lines if line.startswith("UID:")}) == 12


def test_same_run_same_bytes(small_run, files):
    assert sheets(small_run) == files


def test_text_of_the_user_is_escaped(make_case):
    run = simulate(make_case(title="<script>alert(1)</script>"), draws=5)
    assert all("<script>" not in text for text in sheets(run).values())


def test_numbing_cream_and_dark_skin_bring_their_steps(make_case, small_run, files):
    course = make_case().model_dump(mode="json")["course"]
    course["topicals"] = [{"product": "lidocaine 4 % cream", "dose": "20 mg/cm^2", "apply": "-40 min", "remove": "-5 min"}]
    patient = {"age": "40 yr", "sex": "female", "phototype": "V", "body_weight": "65 kg"}
    other = sheets(simulate(make_case(course=course, patient=patient), draws=5))
    assert "Numbing cream on" in other["session.html"]
    assert "Numbing cream on" not in files["session.html"]
    assert "dark patches" in other["aftercare.html"]
    assert "dark patches" not in files["aftercare.html"]


def test_animals_get_no_sheets(make_case):
    run = simulate(
        make_case(
            patient={"age": "0.3 yr", "sex": "male", "phototype": "I", "species": "hairless_rat"},
            zones=[{"zone": "back", "name": "cheek", "area": "4 cm^2"}],
        ),
        draws=5,
    )
    assert sheets(run) == {}


def test_waiting_hours_are_computed_beside_the_instruction_and_never_sooner(small_run, files):
    text = unescape(files["aftercare.html"])
    for quantity, words in (("no_makeup_before", "no make-up before"), ("no_actives_before", "vitamin C before")):
        row = next(row for row in steps(small_run, "aftercare") if row.computed == quantity)
        number, of = re.search(rf"Cheek: [^:]*{words} (\d+) (hours|days)", text).groups()
        hours = int(number) * (24 if of == "days" else 1)
        upper = max(end.band[2] for end in small_run.find(quantity, "cheek"))
        assert max(upper, row.to_h) <= hours < max(upper, row.to_h) + (24 if of == "days" else 1)


def test_clinic_hours_are_those_of_the_instructions(small_run):
    parameters = small_run.evidence.parameters
    ends = {row.computed: row.to_h for row in small_run.evidence.rows(CareStepRow) if row.computed}
    assert ends == {
        "no_makeup_before": parameters["makeup_clinic_hours"].value,
        "no_actives_before": parameters["actives_clinic_hours"].value,
    }


def test_every_red_flag_has_a_window_and_a_place_on_the_sheet(files):
    text = unescape(files["aftercare.html"])
    rows = Evidence.packaged().rows(RedFlagRow)
    assert len(rows) >= 13
    for row in rows:
        assert row.note or row.to_h is not None
        assert row.sign[1:] in text
        assert row.meanwhile in text
    assert text.index("wheezing") < text.index("grouped blisters"[1:])  # emergencies first


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        (0.0, 24.0, "first 24 hours"),
        (0.0, None, "at any time"),
        (48.0, 672.0, "day 2 to week 4"),
        (168.0, None, "from day 7"),
        (0.0, 168.0, "until day 7"),
        (72.0, 6500.0, "day 3 to week 39"),
    ],
)
def test_windows_in_words(first, last, words):
    assert window(first, last) == words
