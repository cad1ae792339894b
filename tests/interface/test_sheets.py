"""The printable sheets and the calendar."""

import re
from dataclasses import replace
from datetime import date
from functools import cache
from html import unescape
from html.parser import HTMLParser

import pytest

from builders import PERSON, case_of, course_of, dermatwin
from dermatwin.core.errors import CaseError
from dermatwin.evidence import Evidence
from dermatwin.evidence.rows.advice import CareStepRow, ClockRow, ComplicationRow, PreparationRow, RedFlagRow
from dermatwin.history import kinds_in, named_in, person, vocabulary
from dermatwin.report import sheets
from dermatwin.report.sheets import session_dates, window
from dermatwin.report.sheets.about import about, stands
from dermatwin.report.sheets.calendar import calendar
from dermatwin.report.sheets.clock import day_of, instructions
from dermatwin.report.sheets.consent import consent
from dermatwin.report.sheets.findings import allergies
from dermatwin.report.sheets.order import orders
from dermatwin.report.sheets.tongue import tongue
from dermatwin.screening import rule_book, screen
from dermatwin.screening.allergy import meets
from dermatwin.screening.records import OFF_LABEL
from dermatwin.skin import sites
from dermatwin.twin import simulate, write_run
from sheet_cases import CASES, GEL, LMX, run_of

EVIDENCE = Evidence.packaged()
PAGES = {"before.html", "session.html", "aftercare.html", "expect.html", "consent.html", "complications.html"}
PATIENT = PAGES - {"session.html", "complications.html"}
TELL = "tell us of every allergy, above all to metal, to disinfectants, to latex and to numbing creams."
AGAINST = {"person", "allergies", "refused", "findings", "you"}  # classes of what names an allergen without using it


@cache
def pages_of(name: str, language: str = "en") -> dict[str, str]:
    return sheets(run_of(name), language)


class Text(HTMLParser):
    """The words of a page, without what stands below elements of some classes, the style and the sources."""

    def __init__(self, without=frozenset()):
        super().__init__()
        self.words, self.hidden, self.depth, self.without = [], [], 0, {*without, "sources"}

    def handle_starttag(self, tag, attrs):
        if tag in ("meta", "br"):
            return
        self.depth += 1
        classes = set((dict(attrs).get("class") or "").split())
        if classes & self.without or tag == "style":
            self.hidden.append(self.depth)

    def handle_endtag(self, tag):
        if self.hidden and self.hidden[-1] == self.depth:
            self.hidden.pop()
        self.depth -= 1

    def handle_data(self, data):
        if not self.hidden:
            self.words.append(data)


def _side(side):
    return {"zone": f"{side}_cheek", "area": "20 cm^2", "concerns": [{"concern": "acne_scar"}]}


def text_of(page: str, without=frozenset()) -> str:
    reader = Text(without)
    reader.feed(page)
    return " ".join(" ".join(reader.words).split())


def order_of(name: str, session: int = 1):
    return orders(about(run_of(name), tongue()))[session - 1]


def chosen(name: str, purpose: str, zone: int = 0) -> str:
    (found,) = (one for one in order_of(name).zones[zone].chosen if one.purpose == purpose)
    return found.what


@pytest.fixture(scope="module")
def files(small_run):
    return sheets(small_run)


class TestFiles:
    def test_there_are_six_pages_and_a_calendar(self, files):
        assert set(files) == {*PAGES, "calendar.ics"}

    @pytest.mark.parametrize("name", CASES)
    def test_pages_are_well_formed_and_ask_nothing_of_a_network(self, name):
        class Reader(HTMLParser):
            def handle_starttag(self, tag, attrs):
                assert not {"src", "href"} & {name for name, _ in attrs}
                if tag not in {"meta", "br"}:
                    self.open_tags.append(tag)

            def handle_endtag(self, tag):
                assert self.open_tags.pop() == tag

        for page in PAGES:
            reader = Reader()
            reader.open_tags = []
            reader.feed(pages_of(name)[page])
            assert not reader.open_tags
            assert "http" not in pages_of(name)[page]
            assert "@import" not in pages_of(name)[page]

    @pytest.mark.parametrize("name", CASES)
    def test_no_page_shows_the_id_of_a_source(self, name):
        ids = {source for source in EVIDENCE.sources if "_" in source}
        for page in PAGES:
            assert not ids & set(re.findall(r"[a-z0-9_]+", text_of(pages_of(name)[page])))

    @pytest.mark.parametrize("name", CASES)
    def test_every_footnote_has_its_citation_and_every_citation_its_footnote(self, name):
        for title, page in pages_of(name).items():
            marks = {int(n) for group in re.findall(r"<sup>([\d, ]+)</sup>", page) for n in group.split(", ")}
            listed = {int(n) for n in re.findall(r"<b>(\d+)</b>&nbsp;", page)}
            assert marks == listed == set(range(1, len(listed) + 1)), title
        assert "FDA, Microneedling Devices page" in pages_of(name)["before.html"]

    def test_a_page_asks_for_no_sentence_that_it_does_not_print(self):
        """Consent names the products of the course, and nothing else of the orders."""
        said = tongue("de")
        consent(about(run_of("allergies"), said))
        shown = unescape(pages_of("allergies", "de")["consent.html"]).casefold()
        assert not {text for text in said.missing if text.casefold() not in shown}

    def test_same_run_same_bytes(self, small_run, files):
        assert sheets(small_run) == files

    def test_text_of_the_user_is_escaped(self):
        patient = {**CASES["personal"]["patient"], "allergies": ["<b>nickel</b> spray"]}
        run = simulate(case_of(title="<script>alert(1)</script>", patient=patient), draws=5)
        assert all("<script>" not in text and "<b>nickel" not in text for text in sheets(run).values())

    def test_animals_get_no_sheets(self):
        run = simulate(
            case_of(
                patient={"age": "0.3 yr", "sex": "male", "phototype": "I", "species": "hairless_rat"},
                zones=[{"zone": "back", "name": "cheek", "area": "4 cm^2"}],
            ),
            draws=5,
        )
        assert sheets(run) == {}

    def test_nobody_treated_no_sheets(self):
        zones = [{"zone": "cheek", "area": "4 cm^2", "treated": False}]
        assert sheets(simulate(case_of(zones=zones, course=course_of()), draws=5)) == {}

    def test_every_page_stays_where_the_run_is_written(self, tmp_path):
        run = run_of("face")
        write_run(run, tmp_path / "run", sheets=pages_of("face"))
        assert {path.name for path in (tmp_path / "run" / "sheets").iterdir()} == {*PAGES, "calendar.ics"}


