"""Which paths a resource tree has: the element table of FHIR R4 in the words of the mapping engine."""

from collections.abc import Mapping, Sequence
from functools import cache
from types import MappingProxyType

from gateway.domain.codec import Element, Key, Spec, Tree
from gateway.domain.problem import Problem
from gateway.fhir import elements
from gateway.fhir.canonical import canonical
from gateway.fhir.conform import check

ROOT = "resources"
OWN = (Element("resourceType", "code", primitive=True), Element("fullUrl", "uri", primitive=True))
"""What a resource of a tree has beside its elements in the table."""

SAMPLES: Mapping[str, tuple[str | bool | int, ...]] = MappingProxyType(
    {
        "base64Binary": ("R3JhcGhpaw==",),
        "boolean": (True, False),
        "canonical": ("https://example.org/fhir/StructureDefinition/probe|1.0",),
        "code": ("final", "in-progress"),
        "date": ("1941-03-07", "1941-03", "1941"),
        "dateTime": ("2026-11-20T09:30:00+01:00", "2026-11-20", "2026-11"),
        "decimal": (72, 0, -3),
        "id": ("a1", "Beispiel-7.b"),
        "instant": ("2026-11-20T09:30:00.250+01:00", "2026-07-01T00:00:00Z"),
        "integer": (0, 12, -4),
        "markdown": ("Braucht **Hilfe** beim Baden", "Zeile"),
        "oid": ("urn:oid:1.2.276.0.76.4.8",),
        "positiveInt": (1, 99),
        "string": ("Übergangspflege", "Höxter", "a & b"),
        "time": ("09:30:00",),
        "unsignedInt": (0, 7),
        "uri": ("https://example.org/fhir/sid/probe", "urn:oid:1.2.276"),
        "url": ("https://example.org/",),
        "uuid": ("urn:uuid:6b1f1c1e-4a39-4c9b-9c67-0d1a3c8f2b11",),
        "xhtml": ('<div xmlns="http://www.w3.org/1999/xhtml">Text</div>',),
    }
)
"""Valid values per primitive type (chapter 2.24.0.1)."""


def _element(found: elements.Property) -> Element:
    return Element(
        key=found.name,
        type=found.type,
        listed=found.listed,
        repeats=found.listed,
        primitive=found.primitive,
        companion=f"_{found.name}" if found.primitive and not found.bare else "",
        targets=found.targets,
    )


@cache
def _elements(type_name: str) -> Mapping[str, tuple[Element, ...]]:
    """The parts of a type, each one step in the tree."""
    if type_name == ROOT:
        return {name: (Element(name, name, listed=True, repeats=True),) for name in sorted(elements.resource_types())}
    found = {name: (_element(p),) for name, p in (elements.properties(type_name) or {}).items()}
    if type_name in elements.resource_types():
        found |= {own.key: (own,) for own in OWN}
    return found


class FhirModel:
    """FHIR R4 4.0.1; primitives have `extension` and `id`, which stand under the companion (2.6.2.3)."""

    root = ROOT

    def element(self, type_name: str, part: str) -> tuple[Element, ...] | None:
        """One step below a type; choices by their JSON name (`valueString`)."""
        return _elements(type_name).get(part)

    def parts(self, type_name: str) -> tuple[str, ...]:
        """The JSON names of a type's elements, in the standard's order."""
        return tuple(_elements(type_name))

    def samples(self, type_name: str) -> tuple[str | bool | int, ...]:
        """Values a primitive type may have, by chapter 2.24.0.1."""
        return SAMPLES.get(type_name, ())

    def place(self, path: Sequence[Key]) -> str:
        """`Patient[0].name[0].family`, like FHIRPath; a primitive's companion is the primitive itself."""
        place = ""
        for key in path:
            place += f"[{key}]" if isinstance(key, int) else f".{key.removeprefix('_')}"
        return place.removeprefix(".")

    def check(self, tree: Tree, spec: Spec) -> list[Problem]:
        """Unknown elements, wrong JSON types, cardinalities, values and required codes of all resources of a tree."""
        return check(tree, spec)

    def canonical(self, tree: Tree, spec: Spec) -> Tree:
        """The tree without what `canonical:` declares as no difference; the words stand in README.md."""
        return canonical(tree, spec.get("canonical", ()))
