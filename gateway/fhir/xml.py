"""FHIR's XML (chapter 2.6.1) <-> the same value its JSON has, through the one guarded entrance for all XML."""

import re
from collections.abc import Iterator
from copy import deepcopy
from html.entities import name2codepoint
from typing import Any

from lxml import etree

from gateway.domain.problem import Problem
from gateway.fhir.conform import printable
from gateway.fhir.elements import NUMBERS, Property, properties, resource_types
from gateway.fhir.heavy import heavy
from gateway.fhir.json import LIMITS, Limits, Number, integer

FHIR = "http://hl7.org/fhir"
XHTML = "http://www.w3.org/1999/xhtml"
_DECIMAL = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?", re.ASCII)
_INTEGER = re.compile(r"-?(0|[1-9][0-9]*)", re.ASCII)
_ENTITY = re.compile(r"&([A-Za-z][A-Za-z0-9]*);")
_XML_ENTITIES = frozenset({"amp", "lt", "gt", "quot", "apos"})


class _Faults(list[Problem]):
    """The problems of one document."""

    def note(self, code: str, place: str, sentence: str, repair: str) -> None:
        self.append(Problem(code, place, sentence, repair))


# --- the entrance ----------------------------------------------------------------------------------------------------


def _parser() -> etree.XMLParser:
    return etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )


def _depth(root: etree._Element) -> int:
    """How deep elements nest."""
    deepest = depth = 0
    for event, _ in etree.iterwalk(root, events=("start", "end")):
        depth += 1 if event == "start" else -1
        deepest = max(deepest, depth)
    return deepest


def _root(data: bytes) -> etree._Element | Problem:
    """The root of well-formed XML."""
    try:
        return etree.fromstring(data, _parser())
    except etree.XMLSyntaxError as fault:
        line, column = fault.position
        return Problem("xml.syntax", f"line {line}, column {column}", "The text is no well-formed XML.", "Mend it.")
    except (ValueError, LookupError):
        return Problem("xml.syntax", "file", "The text is no readable XML.", "Declare its encoding, best UTF-8.")


def parse(data: bytes, limits: Limits = LIMITS) -> etree._Element | Problem:
    """The root of an XML document; DOCTYPE, entities, the network and great depth are refused, never followed."""
    if problem := heavy(data, limits):
        return problem
    doctype = Problem("xml.doctype", "file", "A DOCTYPE is refused.", "Send the document without DOCTYPE.")
    if b"<!DOCTYPE" in data.replace(b"\0", b""):
        return doctype
    root = _root(data)
    if not isinstance(root, Problem) and root.getroottree().docinfo.internalDTD is not None:
        return doctype
    if not isinstance(root, Problem) and _depth(root) > limits.depth:
        return Problem("xml.depth", "file", f"Elements nest deeper than {limits.depth}.", "Look at the sender.")
    return root


# --- reading ---------------------------------------------------------------------------------------------------------


def _name(element: etree._Element) -> str:
    return etree.QName(element).localname


def _leaf(text: str, kind: str) -> Any:
    """An attribute as the JSON leaf of its type; what does not fit stays text."""
    if kind == "boolean":
        return {"true": True, "false": False}.get(text, text)
    if kind == "decimal" and _DECIMAL.fullmatch(text):
        return integer(text) if _INTEGER.fullmatch(text) else Number(text)
    if kind in NUMBERS and _INTEGER.fullmatch(text):
        return integer(text)
    return text


def _narrative(element: etree._Element) -> str:
    """A div as the text that JSON carries."""
    copy = deepcopy(element)
    copy.tail = None
    etree.cleanup_namespaces(copy)
    return etree.tostring(copy, encoding="unicode")