class TestThePerson:
    @pytest.mark.parametrize("name", CASES)
    def test_every_finding_and_every_allergy_stands_on_every_order(self, name):
        run = run_of(name)
        texts = [text_of(part) for part in pages_of(name)["session.html"].split('<section class="order">')[1:]]
        assert len(texts) == len(run.case.session_days)
        known = person(run.case.patient, run.case.course, EVIDENCE).facts
        for text in texts:
            for finding in run.screening.findings:
                if finding.level != "info":
                    assert finding.title in text
                    assert " ".join(finding.reason.split()) in text
                    assert finding.action in text
                    assert finding.override_reason in text
            for item in run.case.patient.allergies:
                assert item.name in text
            assert all(fact.words in text for fact in known if fact.role == "allergy")

    @pytest.mark.parametrize("name", CASES)
    def test_every_finding_stands_on_the_sheet_of_its_day(self, name):
        run, book = run_of(name), rule_book(EVIDENCE)
        for phase in ("before", "aftercare"):
            text = text_of(pages_of(name)[f"{phase}.html"])
            for finding in run.screening.findings:
                rule = book.rule(finding.rule)
                if finding.level != "info" and rule is not None and phase in rule.plain:
                    assert all(part in text for part in rule.plain[phase].split("{lasting}")), finding.rule

    def test_personal_findings_are_told_in_the_words_of_the_person(self):
        before, after = (text_of(pages_of("personal")[page]) for page in ("before.html", "aftercare.html"))
        assert "history of cold sores – You have had cold sores: ask your doctor for tablets" in before
        assert "ibuprofen – You take an anti-inflammatory painkiller" in before
        assert "leave it out for 7 days before each session" in before
        assert "doxycycline – One of your medicines makes skin burn and darken faster in the sun" in after
        assert "out of the sun for 2 weeks" in after
        assert "cold sores" not in text_of(pages_of("scalp")["aftercare.html"])

    def test_a_fainter_lies_down_and_a_reason_is_recorded(self):
        text = text_of(pages_of("many_findings")["session.html"])
        assert "Treat lying down" in text
        assert "Decided: HbA1c 48 mmol/mol last week (Dr Muster)" in text

    def test_what_stops_stands_on_top_and_an_unread_allergy_is_named(self):
        text = text_of(pages_of("many_findings")["session.html"])
        assert "Screening says stop" in text
        assert text.index("Screening says stop") < text.index("Allergies") < text.index("Time")
        assert "Checked against the products below by its name alone, for nobody here knows it: frobnicate" in text
        assert "Screening says stop" not in text_of(pages_of("face")["session.html"])

    def test_every_rule_that_can_speak_of_a_person_and_is_no_hard_stop_says_so_or_is_for_the_clinic_alone(self):
        """A rule about facts says what it means to the person, unless it is listed here as a matter for the clinic."""
        clinic = {"light_and_photosensitiser", "immune_medicine"}
        silent = {
            rule.id
            for rule in rule_book(EVIDENCE).rules
            if rule.level in ("soft_stop", "caution") and not rule.plain and any(clause.facts for clause in rule.when)
        }
        assert silent <= clinic, silent - clinic

    def test_no_plain_sentence_has_hours_of_its_own(self):
        for rule in rule_book(EVIDENCE).rules:
            for sentence in rule.plain.values():
                assert not re.search(r"\d+ (hours|days|weeks)", sentence), rule.id
                if "{" in sentence:
                    assert re.findall(r"\{(\w+)\}", sentence) == ["lasting"]
                    assert any(rule.id in row.rules for row in EVIDENCE.rows(ClockRow)), rule.id


