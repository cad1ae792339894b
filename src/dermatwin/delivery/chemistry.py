"""A solute from its structure: molar mass and a log Kow computed by Crippen's rules, with RDKit where it is installed.

Only for actives that the table does not hold. No pKa, solubility or measured value comes out of a structure: such a solute
is treated as un-ionised, its permeability carries the error of a computed log Kow, and salts count as they are drawn.
"""

from __future__ import annotations

from importlib import import_module
from math import isfinite

from .solute import Solute

_LIGHTEST, _FARTHEST = 2.0, 25.0  # numerical: a molecule is no lighter than H2; what is farther off is no log Kow
"""g/mol, hydrogen; log Kow beyond which Crippen's rules add up fragments that no measurement has seen together."""


def from_smiles(name: str, smiles: str) -> Solute:
    """The solute of this structure; KeyError that says what would be right where RDKit is missing or cannot read it."""
    try:
        chem, crippen, descriptors = (import_module(f"rdkit.Chem{part}") for part in ("", ".Crippen", ".Descriptors"))
    except ImportError:
        raise KeyError(
            f"active {name!r} is not known and its structure cannot be read without RDKit; install the extra "
            "'chemistry' (pip install 'dermatwin[chemistry]')"
        ) from None
    import_module("rdkit.RDLogger").DisableLog("rdApp.*")
    molecule = chem.MolFromSmiles(smiles)
    if molecule is None or molecule.GetNumAtoms() == 0:
        raise KeyError(f"{smiles!r} is not a structure (SMILES) that RDKit can read")
    if any(atom.GetAtomicNum() == 0 for atom in molecule.GetAtoms()):
        raise KeyError(f"{smiles!r} leaves open which atoms it has; write every atom")
    mass, log_kow = float(descriptors.MolWt(molecule)), float(crippen.MolLogP(molecule))
    if not (isfinite(mass) and isfinite(log_kow) and mass >= _LIGHTEST and abs(log_kow) <= _FARTHEST):
        raise KeyError(f"{smiles!r} has {mass:.4g} g/mol and a log Kow of {log_kow:.3g}; nothing is known of such a solute")
    return Solute(name, mass, log_kow, note="properties computed from the structure")
