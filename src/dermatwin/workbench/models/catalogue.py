"""What the clinic owns and uses up: devices, sterile cartridges by lot, products by lot, texts of consent."""

from __future__ import annotations

from datetime import date
from hashlib import sha256

from django.db import models

from .record import Fixed, Record


class Device(Record):
    """A device that stands in the clinic; `catalogue` is its name in the evidence."""

    catalogue = models.CharField("device of the catalogue", max_length=100)
    label = models.CharField("what it is called here", max_length=100)
    serial = models.CharField("serial number", max_length=100, unique=True)
    cleared_for = models.CharField("cleared or marked for", max_length=200, blank=True)
    serviced_on = models.DateField("last service", null=True, blank=True)
    service_due = models.DateField("next service", null=True, blank=True)
    retired_on = models.DateField(null=True, blank=True)

    class Meta(Record.Meta):
        ordering = ["label"]

    def __str__(self) -> str:
        return f"{self.label} ({self.serial})"


class CartridgeLot(Record):
    """A delivery of sterile single-use needles (cartridges, rollers, stamps)."""

    name = models.CharField(max_length=100)
    lot = models.CharField("lot number", max_length=60, db_index=True)
    needles = models.PositiveSmallIntegerField("needles in one", null=True, blank=True)
    expires_on = models.DateField()
    received = models.PositiveIntegerField("pieces received")
    recalled_on = models.DateField(null=True, blank=True)
    recall_note = models.CharField(max_length=300, blank=True)

    class Meta(Record.Meta):
        constraints = [models.UniqueConstraint(fields=["name", "lot"], name="one_row_for_a_cartridge_lot")]
        ordering = ["name", "expires_on"]

    def __str__(self) -> str:
        return f"{self.name}, lot {self.lot}"

    def usable_on(self, day: date) -> bool:
        """Whether it is neither expired nor recalled."""
        return self.recalled_on is None and self.expires_on >= day


class Cartridge(Record):
    """One sterile piece; used once, in one session."""

    lot = models.ForeignKey(CartridgeLot, on_delete=models.PROTECT, related_name="pieces")
    code = models.CharField("number on the pouch", max_length=60)

    class Meta(Record.Meta):
        constraints = [models.UniqueConstraint(fields=["lot", "code"], name="one_row_for_a_cartridge")]

    def __str__(self) -> str:
        return f"{self.lot}, no. {self.code}"


class Product(Record):
    """Something put on the skin; `catalogue` is its name in the evidence, empty where it has none."""

    name = models.CharField(max_length=100, unique=True)
    catalogue = models.CharField("product of the catalogue", max_length=100, blank=True)
    retired_on = models.DateField(null=True, blank=True)

    class Meta(Record.Meta):
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class ProductLot(Record):
    """A delivery of a product."""

    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="lots")
    lot = models.CharField("lot number", max_length=60, db_index=True)
    expires_on = models.DateField()
    opened_on = models.DateField(null=True, blank=True)
    recalled_on = models.DateField(null=True, blank=True)
    recall_note = models.CharField(max_length=300, blank=True)

    class Meta(Record.Meta):
        constraints = [models.UniqueConstraint(fields=["product", "lot"], name="one_row_for_a_product_lot")]
        ordering = ["expires_on"]

    def __str__(self) -> str:
        return f"{self.product}, lot {self.lot}"

    def usable_on(self, day: date) -> bool:
        """Whether it is neither expired nor recalled."""
        return self.recalled_on is None and self.expires_on >= day


class ConsentText(Record):
    """A text that people sign. A new wording is a new version; what was signed keeps its own."""

    KINDS = [("treatment", "treatment"), ("photo", "photographs"), ("data", "data")]

    kind = models.CharField(max_length=10, choices=KINDS)
    language = models.CharField(max_length=5, default="en")
    edition = models.PositiveSmallIntegerField("version")
    title = models.CharField(max_length=200)
    text = models.TextField()
    sha256 = models.CharField(max_length=64, editable=False)
    retired_on = models.DateField(null=True, blank=True)

    class Meta(Record.Meta):
        constraints = [models.UniqueConstraint(fields=["kind", "language", "edition"], name="one_edition_of_a_consent_text")]
        ordering = ["kind", "language", "-edition"]

    def __str__(self) -> str:
        return f"{self.title}, version {self.edition}"

    def save(self, *args: object, **options: object) -> None:
        """Keep the hash of the words with them; raises `Fixed` for other words in a version that is there."""
        if not self._state.adding and type(self)._base_manager.get(pk=self.pk).text != self.text:
            raise Fixed("a text of consent never changes; a new wording is a new version")
        self.sha256 = sha256(self.text.encode()).hexdigest()
        super().save(*args, **options)