class TestWhatIsTolerated:
    @pytest.mark.parametrize("name", CASES)
    def test_nothing_that_the_person_does_not_tolerate_is_named_to_be_used(self, name):
        run = run_of(name)
        written = [fact.words for fact in allergies(about(run, tongue()))]
        for page in PAGES:
            text = text_of(pages_of(name)[page], AGAINST).casefold().replace(TELL, "")
            for words in written:
                for found in re.finditer(re.escape(words.casefold()), text):
                    before = text[max(found.start() - 60, 0) : found.start()]
                    assert re.search(r"\b(no|nothing|without|not|never)\b[^.]*$", before), (page, words, before)

    @pytest.mark.parametrize("name", CASES)
    def test_nothing_that_is_chosen_is_or_holds_an_allergen(self, name):
        known = [fact for fact in allergies(about(run_of(name), tongue())) if fact.known]
        for order in orders(about(run_of(name), tongue())):
            used = [one.what for zone in order.zones for one in zone.chosen if not one.none and one.purpose != "Gloves"]
            used += [put.product for put in (*order.numbing, *order.products)]
            for text in used:
                named, kinds = named_in(text, EVIDENCE), kinds_in(text, EVIDENCE)
                assert not [fact.words for fact in known if meets(fact, named, kinds)], text

    def test_words_and_concepts_of_a_preparation_agree(self):
        """What its name says that it holds is among its concepts, but for what it says that it is without."""
        book = vocabulary(EVIDENCE)
        for row in (row for row in EVIDENCE.rows(PreparationRow) if row.purpose != "gloves"):
            said = {one for one in named_in(row.preparation.split(" without ")[0], EVIDENCE) if book[one].kind != "none"}
            told = frozenset().union(*(book.kinds(concept) for concept in row.concepts))
            assert said <= told | {"water_substance"}, row.preparation

    def test_the_first_that_suits_the_person_and_the_place_is_chosen(self):
        assert chosen("abdomen", "Disinfect with") == "chlorhexidine 2 % in water"
        assert chosen("face", "Disinfect with") == "povidone-iodine 10 % in water"
        assert chosen("crows_feet", "Disinfect with") == "hypochlorous acid solution for skin"
        assert chosen("allergies", "Disinfect with") == "povidone-iodine 10 % in water"
        assert chosen("allergies", "Glide on") == "sterile saline 0.9 %"
        assert chosen("allergies", "Gloves") == "vinyl gloves without latex and rubber chemicals"
        assert chosen("face", "Glide on").startswith("sterile hyaluronic acid gel")

    def test_who_tolerates_no_disinfectant_is_left_to_a_clinician(self):
        patient = {**CASES["personal"]["patient"], "allergies": ["antiseptics", "alcohol"]}
        run = simulate(case_of(patient=patient), draws=5)
        (zone,) = orders(about(run, tongue()))[0].zones
        assert zone.chosen[0].none
        assert "none of the usual is tolerated: a clinician decides" in sheets(run)["session.html"]

    def test_what_is_written_by_its_name_is_not_given_by_its_name(self):
        patient = {**CASES["personal"]["patient"], "allergies": ["vinyl gloves"]}
        run = simulate(case_of(patient=patient), draws=5)
        (gloves,) = (one for one in orders(about(run, tongue()))[0].zones[0].chosen if one.purpose == "Gloves")
        assert gloves.none

    def test_an_allergy_that_is_denied_changes_nothing(self):
        patient = {**CASES["personal"]["patient"], "allergies": ["not allergic to chlorhexidine"]}
        run = simulate(case_of(patient=patient, **{k: CASES["abdomen"][k] for k in ("zones", "course")}), draws=5)
        assert orders(about(run, tongue()))[0].zones[0].chosen[0].what == "chlorhexidine 2 % in water"

    @pytest.mark.parametrize("site", [site.name for site in sites(EVIDENCE).values() if site.species == "human"])
    def test_chlorhexidine_never_comes_near_an_eye_or_an_ear(self, site):
        (row,) = (row for row in EVIDENCE.rows(PreparationRow) if "chlorhexidine" in row.concepts)
        found = sites(EVIDENCE)[site]
        assert stands(row.not_at, found) == (found.region.name in ("face", "scalp"))

    def test_what_a_clinician_judged_an_allergy_to_be_is_heard(self):
        """Words that nobody knows, judged to be chlorhexidine, or to be harmless."""
        patient, course = {**CASES["personal"]["patient"], "allergies": ["Zorbidol"]}, CASES["abdomen"]
        for reading, disinfectant in (
            ("chlorhexidine", "povidone-iodine 10 % in water"),
            ("harmless", "chlorhexidine 2 % in water"),
        ):
            judged = {
                "about": "Zorbidol",
                "reading": reading,
                "reason": "as its label says",
                "by": "Dr A",
                "date": "2026-01-10",
            }
            run = simulate(case_of(patient=patient, **course, judgements=[judged]), draws=5)
            order = orders(about(run, tongue()))[0]
            assert order.zones[0].chosen[0].what == disinfectant
            assert not order.unread
            assert bool(order.allergies) is (reading != "harmless")

    def test_a_product_that_bears_the_name_of_an_allergy_is_refused(self):
        serum = {
            "product": {"name": "Glowmax serum", "active": "niacinamide", "strength": 0.04},
            "dose": "2 mg/cm^2",
            "apply": "0 min",
        }
        run = simulate(
            case_of(patient={**PERSON, "allergies": ["Glowmax"]}, course=course_of("cheek", topicals=[serum])), draws=5
        )
        order = orders(about(run, tongue()))[0]
        assert [put.product for put in order.refused] == ["Glowmax serum"]
        assert not order.products
        assert order.stopped

    def test_an_allergy_is_told_with_what_it_was_judged_to_be(self):
        judged = {
            "about": "Zorbidol",
            "reading": "chlorhexidine",
            "reason": "as its label says",
            "by": "Dr A",
            "date": "2026-01-10",
        }
        run = simulate(case_of(patient={**PERSON, "allergies": ["Zorbidol"]}, judgements=[judged]), draws=5)
        assert "Allergies: Zorbidol (Chlorhexidine)" in text_of(sheets(run)["session.html"])

    def test_a_product_on_which_a_clinician_decided_is_listed(self):
        """The words leave it open, which is a soft stop; with a recorded reason the order does not contradict it."""
        patient, course = {**PERSON, "allergies": ["possibly hyaluronic acid"]}, course_of("cheek", topicals=[GEL])
        decided = {"rule": "allergy_to_product", "reason": "tolerated last year", "by": "Dr A"}
        for overrides, refused in (([], 1), ([decided], 0)):
            run = simulate(case_of(patient=patient, course=course, overrides=overrides), draws=5)
            order = orders(about(run, tongue()))[0]
            assert (len(order.refused), len(order.products), order.stopped) == (refused, 1 - refused, bool(refused))

    def test_a_product_of_the_course_that_is_not_tolerated_is_refused_by_name(self):
        order = order_of("allergies")
        assert {put.product for put in order.refused} == {"lidocaine 4 % cream", "sterile hyaluronic acid gel"}
        assert not order.numbing
        assert not order.products


