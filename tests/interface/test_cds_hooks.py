"""CDS Hooks: requests of a clinical system answered with cards made from the screening."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from builders import case_of
from clinical import DAY, PERSON, SUBJECT, bundle, concept, condition, request
from dermatwin.evidence import Evidence
from dermatwin.exchange import hooks
from dermatwin.exchange.fhir import Told, bundle_of

INSTANCE = "d1577c69-dfbe-44ad-ba6d-3e05e953b2ea"
EMPTY = bundle(kind="searchset")


def asked(*conditions, medicines=(), hook="patient-view", context=None, **prefetch):
    """A request over a record."""
    return {
        "hook": hook,
        "hookInstance": INSTANCE,
        "context": {"userId": "Practitioner/1", "patientId": "p", **(context or {})},
        "prefetch": {
            "patient": PERSON,
            "conditions": bundle(*conditions, kind="searchset"),
            "medications": bundle(*medicines, kind="searchset"),
            "allergies": EMPTY,
            **prefetch,
        },
    }


def ordered(*orders, **more):
    names = [f"{one['resourceType']}/{one['id']}" for one in orders]
    return asked(hook="order-select", context={"selections": names, "draftOrders": bundle(*orders)}, **more)


def cards(service, body):
    found = hooks.answer(service, body, DAY, Evidence.packaged())
    assert found.status == 200, found.body
    return {card["source"]["topic"]["code"]: card for card in found.body["cards"]}


def test_discovery():
    services = hooks.discovery()["services"]
    assert [(one["id"], one["hook"]) for one in services] == [(hooks.VIEW, "patient-view"), (hooks.ORDER, "order-select")]
    for one in services:
        assert one["title"]
        assert one["description"]
        assert set(hooks.NEEDED) <= one["prefetch"].keys()


class TestPatientView:
    def test_a_stop_is_critical_and_a_caution_a_warning(self):
        pregnant = condition("Pregnant", "snomed:77386006")
        found = cards(hooks.VIEW, asked(pregnant, medicines=[request("Naproxen 500 MG Oral Tablet", "rxnorm:198014")]))
        assert found["pregnancy"]["indicator"] == "critical"
        assert "overrideReasons" not in found["pregnancy"]
        assert found["nsaid_fish_oil"]["indicator"] == "warning"
        assert "Sources: " in found["pregnancy"]["detail"]

    def test_a_soft_stop_may_be_overridden_with_a_reason(self):
        found = cards(hooks.VIEW, asked(medicines=[request("Warfarin", "rxnorm:855332")]))
        assert found["anticoagulant"]["indicator"] == "critical"
        assert found["anticoagulant"]["overrideReasons"]

    def test_what_the_record_leaves_open_is_one_card(self):
        found = cards(hooks.VIEW, asked(condition("Glimmering syndrome")))
        assert list(found) == ["record"]
        assert found["record"]["indicator"] == "info"
        assert "phototype" in found["record"]["detail"]
        assert "Glimmering syndrome" in found["record"]["detail"]

    def test_form_of_a_card(self):
        found = cards(hooks.VIEW, asked(condition("Pregnant", "snomed:77386006")))
        for card in found.values():
            assert 0 < len(card["summary"]) < 140
            assert card["indicator"] in ("info", "warning", "critical")
            assert card["source"]["label"]
        assert len({card["uuid"] for card in found.values()}) == len(found)

    def test_the_plan_of_the_record_is_screened(self):
        plan = bundle_of(Told(case_of(), Evidence.packaged()))
        plans = [
            {**entry["resource"], "subject": SUBJECT}
            for entry in plan["entry"]
            if entry["resource"]["resourceType"] == "CarePlan"
        ]
        found = cards(hooks.VIEW, asked(plans=bundle(*plans, kind="searchset")))
        assert "zones" not in found["record"]["detail"]

    @pytest.mark.parametrize("name", hooks.NEEDED)
    @pytest.mark.parametrize("value", [None, {"resourceType": "OperationOutcome", "issue": []}, "x"])
    def test_missing_data(self, name, value):
        found = hooks.answer(hooks.VIEW, asked(**{name: value}), DAY, Evidence.packaged())
        assert (found.status, found.body) == (412, {"error": f"needs prefetch of {name}"})

    def test_the_record_of_somebody_else(self):
        found = hooks.answer(hooks.VIEW, asked(patient={**PERSON, "id": "q"}), DAY, Evidence.packaged())
        assert found.status == 412
        assert "'q', not of the person of the context" in found.body["error"]

    def test_no_prefetch_at_all(self):
        body = asked()
        del body["prefetch"]
        assert hooks.answer(hooks.VIEW, body, DAY, Evidence.packaged()).status == 412

    def test_data_that_cannot_be_read(self):
        body = asked(condition("acne", colour="red"))
        found = hooks.answer(hooks.VIEW, body, DAY, Evidence.packaged())
        assert found.status == 412
        assert "Condition/c.colour" in found.body["error"]

    @pytest.mark.parametrize(
        "change",
        [{"hook": "order-sign"}, {"hookInstance": "1"}, {"context": {"userId": "Practitioner/1"}}, {"context": None}],
    )
    def test_what_is_no_request(self, change):
        assert hooks.answer(hooks.VIEW, {**asked(), **change}, DAY, Evidence.packaged()).status == 400

    @pytest.mark.parametrize("body", [None, [], "x", 3])
    def test_what_is_no_object(self, body):
        assert hooks.answer(hooks.VIEW, body, DAY, Evidence.packaged()).status == 400

    def test_no_such_service(self):
        assert hooks.answer("other", asked(), DAY, Evidence.packaged()).status == 404


class TestOrderSelect:
    NEEDLING = {"resourceType": "ServiceRequest", "id": "s", "status": "draft", "intent": "order", "subject": SUBJECT}
    NEEDLING = {**NEEDLING, "code": concept("Microneedling of both cheeks")}
    WARFARIN = request("Warfarin", "rxnorm:855332", id="w", status="draft")

    def test_needling_is_screened(self):
        found = cards(hooks.ORDER, ordered(self.NEEDLING, conditions=bundle(condition("Pregnant", "snomed:77386006"))))
        assert found["pregnancy"]["indicator"] == "critical"

    def test_another_order_is_none_of_our_business(self):
        other = {**self.NEEDLING, "code": concept("Chest radiograph")}
        dry = {**self.NEEDLING, "code": concept("Dry needling of trigger points")}
        pregnant = bundle(condition("Pregnant", "snomed:77386006"))
        for order in (other, dry, self.WARFARIN):
            assert cards(hooks.ORDER, ordered(order, conditions=pregnant)) == {}

    def test_only_what_is_selected_counts(self):
        body = ordered(self.NEEDLING, conditions=bundle(condition("Pregnant", "snomed:77386006")))
        body["context"]["selections"] = ["ServiceRequest/other"]
        assert cards(hooks.ORDER, body) == {}

    def test_what_a_medicine_changes_for_a_planned_course(self):
        plan = bundle_of(Told(case_of(), Evidence.packaged()))
        plans = [
            {**entry["resource"], "subject": SUBJECT}
            for entry in plan["entry"]
            if entry["resource"]["resourceType"] == "CarePlan"
        ]
        known = [request("Naproxen 500 MG Oral Tablet", "rxnorm:198014")]
        body = ordered(self.WARFARIN, medicines=known, plans=bundle(*plans, kind="searchset"))
        found = cards(hooks.ORDER, body)
        assert found["anticoagulant"]["indicator"] == "critical"
        assert "nsaid_fish_oil" not in found

    def test_a_request_needs_its_orders(self):
        assert hooks.answer(hooks.ORDER, asked(hook="order-select"), DAY, Evidence.packaged()).status == 400


class TestFeedback:
    ONE = {
        "card": INSTANCE,
        "outcome": "overridden",
        "overrideReason": {
            "reason": {"code": "x", "system": "urn:x", "display": "Seen and discussed"},
            "userComment": "by phone",
        },
        "outcomeTimestamp": "2026-01-12T10:00:00+00:00",
    }

    def test_is_read(self):
        found, outcomes = hooks.feedback(hooks.VIEW, {"feedback": [self.ONE]})
        assert found.status == 200
        when = datetime(2026, 1, 12, 10, tzinfo=UTC)
        assert outcomes == (hooks.Outcome(INSTANCE, "overridden", "Seen and discussed", "by phone", when),)

    @pytest.mark.parametrize(
        "body",
        [
            None,
            {},
            {"feedback": []},
            {"feedback": [{**ONE, "card": "1"}]},
            {"feedback": [{**ONE, "outcome": "ignored"}]},
            {"feedback": [ONE, {}]},
        ],
    )
    def test_what_is_none(self, body):
        found, outcomes = hooks.feedback(hooks.VIEW, body)
        assert (found.status, outcomes) == (400, ())

    def test_no_such_service(self):
        assert hooks.feedback("other", {"feedback": [self.ONE]})[0].status == 404
