"""A solute from its structure: molar mass and a log Kow computed by Crippen's rules, with RDKit where it is installed.

Only for actives that the table does not hold. No pKa, solubility or measured value comes out of a structure: such a solute
is treated as un-ionised, its permeability carries the error of a computed log Kow, and salts count as they are drawn.
"""

from __future__ import annotations

from importlib import import_module

from .solute import Solute


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
    return Solute(
        name,
        float(descriptors.MolWt(molecule)),
        float(crippen.MolLogP(molecule)),
        note="properties computed from the structure",
    )