class TestTheOrder:
    def test_numbing_has_grams_and_times(self):
        (put,) = order_of("face").numbing
        assert put.amount.replace("\u202f", " ") == "1 g (20 mg/cm² on 50 cm²)"
        assert (put.on.replace("\u202f", " "), put.off.replace("\u202f", " ")) == ("−45 min", "−5 min")

    @pytest.mark.parametrize(
        ("apply", "remove", "on", "off", "wait"),
        [
            ("-4.5 h", "-5 min", "−4 h 30 min", "−5 min", "4 h 30 min"),
            ("-305 min", "-2.5 h", "−5 h 5 min", "−150 min", "5 h 5 min"),
            ("-1 h", "0 min", "−60 min", "0 min", "60 min"),
        ],
    )
    def test_times_are_neither_rounded_to_hours_nor_those_of_other_products(self, apply, remove, on, off, wait):
        early = {"product": "tranexamic acid 3 % serum", "dose": "2 mg/cm^2", "apply": "-12 h", "remove": "-11 h"}
        topicals = [{**LMX, "apply": apply, "remove": remove}, early]
        order = orders(about(simulate(case_of(course=course_of("cheek", topicals=topicals)), draws=5), tongue()))[0]
        said = [text.replace("\u202f", " ") for text in (order.numbing[0].on, order.numbing[0].off, order.times.numbing)]
        assert said == [on, off, wait]

    def test_a_cream_of_which_no_numbness_is_known_is_a_numbing_cream_on_every_page(self):
        """Its grams are weighed and its poisoning is looked for, whether or not the twin computes how numb the skin gets."""
        cream = {
            "product": "benzocaine 20 % gel",
            "dose": "5 mg/cm^2",
            "apply": "-30 min",
            "remove": "-5 min",
            "sessions": [2],
        }
        pages = sheets(simulate(case_of(course=course_of("cheek", topicals=[cream])), draws=5))
        assert "Do not put numbing cream on at home" in text_of(pages["before.html"])
        assert "Methaemoglobinaemia" in text_of(pages["complications.html"])
        first, second = (text_of(part) for part in pages["session.html"].split('<section class="order">')[1:])
        assert "Numbing cream weighed" not in first
        assert "Numbing cream weighed" in second

    def test_depth_is_that_of_the_session(self):
        lengths = [order_of("shallower", session).zones[0].length.replace("\u202f", " ") for session in (1, 2)]
        assert lengths == ["0.75 mm", "1.5 mm"]

    def test_products_by_session_and_zone(self):
        first, second = (order_of("two_zones", session) for session in (1, 2))
        assert [(put.product, put.zone) for put in first.numbing] == [("lidocaine 4 % cream", "Thigh")]
        assert not second.numbing
        assert [(put.product, put.zone) for put in first.products] == [("niacinamide 4 % serum", "Forehead")]
        assert [(put.product, put.zone) for put in second.products] == [
            ("niacinamide 4 % serum", "Forehead"),
            ("sterile hyaluronic acid gel", "Thigh"),
        ]
        assert [put.off_label for put in second.products] == [True, False]

    @pytest.mark.parametrize(
        ("language", "sides"), [("en", ("Cheek, left", "Cheek, right")), ("de", ("Wange, links", "Wange, rechts"))]
    )
    def test_a_side_that_the_case_names_stands_on_every_page(self, language, sides):
        zones = [_side(side) for side in ("left", "right")]
        course = course_of("left_cheek", "right_cheek", topicals=[{**LMX, "zones": ["left_cheek"]}])
        run = simulate(case_of(zones=zones, course=course), draws=5)
        pages = {name: text_of(page) for name, page in sheets(run, language).items() if name in PAGES}
        assert [zone.name for zone in orders(about(run, tongue(language)))[0].zones] == list(sides)
        assert all(side in pages[name] for side in sides for name in ("session.html", "expect.html", "consent.html"))

    def test_what_is_done_beside_the_needling_stands_on_the_order_and_on_the_consent(self):
        course = course_of("cheek", adjuncts=[{"adjunct": "prp"}, {"adjunct": "subcision"}])
        pages = sheets(simulate(case_of(course=course), draws=5))
        order = text_of(pages["session.html"])
        assert "Beside the needling prp · Cheek off label on needled skin subcision · Cheek The case does not" in order
        consent = text_of(pages["consent.html"])
        assert "prp: not approved for needled skin." in consent
        assert "subcision: not approved" not in consent
        assert "Beside the needling" not in text_of(pages_of("face")["session.html"])

    def test_an_adjunct_that_is_not_tolerated_is_not_offered(self):
        course = course_of("cheek", adjuncts=[{"adjunct": "beside_needling", "detail": "tranexamic acid"}])
        run = simulate(case_of(patient={**PERSON, "allergies": ["tranexamic acid"]}, course=course), draws=5)
        pages = sheets(run)
        assert "tranexamic acid (Cheek): not tolerated: tranexamic acid" in text_of(pages["session.html"])
        assert "tranexamic acid: not approved" not in text_of(pages["consent.html"])

    def test_the_endpoint_is_that_of_the_concern(self):
        assert [one.sign for one in order_of("abdomen").zones[0].endpoints] == ["pinpoint bleeding"]
        assert [one.sign for one in order_of("scalp").zones[0].endpoints] == ["erythema"]

    def test_the_time_is_that_of_the_area_and_set_against_what_is_usual(self):
        small, large = (order_of(name).times for name in ("crows_feet", "abdomen"))
        assert "Shorter than the usual" in small.usual
        end = run_of("abdomen").find("needling_time", "abdomen")[0]
        low, high = (5 + end.band[0] + 5, 15 + end.band[2] + 10)
        assert large.whole.replace("\u202f", " ") == f"{round(low)}–{round(high)} min"
        huge = case_of(
            zones=[{"zone": "abdomen", "area": "2000 cm^2", "concerns": [{"concern": "striae"}]}],
            course=course_of("abdomen", count=1, settings={"passes": 8, "hand_speed": "1 cm/s"}),
        )
        assert "Longer than the usual" in orders(about(simulate(huge, draws=5), tongue()))[0].times.usual

    def test_without_a_pace_there_is_no_time(self):
        run = run_of("abdomen")
        run = replace(run, endpoints=tuple(end for end in run.endpoints if end.quantity != "needling_time"))
        times = orders(about(run, tongue()))[0].times
        assert times.whole == ""
        assert "not known" in times.usual

    def test_when_to_stop_is_said(self):
        stops = order_of("face").stops
        assert len(stops) == len([row for row in EVIDENCE.rows(CareStepRow) if row.phase == "stop"]) >= 3


