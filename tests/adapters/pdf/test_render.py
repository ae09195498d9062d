from datetime import UTC, datetime
from io import BytesIO

import pytest
from pypdf import PdfReader

from gateway.adapters.pdf.render import pdf

AT = datetime(2026, 3, 12, 11, 5, tzinfo=UTC)
TEMPLATE = """
#let data = json(bytes(sys.inputs.data))
#set document(title: data.title)
#set text(lang: "de")
= #data.title
#for line in data.lines [- #line]
"""
DATA = {"title": "Ein Brief", "lines": ["Käthe Grünewälder", '#read("/etc/hostname") *fett* $x$']}


def text_of(made: bytes) -> str:
    return PdfReader(BytesIO(made)).pages[0].extract_text()


def test_what_is_written_into_a_document_is_text_and_no_markup() -> None:
    said = text_of(pdf(TEMPLATE, DATA, AT))
    assert "Käthe Grünewälder" in said
    assert '#read("/etc/hostname") *fett* $x$' in said


def test_the_same_at_the_same_moment_is_the_same_document() -> None:
    assert pdf(TEMPLATE, DATA, AT) == pdf(TEMPLATE, DATA, AT)


def test_it_says_that_it_is_for_the_archive() -> None:
    made = pdf(TEMPLATE, DATA, AT)
    assert made.startswith(b"%PDF-1.")
    assert b"pdfaid" in made


def test_a_template_reaches_no_file() -> None:
    with pytest.raises(Exception, match=r"access|root|denied|found"):
        pdf('#read("/etc/hostname")', {}, AT)
