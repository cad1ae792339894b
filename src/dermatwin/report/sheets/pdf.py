"""A page as PDF, by the optional extra `pdf`; nothing is fetched."""

from __future__ import annotations

import io

from ...core.errors import CaseError, Fault


def to_pdf(page: str) -> bytes:
    """A page of HTML on A4; CaseError where the extra is missing."""
    try:
        import plutoprint
    except ImportError:
        raise CaseError(
            [Fault("--pdf", "", "needs the package plutoprint: install the extra 'pdf' (pip install 'dermatwin[pdf]')")]
        ) from None
    book, stream = plutoprint.Book(plutoprint.PAGE_SIZE_A4, plutoprint.PAGE_MARGINS_NORMAL), io.BytesIO()
    book.load_html(page)
    book.write_to_pdf_stream(stream)
    return stream.getvalue()
