"""The JSON schema of a trial file: the document's own shape, with zones and course as a case has them; and a template."""

from __future__ import annotations

from typing import Any

from ..case import json_schema
from ..case.schema import DIALECT
from .document import TrialDocument

TEMPLATE = """\
# A trial for dermatwin: who is asked, what each arm gets, who reads when, who leaves, what is tested.
# dermatwin trial THIS.yaml --out runs/trial   simulates a pool of virtual people once and draws trials from it.
title: Needling against nothing, parallel
population: acne_scar_india                  # dermatwin population lists and draws them
people: 60                                   # randomised, all arms together (of a split face: people)
design: parallel                             # parallel, split_face or crossover
zones:                                       # as in a case; the severity comes from the population
  - {zone: cheek, area: 60 cm^2, concerns: [{concern: acne_scar}]}
course:                                      # as in a case; arms may lay their own over it
  device: dermaroller_mf8
  start: 2026-01-12
  sessions: {count: 4, interval: 4 weeks}
  settings: {cheek: {needle_length: 1.5 mm, passes: 15}}
arms:
  - {name: needling}
  - {name: untreated, role: untreated}       # needled, untreated, sham or waiting_list
  # - {name: deeper, course: {settings: {cheek: {needle_length: 2 mm}}}, ratio: 1}
visits:                                      # after the first session; the last is tested
  - {time: 16 weeks, window: 1 week}
  - {time: 24 weeks, window: 1 week}
randomisation: {block: 4, strata: [sex]}     # strata: sex, phototype, age, severity
include: {age: [18 yr, 40 yr], phototypes: [IV, V]}
exclude: {facts: [isotretinoin], screened: nobody}   # screened: stop leaves out whom dermatwin screen stops
raters: {count: 2, blinded: true, disagreement: 0.3, drift: 0}   # units of the scale; drift in a year
missed_sessions: 5 %
leaving: {at_random: 10 %, pain: {above: 7, leave: 20 %}}
# stopping: {looks: [0.5, 1], efficacy: obrien_fleming, futility: 10 %}
analysis: {method: ancova, alpha: 0.05, estimand: hypothetical, power: 0.8}
pool: {lots: 10, worlds: 30, lot: 120}       # lot: people simulated for each world; sizes up to it are searched
"""


def trial_schema() -> dict[str, Any]:
    """The JSON schema of a trial file; a new copy that the caller may edit."""
    own, case = TrialDocument.model_json_schema(), json_schema()
    definitions = {**case["$defs"], **own.pop("$defs", {})}
    own["properties"]["zones"]["items"] = {"$ref": "#/$defs/Zone"}
    own["properties"]["course"] = {"$ref": "#/$defs/Course"}
    definitions["Arm"]["properties"]["course"] = {"$ref": "#/$defs/CoursePart"}
    return {"$schema": DIALECT, **own, "title": "dermatwin trial", "$defs": definitions}