def _attributes(element: etree._Element, allowed: frozenset[str], place: str, faults: _Faults) -> dict[str, Any]:
    """The attributes that FHIR knows here."""
    found: dict[str, Any] = {}
    for key, value in element.attrib.items():
        name = str(key)
        if name in allowed:
            found[name] = str(value)
        elif not name.startswith("{"):
            faults.note(
                "xml.attribute", place, "FHIR has no such attribute here.", f"Allowed: {', '.join(sorted(allowed))}."
            )
    if (element.text or "").strip() or any((child.tail or "").strip() for child in element):
        faults.note("xml.text", place, "Text stands between elements.", "Values stand in the attribute `value`.")
    return found


def _value(element: etree._Element, p: Property, place: str, faults: _Faults) -> tuple[Any, Any]:
    """An element as (JSON value, companion)."""
    if p.type == "xhtml":
        return _narrative(element), None
    if p.type == "Resource":
        inner = next(iter(element), None)
        return (None if inner is None else _resource(inner, place, faults)), None
    body = _object(element, p.type, place, faults)
    if not p.primitive:
        return body, None
    value = body.pop("value", None)
    return (None if value is None else _leaf(value, p.type)), body or None


def _put(node: dict[str, Any], p: Property, pair: tuple[Any, Any]) -> None:
    """Adds a value and its companion; lists stay parallel (2.6.2.3)."""
    value, beside = pair
    if not p.listed:
        node |= {key: item for key, item in ((p.name, value), (f"_{p.name}", beside)) if item is not None}
        return
    values, companions = node.setdefault(p.name, []), node.get(f"_{p.name}")
    if beside is not None and companions is None:
        companions = node[f"_{p.name}"] = [None] * len(values)
    values.append(value)
    if companions is not None:
        companions.append(beside)


def _object(element: etree._Element, kind: str, place: str, faults: _Faults) -> dict[str, Any]:
    known = properties(kind) or {}
    allowed = {"id", "url"} if kind == "Extension" else {"id", "value"}
    node = _attributes(element, frozenset(allowed), place, faults)
    seen: dict[str, int] = {}
    for child in element:
        name = _name(child)
        n = seen[name] = seen.get(name, -1) + 1
        p = known.get(name)
        below = f"{place}.{printable(name)}" + (f"[{n}]" if p and p.listed else "")
        if p is None or etree.QName(child).namespace not in (FHIR, XHTML):
            faults.note("xml.element", below, f"R4's {kind} has no such element.", "Take it out or spell it right.")
        elif n and not p.listed:
            faults.note("xml.element", below, "This element stands here more than once.", "Keep one of them.")
        else:
            _put(node, p, _value(child, p, below, faults))
    _trim(node)
    return node


def _trim(node: dict[str, Any]) -> None:
    """A list of nulls only has no values: its companion says it all."""
    for key in [key for key, value in node.items() if isinstance(value, list) and all(v is None for v in value)]:
        del node[key]


def _resource(element: etree._Element, place: str, faults: _Faults) -> dict[str, Any]:
    kind = _name(element)
    if kind not in resource_types() or etree.QName(element).namespace != FHIR:
        faults.note("xml.resource", place or "file", "This is no resource of FHIR R4.", f"The namespace is {FHIR}.")
        return {}
    return {"resourceType": kind, **_object(element, kind, place or kind, faults)}


def loads(data: bytes, limits: Limits = LIMITS) -> tuple[Any, list[Problem]]:
    """An XML resource as the value its JSON would have; with any problem the value is None.

    Problems: `xml.bytes`, `xml.doctype`, `xml.syntax`, `xml.depth`, `xml.resource`, `xml.element`, `xml.attribute`,
    `xml.text`.
    """
    root = parse(data, limits)
    if isinstance(root, Problem):
        return None, [root]
    faults = _Faults()
    value = _resource(root, "", faults)
    return (None, list(faults)) if faults else (value, [])


# --- writing ---------------------------------------------------------------------------------------------------------


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _known(match: re.Match[str]) -> str:
    name = match[1]
    return chr(name2codepoint[name]) if name in name2codepoint and name not in _XML_ENTITIES else match[0]


