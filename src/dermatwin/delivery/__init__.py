"""Topicals into layers: a finite dose through intact skin and through channels, for every draw."""

from .course import deliver
from .product import Product, find_product, product_of, products
from .solute import Solute, find_solute, solutes

__all__ = ["Product", "Solute", "deliver", "find_product", "find_solute", "product_of", "products", "solutes"]