class TestTheClock:
    def test_dates_are_those_of_the_course(self, small_run, files):
        assert session_dates(small_run) == [date(2026, 1, 12), date(2026, 2, 9)]
        assert "12 Jan 2026" in files["before.html"]
        assert 'From 2 weeks before <span class="quiet">29 Dec · 26 Jan</span>' in files["before.html"]
        assert 'Until 2 weeks after <span class="quiet">26 Jan · 23 Feb</span>' in files["aftercare.html"]

    def test_hours_agree_with_the_rules_that_speak_of_the_same(self):
        """A window before the course is as long as the clock says, and so is the time in which a product counts."""
        book, seen = rule_book(EVIDENCE), set()
        for row in EVIDENCE.rows(ClockRow):
            for rule in (book.rule(name) for name in row.rules):
                assert rule is not None, row.rules
                seen.add(rule.id)
                if row.phase == "before" and rule.window is not None:
                    days = (rule.window.after(date(2026, 3, 1)) - date(2026, 3, 1)).days
                    assert days * 24 == row.lasting, (rule.id, row.activity)
                for topicals in (clause.topicals for clause in rule.when if clause.topicals):
                    if row.phase == "before":
                        assert topicals.since == row.from_h, rule.id
                    else:
                        assert row.to_h - 0.2 < topicals.until <= row.to_h, rule.id
        assert {"topical_retinoid", "sunscreen_on_channels", "nsaid_fish_oil", "tan", "minoxidil_same_day"} <= seen

    def test_every_rule_on_a_product_near_the_needling_is_named_by_the_clock(self):
        named = {name for row in EVIDENCE.rows(ClockRow) for name in row.rules}
        asks = {
            rule.id
            for rule in rule_book(EVIDENCE).rules
            if any(c.topicals and c.topicals.until is not None and c.topicals.until > 0 for c in rule.when)
        }
        assert asks - named <= {"glide_gel"}

    def test_no_instruction_has_hours_of_its_own(self):
        for row in EVIDENCE.rows(ClockRow):
            assert not re.search(r"\d+ (hours|days|weeks)", row.instruction), row.instruction

    def test_clinic_hours_are_those_of_the_instructions(self, small_run):
        parameters = small_run.evidence.parameters
        ends = {row.computed: row.to_h for row in EVIDENCE.rows(ClockRow) if row.computed}
        assert ends == {
            "no_makeup_before": parameters["makeup_clinic_hours"].value,
            "no_actives_before": parameters["actives_clinic_hours"].value,
        }

    @pytest.mark.parametrize(
        ("quantity", "words"),
        [("no_makeup_before", "No make-up on this skin"), ("no_actives_before", "scrubs or vitamin C on")],
    )
    def test_waiting_hours_are_computed_and_never_sooner_than_customary(self, small_run, files, quantity, words):
        text = text_of(files["aftercare.html"])
        number, of = re.search(rf"{words}[^.]* for (\d+) (hours|days|weeks)", text).groups()
        hours = int(number) * {"hours": 1, "days": 24, "weeks": 168}[of]
        (usual,) = {row.to_h for row in EVIDENCE.rows(ClockRow) if row.computed == quantity}
        upper = max(end.band[2] for end in small_run.find(quantity, "cheek"))
        assert max(upper, usual) <= hours < max(upper, usual) + (1 if of == "hours" else 24)

    @pytest.mark.parametrize("name", ["face", "scalp", "many_findings"])
    def test_one_date_for_retinoids_and_acids_on_all_sheets(self, name):
        """However long the channels are open: pages, personal sentences and the calendar wait as long."""
        run = run_of(name)
        slow = tuple(
            replace(end, values=end.values + 300.0) if end.quantity == "no_actives_before" else end for end in run.endpoints
        )
        run = replace(run, endpoints=slow)
        made = about(run, tongue())
        (one,) = (one for one in instructions(made, "aftercare") if one.row.activity == "retinoid")
        assert one.hours > one.row.lasting
        lasting, day = tongue().lasting(one.hours), day_of(made.days[0], one.hours, "aftercare")
        pages = sheets(run)
        assert f"No retinoids, acids, scrubs or vitamin C on this skin for {lasting}" in text_of(pages["aftercare.html"])
        assert f"DTSTART;VALUE=DATE:{day:%Y%m%d}\r\nSUMMARY:{lasting} after session 1: photographs" in pages["calendar.ics"]
        uses = any(finding.rule == "topical_retinoid" for finding in run.screening.findings)
        assert uses is (name == "many_findings")
        assert (f"begin again no sooner than {lasting} after" in text_of(pages["aftercare.html"])) is uses

    def test_the_order_does_not_say_begin_again_sooner_than_the_page_for_the_days_after(self):
        run = run_of("many_findings")
        slow = tuple(
            replace(end, values=end.values + 300.0) if end.quantity.endswith("_before") else end for end in run.endpoints
        )
        told = {one.title: one.here for one in orders(about(replace(run, endpoints=slow), tongue()))[0].findings}
        usual = {one.title: one.here for one in orders(about(run, tongue()))[0].findings}
        (retinoid,) = (here for title, here in told.items() if "retinoid" in title)
        assert re.fullmatch(r"As computed here, no sooner than \d+ days after\.", retinoid)
        assert not any(usual.values())
        assert [title for title, here in told.items() if here] == [title for title in told if "retinoid" in title]

    @pytest.mark.parametrize(
        ("hours", "phase", "day"),
        [
            (2.0, "before", 12),
            (24.0, "before", 11),
            (36.0, "before", 10),
            (6.0, "aftercare", 12),
            (24.0, "aftercare", 13),
            (204.0, "aftercare", 21),
        ],
    )
    def test_a_date_is_never_before_the_hours_are_over(self, hours, phase, day):
        assert day_of(date(2026, 1, 12), hours, phase) == date(2026, 1, day)

    def test_sessions_that_follow_closely_do_not_say_begin_again_and_stop(self):
        course = course_of("scalp", sessions={"count": 3, "interval": "1 week"})
        text = sheets(simulate(case_of(zones=CASES["scalp"]["zones"], course=course), draws=5))["calendar.ics"].replace(
            "\r\n ", ""
        )
        assert text.count("no retinoids and acids yet\\, the next session is near") == 2
        assert text.count("retinoids and acids again if calm") == 1

    def test_places_are_told_what_concerns_them(self):
        told = {
            name: {
                one.row.activity
                for phase in ("before", "aftercare")
                for one in instructions(about(run_of(name), tongue()), phase)
            }
            for name in ("face", "scalp", "abdomen", "crows_feet")
        }
        only = {"hair_wash": "scalp", "hair_colour": "scalp", "lenses": "crows_feet", "minoxidil": "scalp"}
        for activity, place in only.items():
            assert {name for name, found in told.items() if activity in found} == {place}, activity
        assert "clothing" in told["abdomen"] - told["face"]
        assert "cleanser" in told["face"] - told["scalp"]
        assert "shaving" not in told["scalp"]

    def test_one_zone_of_two_is_named(self):
        text = text_of(pages_of("two_zones")["aftercare.html"])
        assert "Thigh: Wear loose, clean cotton" in text
        assert "Forehead: No make-up" in text

    def test_a_row_with_concepts_is_for_those_who_hold_them(self):
        assert "Do not smoke" in text_of(pages_of("personal")["aftercare.html"])
        assert "Do not smoke" not in text_of(pages_of("face")["aftercare.html"])
        assert "keep your blood sugar in its range" in text_of(pages_of("many_findings")["aftercare.html"])

    def test_dark_skin_and_numbing_cream_bring_their_lines(self):
        assert "Watch for dark patches" in text_of(pages_of("dark")["aftercare.html"])
        assert "Watch for dark patches" not in text_of(pages_of("face")["aftercare.html"])
        assert "Numbing cream weighed" in text_of(pages_of("face")["session.html"])
        assert "Numbing cream weighed" not in text_of(pages_of("dark")["session.html"])

    def test_the_calendar_follows_its_standard(self, files):
        text = files["calendar.ics"]
        lines = text.split("\r\n")
        assert lines[0] == "BEGIN:VCALENDAR"
        assert lines[-2:] == ["END:VCALENDAR", ""]
        assert "\n" not in text.replace("\r\n", "")
        assert all(len(line.encode()) <= 75 for line in lines)
        assert text.count("BEGIN:VEVENT") == text.count("END:VEVENT") == 2 * 4 + 4
        assert "DTSTART;VALUE=DATE:20260209" in text
        assert "DTSTART;VALUE=DATE:20251229" in text  # no tan from two weeks before
        assert len({line for line in lines if line.startswith("UID:")}) == 12

    def test_two_people_with_the_same_days_have_calendars_of_their_own(self):
        """Both are read into one calendar: no event of one may take the place of an event of the other."""

        def uids(run):
            return {line for line in calendar(run).split("\r\n") if line.startswith("UID:")}

        mine = run_of("face")
        older = mine.case.patient.model_copy(update={"age": mine.case.patient.age + 1.0})
        other = replace(mine, case=mine.case.model_copy(update={"patient": older}))
        assert not uids(mine) & uids(other)
        assert uids(mine) == uids(mine)


