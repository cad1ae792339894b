"""One lane of the healing network: one layer of one zone of one possible person, with everything that the equations need.

A lane is what leaves dermatwin for other programs. It holds no results: the network with its constants put in, and the
treatment sessions. Two pieces of tissue can be written. `repeated` is the point that every session hits, the network as
it stands. `mean` is the whole layer: hit and spared tissue side by side, mixed by their shares before each session as
`tissue.py` does, which is what a biopsy or an instrument sees. Left out: the gap in the epidermis over a channel, a
closed form that nothing in the network asks for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields

import numpy as np

from ..evidence import Draws, Evidence
from ..flows import LAYERS, Punctures
from ..history import Person
from ..skin.section import Skin
from . import kernel_generated as kernel
from .antimony import Network, read
from .injury import Injury, injury_of
from .person import constants

PIECES = ("repeated", "mean")
DAY = "session_day"
SHARE = "activated_fraction"


@dataclass(frozen=True)
class Lane:
    """The network with numbers, ready to be written in another program's format."""

    title: str
    layer: str
    piece: str  # one of PIECES
    constants: Mapping[str, float]  # in the units of the evidence; derived ones only where their formula does not hold
    sessions: tuple[Mapping[str, float], ...]  # `session_day` and what `Injury` holds, by name
    horizon: float  # d after the first session
    evidence: Evidence = field(repr=False)
    network: Network = field(default_factory=read, repr=False)
    remarks: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.piece not in PIECES:
            raise ValueError(f"{self.piece!r} is not a piece of tissue; one of {', '.join(PIECES)}")
        lacking = [name for name in self.free_constants if name not in self.constants]
        if lacking:
            raise ValueError(f"no value for {', '.join(lacking)}")

    @property
    def session_constants(self) -> tuple[str, ...]:
        """Constants of the network that each session has its own value of."""
        given = {DAY, *(f.name for f in fields(Injury))}
        return tuple(name for name in self.network.constants if name in given)

    @property
    def free_constants(self) -> tuple[str, ...]:
        """Constants that neither a session nor a formula gives."""
        own = {*self.session_constants, *self.network.derived}
        return tuple(name for name in self.network.constants if name not in own)

    def unit(self, name: str) -> str:
        """Unit of a constant, from evidence where it stands there."""
        parameter = self.evidence.parameters.get(name)
        return parameter.unit if parameter else self.network.units[name]


@dataclass(frozen=True)
class Excerpt:
    """Which lane of all that are integrated: one layer, one piece of it, one person of the draws, counted from 0."""

    layer: str
    piece: str = "repeated"  # one of PIECES
    person: int = 0


def lane_of(
    punctures: Sequence[Punctures],
    days: Sequence[float],
    skin: Skin,
    person: Person,
    draws: Draws,
    *,
    excerpt: Excerpt,
    horizon: float,
    title: str = "",
) -> Lane:
    """One lane of `draws`, as `tissue.heal` would integrate it.

    Units     days after the first session.      Valid  living skin; for excised skin there are no sessions.
    Raises    ValueError for an unknown layer or piece.
    """
    layer, number = excerpt.layer, excerpt.person
    if layer not in LAYERS:
        raise ValueError(f"{layer!r} is not a layer; one of {', '.join(LAYERS)}")
    values, notices = constants(skin, person, draws)
    sessions = zip(days, (injury_of(p, draws) for p in punctures), strict=True) if skin.alive else ()
    return Lane(
        title=title or f"{skin.zone}, {layer}",
        layer=layer,
        piece=excerpt.piece,
        constants=_named(values[number]),
        horizon=float(horizon),
        evidence=draws.evidence,
        sessions=tuple(_session(day, injury, number, LAYERS.index(layer)) for day, injury in sessions),
        remarks=tuple(f"{notice.path}: {notice.message}" for notice in notices),
    )


def _named(row: np.ndarray) -> dict[str, float]:
    """Constants by name; derived ones are left out where they still follow from the others."""
    followed = row[None].copy()
    kernel.derive(followed)
    moved = ~np.isclose(followed[0], row, rtol=1e-12, atol=0.0)
    return {name: float(row[i]) for i, name in enumerate(kernel.CONSTANTS) if name not in kernel.DERIVED or moved[i]}


def _session(day: float, injury: Injury, person: int, layer: int) -> dict[str, float]:
    found = {DAY: float(day)}
    for item in fields(Injury):
        value = getattr(injury, item.name)[person]
        found[item.name] = float(value[layer] if np.ndim(value) else value)
    return found
