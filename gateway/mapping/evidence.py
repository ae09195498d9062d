"""The raw message stays reachable from what was made of it: DocumentReference and Provenance (law 2)."""

import base64
import hashlib
from collections.abc import Iterator
from typing import Any

from gateway.domain.codec import Tree
from gateway.mapping.codes import ABSENT
from gateway.mapping.run import resources, urn
from gateway.mapping.runtime import Object, every, has_code

CANONICAL = "https://kuemmerer-gateway.de/fhir"
KIND = f"{CANONICAL}/CodeSystem/document-kind"
SOURCE = "source-message"


def attach(tree: Tree, data: bytes, media_type: str, format_name: str, map_hash: str) -> Tree:
    """The tree with the source document and the Provenance of all its resources behind the rest."""
    made = [item["fullUrl"] for item in resources(tree)]
    digest = hashlib.sha256(data).hexdigest()
    document = source_document(data, media_type, urn(SOURCE, digest))
    envelope = tree.get("Bundle") or [{}]
    note = provenance(made, document["fullUrl"], envelope[0].get("timestamp"), urn("provenance", digest, map_hash))
    note["extension"] = [
        {"url": f"{CANONICAL}/StructureDefinition/map-hash", "valueString": f"{format_name} {map_hash}"}
    ]
    return {
        **tree,
        "DocumentReference": [*tree.get("DocumentReference", ()), document],
        "Provenance": [*tree.get("Provenance", ()), note],
    }


def source_document(data: bytes, media_type: str, identity: str) -> Object:
    """DocumentReference of the message as it came (profile kuemmerer-source-document)."""
    digest = hashlib.sha1(data, usedforsecurity=False).digest()
    attachment = {
        "contentType": media_type,
        "data": base64.b64encode(data).decode("ascii"),
        "size": len(data),
        "hash": base64.b64encode(digest).decode("ascii"),
    }
    return {
        "resourceType": "DocumentReference",
        "fullUrl": identity,
        "id": identity[9:],
        "meta": {"profile": [f"{CANONICAL}/StructureDefinition/kuemmerer-source-document"]},
        "status": "current",
        "category": [{"coding": [{"system": KIND, "code": SOURCE}]}],
        "content": [{"attachment": attachment}],
    }


def provenance(made: list[str], document: str, when: Any, identity: str) -> Object:
    """Provenance of a translation (profile kuemmerer-provenance); the moment is the message's own, or unknown."""
    recorded: Object = {"recorded": when} if when else {"_recorded": unknown()}
    return {
        "resourceType": "Provenance",
        "fullUrl": identity,
        "id": identity[9:],
        "meta": {"profile": [f"{CANONICAL}/StructureDefinition/kuemmerer-provenance"]},
        "target": [{"reference": url} for url in made] or [{"reference": document}],
        **recorded,
        "agent": [{"who": {"display": "Kümmerer Gateway"}}],
        "entity": [{"role": "source", "what": {"reference": document}}],
    }


def unknown() -> Object:
    """data-absent-reason `unknown`."""
    return {"extension": [{"url": ABSENT, "valueCode": "unknown"}]}


def without(tree: Tree) -> Tree:
    """The tree without source documents and their Provenances: the way back does not translate them."""
    gone = set(documents(tree))
    if not gone:
        return tree
    kept = {kind: [item for item in items if not is_evidence(item, gone)] for kind, items in tree.items()}
    return {kind: items for kind, items in kept.items() if items}


def documents(tree: Tree) -> Iterator[str]:
    """Identities of the source documents in a tree."""
    for item in tree.get("DocumentReference", ()):
        if has_code(every(item, ("category",)), KIND, SOURCE):
            yield item["fullUrl"]


def is_evidence(item: Object, gone: set[str]) -> bool:
    """Whether a resource is a source document, or the Provenance that points to one."""
    return item.get("fullUrl") in gone or (
        item.get("resourceType") == "Provenance" and not gone.isdisjoint(every(item, ("entity", "what", "reference")))
    )
