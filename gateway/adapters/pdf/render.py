"""A document as PDF/A-2b (ISO 19005-2): a Typst template, and what is written into it."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any


def pdf(template: str, data: Mapping[str, Any], at: datetime) -> bytes:
    """A PDF of a template (Typst) that reads `data` as `json(bytes(sys.inputs.data))`; the same for the same moment.

    What stands in `data` is text to the template and never markup. The template reaches no file and no network.
    """
    import typst  # noqa: PLC0415 - eighty megabytes, and few processes make a document

    inputs = {"data": json.dumps(data, ensure_ascii=False)}
    made = typst.compile(
        template.encode(),
        format="pdf",
        sys_inputs=inputs,
        ignore_system_fonts=True,
        pdf_standards=["a-2b"],
        timestamp=int(at.timestamp()),
    )
    return bytes(made)