class TestExpectAndConsent:
    def test_counts_of_ten_are_those_of_the_run(self):
        run = run_of("face")
        (end,) = (e for e in run.find("redness_duration", "cheek") if e.detail.session == 1)
        row = re.search(r'<th scope="row">Redness</th>((?:<td>\d+</td>)+)', pages_of("face")["expect.html"]).group(1)
        counts = [int(n) for n in re.findall(r"\d+", row)]
        days = (0.25, 1, 2, 3, 5, 7, 10, 14)
        assert counts == [round(10 * float((end.values > day).mean())) for day in days]
        assert counts == sorted(counts, reverse=True)

    def test_sessions_that_differ_are_told_apart(self):
        text = pages_of("shallower")["expect.html"]
        assert "Later sessions are much the same" not in text
        sections = dict(re.findall(r"<h2>Cheek: (sessions? [^<]+)</h2>(.*?)</section>", text, re.DOTALL))
        assert list(sections) == ["session 1", "session 2"]
        pains = {end.detail.session: end.band for end in run_of("shallower").find("pain_vas", "cheek")}
        for number, section in enumerate(sections.values(), 1):
            low, middle, high = (round(value) for value in pains[number])
            assert f"about {middle} of 10; between {low} and {high}" in section
        assert "Later sessions are much the same" in pages_of("face")["expect.html"]

    def test_a_session_without_the_numbing_is_told_apart_in_its_zone(self):
        heads = re.findall(r"<h2>([^<]+)</h2>", pages_of("two_zones")["expect.html"])
        assert heads[:3] == ["Forehead", "Thigh: session 1", "Thigh: session 2"]

    def test_make_up_is_a_matter_of_faces(self):
        run = run_of("face")
        (end,) = (e for e in run.find("downtime_makeup", "cheek") if e.detail.session == 1)
        found = re.findall(
            r"In (\d+) of 10 people like you the redness can be covered by (?:day (\d+)|the day after)",
            pages_of("face")["expect.html"],
        )
        assert found
        for people, day in found:
            assert int(10 * float((end.values <= int(day or 1)).mean()) + 1e-9) == int(people) >= 5
        assert "redness can be covered" not in pages_of("scalp")["expect.html"]

    def test_risks_are_natural_frequencies_with_what_was_counted(self):
        text = text_of(pages_of("dark")["consent.html"])
        (end,) = run_of("dark").find("pih_risk", "cheek")
        assert "Dark patches" in text
        assert re.search(rf"{round(100 * end.band[1])} in 100 people like you; between", text)
        assert f"seen in {end.counts.needled.events} of {end.counts.needled.people} people" in text

    def test_pain_is_not_told_as_if_a_cream_that_is_refused_had_numbed(self):
        text = text_of(pages_of("allergies")["expect.html"])
        assert "How much it hurts depends on what numbs: the cream of the course is not for you." in text
        assert "Pain of the session" not in text
        assert "Pain of the session" in text_of(pages_of("face")["expect.html"])

    def test_a_product_that_is_not_computed_is_not_said_to_bring_nothing(self):
        unknown = {"product": "Glowmax serum", "dose": "2 mg/cm^2", "apply": "0 min"}
        course = course_of("cheek", topicals=[unknown], adjuncts=[{"adjunct": "prp"}])
        text = text_of(sheets(simulate(case_of(course=course), draws=5))["consent.html"])
        assert "not computed: what Glowmax serum and prp does in the skin is not known here" in text
        assert "nothing in it brings it about" not in text
        assert "not computed" not in text_of(pages_of("abdomen")["consent.html"])

    def test_where_nothing_numbs_nothing_of_numbing_is_told(self):
        for title, said in (("consent.html", "too much numbing medicine"), ("aftercare.html", "blue lips after numbing")):
            assert said in text_of(pages_of("face")[title])
            assert said not in text_of(pages_of("dark")[title])

    def test_off_label_is_said_of_the_product_and_of_no_other_whose_name_is_in_its_name(self):
        serum = {"product": "vitamin C serum", "dose": "2 mg/cm^2", "apply": "0 min"}
        later = {"product": "vitamin C", "dose": "2 mg/cm^2", "apply": "72 h"}
        run = simulate(case_of(course=course_of("cheek", topicals=[serum, later])), draws=5)
        assert {put.product: put.off_label for put in orders(about(run, tongue()))[0].products} == {
            "vitamin C serum": True,
            "vitamin C": False,
        }
        assert rule_book(EVIDENCE).rule(OFF_LABEL) is not None

    def test_consent_names_alternatives_and_what_is_off_label(self):
        text = text_of(pages_of("two_zones")["consent.html"])
        assert "No treatment:" in text
        assert "Laser; a retinoid cream on red striae" in text
        assert "niacinamide 4 % serum: not approved for needled skin" in text
        assert "hyaluronic acid gel: not approved" not in text

    def test_every_complication_has_first_steps_and_the_gravest_come_first(self):
        text = text_of(pages_of("face")["complications.html"])
        for row in EVIDENCE.rows(ComplicationRow):
            assert row.complication in text
            assert row.refer_to in text
        assert text.index("Anaphylaxis") < text.index("Vasovagal faint") < text.index("Granuloma")
        assert "Methaemoglobinaemia" not in text_of(pages_of("dark")["complications.html"])

    def test_every_risk_of_the_run_is_told(self):
        asked = {row.risk for row in EVIDENCE.rows(ComplicationRow) if row.risk}
        counted = {end.quantity for end in run_of("face").endpoints if EVIDENCE.quantities[end.quantity].kind == "risk"}
        assert counted <= asked

    def test_every_red_flag_has_a_window_and_a_place_on_the_sheet(self):
        text = unescape(pages_of("face")["aftercare.html"])
        rows = EVIDENCE.rows(RedFlagRow)
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


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return write_run(run_of("face"), tmp_path_factory.mktemp("sheets") / "run")


