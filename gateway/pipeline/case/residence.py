"""Where a person lives, as far as it decides who is responsible."""

from typing import Any

from gateway.mapping.runtime import every

AGS = "http://fhir.de/StructureDefinition/destatis/ags"


def residence(person: dict[str, Any]) -> tuple[str, str]:
    """Postcode and AGS of where a person lives: the home address that is in use."""
    order = {"home": 0, "": 1, "temp": 2}
    addresses = [a for a in every(person, ("address",)) if a.get("use", "") in order and a.get("type") != "postal"]
    for address in sorted(addresses, key=lambda a: order[a.get("use", "")]):
        keys = [
            e.get("valueCoding", {}).get("code", "")
            for e in every(address, ("_city", "extension"))
            if e.get("url") == AGS
        ]
        if address.get("postalCode") or keys:
            return str(address.get("postalCode", "")), str(next(iter(keys), ""))
    return "", ""
