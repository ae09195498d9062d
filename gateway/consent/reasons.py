"""Why something is released or withheld, in words for people."""

from collections.abc import Mapping

from gateway.consent.policy import Words

REASONS: Mapping[str, Words] = {
    "law": Words("frei: gesetzliche Grundlage", "released: by law"),
    "contract": Words("frei: Vertrag oder Auftrag der Person", "released: by a contract with the person"),
    "consent": Words("frei: Einwilligung", "released: by consent"),
    "item": Words("frei: in der Einwilligung einzeln genannt", "released: named in a consent"),
    "emergency": Words("frei: Notfallzugriff, begründet und befristet", "released: emergency access, for a day"),
    "stop": Words("frei: nur die Bitte aufzuhören", "released: the wish to stop, and no more"),
    "frame": Words("frei: Rahmen der Ressource", "released: frame of the resource"),
    "default": Words("zurückgehalten: nicht freigegeben", "withheld: nothing releases it"),
    "never": Words("zurückgehalten: für diese Rolle nie", "withheld: never for this role"),
    "refused": Words("zurückgehalten: die Person hat widersprochen", "withheld: the person refused"),
    "no-consent": Words("zurückgehalten: keine Einwilligung", "withheld: there is no consent"),
    "withdrawn": Words("zurückgehalten: Einwilligung widerrufen", "withheld: the consent was withdrawn"),
    "expired": Words("zurückgehalten: Einwilligung gilt jetzt nicht", "withheld: the consent does not hold now"),
    "other-recipient": Words("zurückgehalten: Einwilligung nennt andere", "withheld: the consent names others"),
    "other-purpose": Words("zurückgehalten: Einwilligung nennt anderen Zweck", "withheld: consent for another purpose"),
    "other-data": Words("zurückgehalten: Einwilligung nennt andere Daten", "withheld: the consent names other data"),
    "role": Words("zurückgehalten: Rolle unbekannt", "withheld: the policy knows no such role"),
    "purpose": Words("zurückgehalten: kein Zweck dieser Rolle", "withheld: not a purpose of this role"),
    "restricted": Words("zurückgehalten: Verarbeitung eingeschränkt", "withheld: processing is restricted"),
    "secrecy": Words("zurückgehalten: Schweigepflicht (§ 203 StGB)", "withheld: professional secrecy (§ 203 StGB)"),
    "reference": Words("zurückgehalten: verweist auf Zurückgehaltenes", "withheld: leads to what is withheld"),
    "copy": Words("zurückgehalten: wiederholt Zurückgehaltenes", "withheld: repeats what is withheld"),
    "modifier": Words(
        "zurückgehalten: ohne Zusatz missverständlich", "withheld: would be misread without its modifier"
    ),
}
"""Code -> sentence. Released are those of `RELEASED`, everything else is withheld."""
RELEASED = frozenset({"law", "contract", "consent", "item", "emergency", "stop", "frame"})
UNSAID: Mapping[str, str] = {
    "deny": "refused",
    "withdrawn": "withdrawn",
    "expired": "expired",
    "recipient": "other-recipient",
    "purpose": "other-purpose",
    "data": "other-data",
    "": "no-consent",
}
"""What the Consents say (given.py) -> why it is withheld."""
