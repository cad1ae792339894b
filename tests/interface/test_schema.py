"""The JSON schema, the template, and that both say what `load_case` does."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path

import jsonschema
import pytest
import yaml

from builders import dermatwin
from dermatwin.case import Case, json_schema, load_case
from dermatwin.case.reading import read_file, read_text
from dermatwin.case.schema import OFFERED, fields, limits, spec_at, whole_case
from dermatwin.case.template import template
from dermatwin.core.errors import CaseError
from dermatwin.device import kinds
from dermatwin.evidence import Evidence, words
from dermatwin.history import anamnesis
from dermatwin.lookup import entries
from dermatwin.outcome import concerns

PACKAGED = Evidence.packaged()
CONCERNS, KINDS = tuple(concerns(PACKAGED)), tuple(kinds(PACKAGED))
QUESTIONS = tuple(anamnesis(PACKAGED))
MALFORMED = Path(__file__).parent / "malformed"
EXAMPLES = [*sorted((Path(__file__).parents[2] / "examples").glob("*.yaml")), MALFORMED / "sound.yaml"]

# what is wrong with these can be said in JSON schema: a type, an allowed value, a count, a key
TOLD_BY_SHAPE = [
    "phototype_unknown",
    "concern_misspelt",
    "unknown_key",
    "unknown_key_at_top",
    "no_unit",
    "zones_is_a_mapping",
    "no_zones",
    "count_negative",
    "count_fraction",
    "count_is_text",
    "patient_is_a_list",
    "sex_no",
    "smoker_yes",
    "passes_true",
    "zone_with_a_sign",
    "override_without_reason",
    "anamnesis_wrong",
    "version_of_tomorrow",
    "device_is_a_number",
    "age_is_a_list",
    "nothing_but_a_title",
    "top_is_a_list",
    "top_is_a_word",
]


@pytest.fixture(scope="module")
def validator() -> jsonschema.Draft202012Validator:
    schema = json_schema(CONCERNS, KINDS, QUESTIONS)
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_schema_accepts_what_load_case_accepts(path, validator):
    load_case(path)
    validator.validate(read_file(path).value)


@pytest.mark.parametrize("name", TOLD_BY_SHAPE)
def test_schema_refuses_what_load_case_refuses(name, validator):
    path = MALFORMED / f"{name}.yaml"
    with pytest.raises(CaseError):
        load_case(path, words=words(PACKAGED))
    assert not validator.is_valid(read_file(path).value)


def test_schema_knows_the_questions_of_the_anamnesis(validator):
    def is_valid(**answers):
        return validator.is_valid({"base": "a.yaml", "patient": {"anamnesis": answers}})

    assert is_valid(keloid="no", blood_thinner={"answer": "yes", "which": "Xarelto"})
    assert not is_valid(keloyd="no")
    assert not is_valid(keloid="maybe")


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_days_may_be_what_readers_of_yaml_make_of_them(path, validator):
    document = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert isinstance(document["course"]["start"], date)
    validator.validate(document)


def test_what_is_no_day_is_refused(validator):
    def is_valid(start):
        return validator.is_valid({"base": "a.yaml", "course": {"start": start}})

    assert is_valid("2026-01-12")
    assert is_valid(date(2026, 1, 12))
    for wrong in ("12.01.2026", "soon", 20260112, True, ["2026-01-12"], {"day": 12}):
        assert not is_valid(wrong), wrong


def test_editors_complete_names_and_accept_others(tmp_path):
    dermatwin("export", "schema", "--out", tmp_path / "schema.json")
    schema = json.loads((tmp_path / "schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    for kind, (record, field) in OFFERED.items():
        for form in (record, f"{record}Part"):
            place = schema["$defs"][form]["properties"][field]
            branches = place["anyOf"] if form == record else place["anyOf"][0]["anyOf"]
            assert branches[0] == {"enum": [one.name for one in entries(kind, PACKAGED)]}
            assert place.get("description") or place["anyOf"][0]["description"]
    exported = jsonschema.Draft202012Validator(schema)
    for path in EXAMPLES:
        exported.validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    for device in ("skinpen-precision", "a pen that a clinic has"):
        assert exported.is_valid({"base": "a.yaml", "course": {"device": device}})
    assert not exported.is_valid({"base": "a.yaml", "course": {"device": 3}})


def test_a_file_with_a_base_may_leave_things_out(validator):
    assert validator.is_valid({"base": "a.yaml", "patient": {"age": "50 yr"}, "course": {"settings": {"cheek": None}}})
    assert not validator.is_valid({"patient": {"age": "50 yr"}})
    assert not validator.is_valid({"base": "a.yaml", "patient": {"aeg": "50 yr"}})


def test_every_field_is_explained_and_every_explanation_has_a_field():
    schema = whole_case()
    records = {"Case": schema, **schema["$defs"]}
    assert {record: set(told) for record, told in fields().items()} == {
        record: set(shape["properties"]) for record, shape in records.items()
    }


def test_every_property_has_a_description():
    schema = json_schema()
    for record in schema["$defs"].values():
        for name, field in record["properties"].items():
            assert field.get("description") or field["anyOf"][0].get("description") or name == "base", name


def test_ranges_are_told_with_their_unit():
    assert limits(spec_at(("course", "settings", "cheek", "needle_length"))) == "0.1-3.5 mm"
    assert limits(spec_at(("course", "settings", "cheek", "passes"))) == "1-100"
    assert limits(spec_at(("course", "device", "kind"), kinds=KINDS)) == "pen, roller, stamp"


def test_the_caller_may_change_its_copy():
    json_schema()["$defs"]["Case"]["properties"].clear()
    assert json_schema()["$defs"]["Case"]["properties"]


def test_template_is_a_valid_case(tmp_path, validator):
    (tmp_path / "case.yaml").write_text(template(), encoding="utf-8")
    assert isinstance(load_case(tmp_path / "case.yaml"), Case)
    validator.validate(read_text(template(), "template").value)
    validator.validate(yaml.safe_load(template()))


def test_template_explains_every_field():
    lines = template().splitlines()
    for told in fields().values():
        for name, text in told.items():
            assert any(f"{name}:" in line and text in line for line in lines), name


def test_template_stays_valid_when_switched_on(tmp_path):
    """Optional lines work when their mark is taken away, one block at a time."""
    written = template()
    for name in ("species", "body_weight", "treated", "occlusion", "density", "force"):
        switched_on = re.sub(rf"^( *)# ({name}:)", r"\1\2", written, flags=re.MULTILINE)
        assert switched_on != written
        (tmp_path / "case.yaml").write_text(switched_on, encoding="utf-8")
        load_case(tmp_path / "case.yaml")