class TestTheVerb:
    def test_writes_the_sheets_again_in_a_language(self, folder, tmp_path):
        dermatwin("sheets", folder, "--out", tmp_path / "de", "--language", "de")
        assert {path.name for path in (tmp_path / "de").iterdir()} == {*PAGES, "calendar.ics", "contents.json"}
        assert "Nach Ihren Sitzungen" in (tmp_path / "de" / "aftercare.html").read_text(encoding="utf-8")
        assert b"\r\nEND:VCALENDAR\r\n" in (tmp_path / "de" / "calendar.ics").read_bytes()

    def test_as_pdf(self, folder, tmp_path):
        dermatwin("sheets", folder, "--out", tmp_path / "pdf", "--pdf")
        for name in PAGES:
            assert (tmp_path / "pdf" / name.replace("html", "pdf")).read_bytes().startswith(b"%PDF-")

    def test_without_the_extra_it_says_so_and_writes_nothing(self, folder, tmp_path, monkeypatch):
        monkeypatch.setitem(__import__("sys").modules, "plutoprint", None)
        done = dermatwin("sheets", folder, "--out", tmp_path / "pdf", "--pdf", status=1)
        assert "pip install 'dermatwin[pdf]'" in done.stderr
        assert not (tmp_path / "pdf").exists()

    def test_an_unknown_language_is_a_fault(self, folder, tmp_path):
        done = dermatwin("sheets", folder, "--out", tmp_path / "fr", "--language", "fr", status=1)
        assert done.stderr.count("\n") == 1
        assert "'fr' is not a language of the sheets; known are en, de, es" in done.stderr
        assert not (tmp_path / "fr").exists()
        with pytest.raises(CaseError, match="not a language"):
            sheets(run_of("face"), "fr")

    def test_an_earlier_folder_is_replaced_only_by_force(self, folder, tmp_path):
        dermatwin("sheets", folder, "--out", tmp_path / "a")
        dermatwin("sheets", folder, "--out", tmp_path / "a", status=1)
        dermatwin("sheets", folder, "--out", tmp_path / "a", "--force")

    def test_there_is_nobody_to_hand_a_sheet_to(self, tmp_path):
        case = case_of(zones=[{"zone": "cheek", "area": "4 cm^2", "treated": False}], course=course_of())
        folder = write_run(simulate(case, draws=3), tmp_path / "run")
        done = dermatwin("sheets", folder, "--out", tmp_path / "a", status=1)
        assert "has no sheets" in done.stderr
        assert screen(case, EVIDENCE).verdict == "ok"
