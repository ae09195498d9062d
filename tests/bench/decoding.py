"""HL7 v2 bytes -> tree, beside PyPI's hl7."""

import hl7

from gateway.adapters.hl7v2 import codec
from tests.bench.inputs import discharge
from tests.bench.measure import Row, medians


def measured() -> list[Row]:
    """Decode 2 kB; the peer gets text, ours does the charset itself."""
    message = discharge()
    text = message.decode("iso-8859-1")
    ours, theirs = medians(lambda: codec.decode(message, {}), lambda: hl7.parse(text))
    return [Row(f"HL7 v2 decode, {len(message):,} bytes", ours, 75e-6, "hl7", theirs)]
