"""Topical anaesthetics: which agent a product is, how strong, and what its label allows for a person of this age.

The table is `anaesthetics.csv`: one row per agent and age. Agents are known by name; any other product that names an
anaesthetic falls to the general row of that drug, with the strength read from its name.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from ..case import Topical
from ..core.units import factor
from ..evidence import Evidence, Tables, view
from ..evidence.rows.screening import AnaestheticRow
from ..history.language import tokens
from .product import Contents, contents
from .records import Level

_NUMBER = re.compile(r"(?<![\w.])(\d+(?:\.\d+)?)(?![\w.])")
_PERCENT = re.compile(r"(\d+(?:\.\d+)?)\s*(?:%|percent|pct)")


@dataclass(frozen=True)
class Agent:
    """One anaesthetic for one range of age. None = the label gives no number."""

    name: str
    classes: tuple[str, ...]  # amide, ester
    strengths: dict[str, float | None]  # drug -> share of the product's mass
    age_from: float  # yr
    age_below: float  # yr
    max_mass: float | None  # mg of product
    max_area: float | None  # cm2
    max_time: float | None  # h
    min_time: float  # h
    occlusion: str  # labelled, no
    mass_guard: Level  # how grave it is to exceed the limit of lidocaine by weight
    sources: tuple[str, ...]
    note: str

    @property
    def labelled(self) -> bool:
        """Whether the product has limits of its own."""
        return self.max_mass is not None or self.max_area is not None

    def mass(self, drug: str, product_mass: float) -> float | None:
        """Mass of a drug in `product_mass`, same unit; None if the strength is unknown, 0 if it holds none."""
        strength = self.strengths.get(drug, 0.0)
        return None if strength is None else strength * product_mass


def agent_of(topical: Topical, evidence: Evidence, age: float | None = None) -> Agent | None:
    """The anaesthetic in a product, for a person of this age (yr) or of any; None if it is none."""
    product = contents(topical, evidence)
    for name, agent in _table(evidence):
        if _named(name, product.text) and (age is None or agent.age_from <= age < agent.age_below):
            return _with_strength(agent, product)
    return None


def _named(name: str, text: str) -> bool:
    """Whether all words of an agent's name are among the words of a product's."""
    return set(tokens(name)) <= set(tokens(text))


def _with_strength(agent: Agent, product: Contents) -> Agent:
    """The agent with the strengths that the case states; a labelled product of another strength loses its label."""
    stated = _stated(agent, product)
    label = [share for share in agent.strengths.values() if share is not None]
    if not stated or (len(stated) == 1 and label and _same(stated[0], sum(label))):
        return agent
    if len(stated) == 1:
        stated *= len(agent.strengths)
    if len(stated) != len(agent.strengths):
        return replace(_unlabelled(agent), strengths=dict.fromkeys(agent.strengths))
    same = len(label) == len(stated) and all(map(_same, stated, label))
    return agent if same else replace(_unlabelled(agent), strengths=dict(zip(agent.strengths, stated, strict=True)))


def _stated(agent: Agent, product: Contents) -> list[float]:
    known = [product.strengths[drug] for drug in agent.strengths if drug in product.strengths]
    if len(known) == len(agent.strengths) or (known and len(product.strengths) == 1):
        return known
    return [float(number) * factor("%", "1") for number in _PERCENT.findall(_spelled(product.text))]


def _same(one: float, other: float) -> bool:
    return abs(one - other) < 1e-9


def _unlabelled(agent: Agent) -> Agent:
    if not agent.labelled:
        return agent
    return replace(agent, name=f"not {agent.name}: other strength", max_mass=None, max_area=None, mass_guard="hard_stop")


def _spelled(text: str) -> str:
    """'lidocaine cream 4' means per cent as well, '23/7' two of them."""
    return text if _PERCENT.search(text) else _NUMBER.sub(r"\1 %", text)


@view
def _table(tables: Tables) -> tuple[tuple[str, Agent], ...]:
    """Every name with its agents, the names of most words first: a combination is not its first drug."""
    pairs = [(name, _agent(row)) for row in tables.rows(AnaestheticRow) for name in row.names]
    return tuple(sorted(pairs, key=lambda pair: -len(tokens(pair[0]))))


def _agent(row: AnaestheticRow) -> Agent:
    return Agent(
        name=row.agent,
        classes=row.classes,
        strengths=dict(row.actives),
        age_from=row.age_from_yr,
        age_below=row.age_below_yr,
        max_mass=None if row.max_grams is None else row.max_grams * factor("g", "mg"),
        max_area=row.max_area_cm2,
        max_time=row.max_hours,
        min_time=row.min_minutes * factor("min", "h"),
        occlusion=row.occlusion,
        mass_guard=row.mass_guard,
        sources=row.source,
        note=row.note,
    )
