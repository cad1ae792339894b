"""What stands on the shelves of the made-up clinic."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import count

from ..models import Cartridge, CartridgeLot, ConsentText, Device, Product, ProductLot, User


@dataclass(frozen=True)
class Store:
    """A pen, and cartridges of the lot that is open."""

    pen: Device
    lot: CartridgeLot
    numbers: count[int] = field(default_factory=lambda: count(1))

    def cartridge(self) -> Cartridge:
        """The next sterile piece."""
        return Cartridge.objects.create(lot=self.lot, code=f"{next(self.numbers):04d}")


def stock(today: date, by: User) -> Store:
    """Fill the shelves: a lot that is open, one that is expired, numbing cream, texts of consent."""
    year = timedelta(days=365)
    pen = Device.objects.create(
        catalogue="pen-12", label="Pen in room 1", serial="MADE-UP-1", service_due=today + year, made_by=by
    )
    lot = CartridgeLot.objects.create(name="12 needles", lot="A1207", needles=12, expires_on=today + 2 * year, received=100)
    CartridgeLot.objects.create(name="12 needles", lot="A0903", needles=12, expires_on=today - year, received=50)
    cream = Product.objects.create(name="Lidocaine 4 % cream", catalogue="lidocaine 4 % cream", made_by=by)
    ProductLot.objects.create(product=cream, lot="L4-88", expires_on=today + year)
    for kind, title in (("treatment", "Consent to microneedling"), ("photo", "Consent to photographs")):
        ConsentText.objects.create(
            kind=kind, edition=1, title=title, text=f"{title}. A text of a made-up clinic: use your own.", made_by=by
        )
    return Store(pen, lot)
