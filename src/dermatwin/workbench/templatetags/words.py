"""Words of the pages: names of the evidence as people say them, numbers without needless digits, addresses of files."""

from __future__ import annotations

import re
from typing import Any

from django import template
from django.utils.safestring import SafeString, mark_safe

from ...naming import split
from .. import assets

register = template.Library()


@register.simple_tag
def asset(name: str) -> str:
    """Address of a file of `static/`."""
    return assets.address(name)


@register.filter
def spoken(name: Any) -> str:
    """`acne_scar_rolling` as acne scar rolling."""
    return str(name).replace("_", " ")


@register.filter
def digits(value: Any) -> str:
    """A number with three digits that count; a dash for none."""
    return "–" if value is None or value == "" else f"{float(f'{float(value):.3g}'):g}"


@register.filter
def percent(value: Any) -> str:
    """A share as whole per cent."""
    return "–" if value is None else f"{100 * float(value):.0f} %"


@register.filter
def get(mapping: Any, key: Any) -> Any:
    """An entry of a mapping; nothing where there is none."""
    return mapping.get(key) if hasattr(mapping, "get") else None


@register.filter
def change(value: Any) -> str:
    """A change with its sign."""
    return "–" if value is None else f"{float(f'{float(value):.2g}'):+g}"


@register.filter
def points(value: Any) -> str:
    """A change of a share in points of per cent, with its sign."""
    return "–" if value is None else f"{float(f'{100 * float(value):.2g}'):+g} %"


@register.filter
def measured(observation: Any) -> str:
    """What was seen, as people say it: its measure, the session, the zone, the value with its unit."""
    from ..calls.follow import known_measures

    base, inside = split(observation.quantity)
    row = known_measures().get(base)
    what = row.label if row is not None else base.replace("_", " ")
    which = f", session {inside}" if re.fullmatch(r"\d+", inside) else f" ({inside.replace('_', ' ')})" if inside else ""
    unit = "" if observation.unit == "1" else f" {observation.unit}"
    return f"{what}{which}, {observation.zone.replace('_', ' ')}: {observation.value:g}{unit}"


@register.filter
def clock(seconds: int) -> str:
    """Seconds as hours, minutes and seconds."""
    return f"{seconds // 3600}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"


@register.filter
def drawing(svg: str) -> SafeString:
    """A drawing that this program made itself, without its XML head and its size in millimetres."""
    body = svg[svg.index("<svg") :]
    return mark_safe(re.sub(r' (?:width|height)="[0-9.]+mm"', "", body, count=2))