def _div(parent: etree._Element, value: Any, place: str, faults: _Faults) -> None:
    """A narrative: HTML's names of characters become the characters (2.4.0.1)."""
    root = parse(_ENTITY.sub(_known, str(value)).encode())
    if isinstance(root, Problem):
        faults.note("xml.narrative", place, "The narrative is no well-formed XHTML.", "Mend the div or leave it out.")
        return
    parent.append(root)


def _pairs(node: dict[str, Any], p: Property) -> Iterator[tuple[Any, Any]]:
    """Values of one element with their companions."""
    values, beside = node.get(p.name), node.get(f"_{p.name}")
    if not p.listed:
        yield values, beside
        return
    left = values if isinstance(values, list) else []
    right = beside if isinstance(beside, list) else []
    for n in range(max(len(left), len(right))):
        yield (left[n] if n < len(left) else None), (right[n] if n < len(right) else None)


def _write_one(parent: etree._Element, p: Property, pair: tuple[Any, Any], place: str, faults: _Faults) -> None:
    value, beside = pair
    if p.type == "xhtml":
        _div(parent, value, place, faults)
        return
    element = etree.SubElement(parent, f"{{{FHIR}}}{p.name}")
    if p.type == "Resource":
        kind = value.get("resourceType") if isinstance(value, dict) else None
        if not isinstance(kind, str) or kind not in resource_types():
            faults.note("xml.resource", place, "This is no resource of FHIR R4.", "Set resourceType.")
            return
        _write(etree.SubElement(element, f"{{{FHIR}}}{kind}"), value, kind, place, faults)
    elif p.primitive:
        if value is not None:
            _attribute(element, "value", value, place, faults)
        if isinstance(beside, dict):
            _write(element, beside, p.type, place, faults)
    elif isinstance(value, dict):
        _write(element, value, p.type, place, faults)
    else:
        faults.note("xml.value", place, f"An object of type {p.type} is expected here.", "Mend the tree.")


def _attribute(element: etree._Element, name: str, value: Any, place: str, faults: _Faults) -> None:
    try:
        element.set(name, _text(value))
    except ValueError:
        faults.note("xml.character", place, "The value has a character that XML cannot hold.", "Take it out.")


def _write(element: etree._Element, node: dict[str, Any], kind: str, place: str, faults: _Faults) -> None:
    """The elements of an object in the standard's order, which XML demands."""
    known = properties(kind) or {}
    for key in node:
        if key.removeprefix("_") not in known and key != "resourceType":
            below = f"{place}.{printable(key)}"
            faults.note("xml.element", below, f"R4's {kind} has no such element.", "Take it out or spell it right.")
    for name, p in known.items():
        if name not in node and f"_{name}" not in node:
            continue
        if p.bare and p.type != "xhtml" and kind not in resource_types():
            _attribute(element, name, node[name], f"{place}.{name}", faults)
            continue
        for n, pair in enumerate(_pairs(node, p)):
            _write_one(element, p, pair, f"{place}.{name}" + (f"[{n}]" if p.listed else ""), faults)


def dumps(resource: dict[str, Any]) -> tuple[bytes, list[Problem]]:
    """A resource as UTF-8 XML; what XML or R4 cannot hold is a problem.

    Problems: `xml.resource`, `xml.element`, `xml.value`, `xml.character`, `xml.narrative`.
    """
    kind = str(resource.get("resourceType"))
    if kind not in resource_types():
        return b"", [Problem("xml.resource", "file", "This is no resource of FHIR R4.", "Set resourceType.")]
    root = etree.Element(f"{{{FHIR}}}{kind}", nsmap={None: FHIR})  # type: ignore[dict-item]  # lxml's default namespace
    faults = _Faults()
    _write(root, resource, kind, kind, faults)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8"), list(faults)
