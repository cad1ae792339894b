"""Topicals into layers: a finite dose through intact skin and through channels, for every draw."""

from .channel import Holes
from .claim import Claim, claims_for, claims_of
from .course import deliver, excipient_doses, left_out
from .excipient import excipient_guards, passive_solutes
from .experiment import Donor, Membrane, Permeation, intact_permeability, needled_permeation, open_holes
from .guard import Application, Guard, absorbed_guards, applied_guards
from .numbness import Numbness, along_needle, at_needling, numb, numb_curve, numb_notices, numb_readings
from .picture import Picture, picture
from .product import Content, Missing, Product, find_product, not_computed, product_in, product_of, products
from .readings import curves, readings
from .solute import Solute, find_solute, solutes

__all__ = [
    "Application",
    "Claim",
    "Content",
    "Donor",
    "Guard",
    "Holes",
    "Membrane",
    "Numbness",
    "Permeation",
    "Picture",
    "Product",
    "Solute",
    "absorbed_guards",
    "applied_guards",
    "along_needle",
    "at_needling",
    "claims_for",
    "claims_of",
    "curves",
    "deliver",
    "excipient_doses",
    "excipient_guards",
    "find_product",
    "find_solute",
    "intact_permeability",
    "needled_permeation",
    "numb",
    "numb_curve",
    "numb_notices",
    "numb_readings",
    "open_holes",
    "passive_solutes",
    "picture",
    "Missing",
    "left_out",
    "not_computed",
    "product_in",
    "product_of",
    "products",
    "readings",
    "solutes",
]
