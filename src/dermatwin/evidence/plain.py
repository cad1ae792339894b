"""Plain data from YAML text, by the parser in C where PyYAML was built with it: records of fits are long."""

from __future__ import annotations

from typing import Any


def parsed(text: str) -> Any:
    """What a YAML document says; `yaml.YAMLError` where it is not one."""
    import yaml

    return yaml.load(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader))
