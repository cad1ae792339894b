"""A case as YAML that reads back to an equal case."""

from __future__ import annotations

from typing import Any

import yaml

from .document import Case
from .reading import scalar

_BREAKS = frozenset("\x85\u2028\u2029\ufeff")  # marks that YAML takes for ends of lines or drops unless they are escaped


def dump_case(case: Case) -> str:
    """The whole case as YAML, everything filled in; `load_case` reads it back to an equal case."""
    return dump_values(case.model_dump(mode="json"))


def dump_values(values: Any) -> str:
    """Plain values of a case as YAML, as they are; what is null is left out."""
    return yaml.dump(_without_nulls(values), Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=110)


def inline(value: Any) -> str:
    """A value as YAML on one line."""
    text = yaml.dump(value, Dumper=_Dumper, sort_keys=False, allow_unicode=True, default_flow_style=True, width=10_000)
    return text.removesuffix("...\n").strip()


def _without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_nulls(entry) for key, entry in value.items() if entry is not None}
    return [_without_nulls(entry) for entry in value] if isinstance(value, list) else value


class _Dumper(yaml.SafeDumper):
    """Quotes every text that the reader would take for something else, and never refers back with an alias."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _text(dumper: _Dumper, text: str) -> yaml.Node:
    style = '"' if set(text) & _BREAKS else None if scalar(text) == text else "'"
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _text)
