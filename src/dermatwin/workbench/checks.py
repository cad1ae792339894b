"""The start fails where a page has no right, or a right no page."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core.checks import Error
from django.urls import URLPattern, URLResolver, get_resolver

from ..core.errors import CaseError
from .cds.clients import clients
from .rights import NOBODY, OPEN, PAGES, ROLES


def every_page_has_its_right(app_configs: Any = None, **options: Any) -> list[Error]:
    """What is wrong between `urls` and `rights`."""
    names = list(url_names(get_resolver()))
    found = [Error(f"the page {name!r} has no right", id="workbench.E001") for name in names if name not in PAGES]
    found += [
        Error(f"a right is declared for {name!r}, which is no page", id="workbench.E002") for name in PAGES.keys() - {*names}
    ]
    known = {*ROLES, OPEN, NOBODY, None}
    found += [
        Error(f"the page {name!r} takes {right!r}, which is no right", id="workbench.E003")
        for name, page in PAGES.items()
        for right in (page.get, page.post)
        if right not in known
    ]
    return found


def clients_can_be_read(app_configs: Any = None, **options: Any) -> list[Error]:
    """What is wrong with the file of the clinical systems that may ask."""
    try:
        clients(settings.CDS_CLIENTS)
    except CaseError as error:
        return [Error(str(fault), id="workbench.E004") for fault in error.faults]
    return []


def url_names(resolver: URLResolver) -> Iterator[str]:
    """Names of all URLs; one without a name is named by its pattern, and so found without a right."""
    for entry in resolver.url_patterns:
        if isinstance(entry, URLPattern):
            yield entry.name or str(entry.pattern)
        else:
            yield from url_names(entry)
