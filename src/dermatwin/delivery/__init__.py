"""Topicals into layers: a finite dose through intact skin and through channels, for every draw."""

from .channel import Holes
from .course import deliver
from .experiment import Donor, Membrane, Permeation, intact_permeability, needled_permeation, open_holes
from .product import Content, Product, find_product, product_of, products
from .readings import curves, readings
from .solute import Solute, find_solute, solutes

__all__ = [
    "Content", "Donor", "Holes", "Membrane", "Permeation", "Product", "Solute", "curves", "deliver", "find_product",
    "find_solute", "intact_permeability", "needled_permeation", "open_holes", "product_of", "products", "readings",
    "solutes",
]
