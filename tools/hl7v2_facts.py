"""Writes the fact tables of the hl7v2 adapter from the tables of the PyPI package hl7apy (MIT), all versions 2.3-2.8.2.

    python tools/hl7v2_facts.py gateway/adapters/hl7v2

Fields and components get the widest type that any version gives them: the latest composite type, else the latest
primitive one; types that only changed their name (CE/CWE, TS/DTM, CM_*) count as their successor.
"""

import importlib
import sys
from pathlib import Path
from typing import Any

VERSIONS = ("2_3", "2_3_1", "2_4", "2_5", "2_5_1", "2_6", "2_7", "2_8", "2_8_1", "2_8_2")
STRUCTURE_VERSIONS = ("2_5", "2_5_1", "2_6", "2_7", "2_8_2", "2_4", "2_3_1", "2_3")
SUCCESSORS = {"CE": "CWE", "TS": "DTM", "CN": "XCN", "PN": "XPN", "AD": "XAD", "TN": "XTN", "CK": "CX", "*": "varies"}
SUCCESSORS |= {"CQ_SIMPLE": "CQ", "TX_CHALLENGE": "TX"}
NO_TYPE = ("WD", "-", "NUL", "", None)
OWN_SEGMENTS = {"ZBE": "EI* DTM DTM ID ID ID XON XON CWE"}
OWN_STRUCTURES = {
    "ADT_A17": "MSH SFT* UAC EVN PID*{PD1 PV1 PV2 DB1* OBX*}",
    "ADT_A24": "MSH SFT* UAC EVN PID*{PD1 PV1 DB1*}",
    "ADT_A37": "MSH SFT* UAC EVN PID*{PD1 PV1 DB1*}",
}


def tables(name: str) -> list[dict[str, Any]]:
    """One table of hl7apy for each version, oldest first."""
    return [
        getattr(importlib.import_module(f"hl7apy.v{v}.{name.split('_', maxsplit=1)[0]}"), name.upper())
        for v in VERSIONS
    ]


def widest(candidates: list[str | None], composite: set[str]) -> str:
    """The type that can hold what any of `candidates` (oldest first) can hold."""
    known = [SUCCESSORS.get(str(c), str(c)) for c in candidates if c not in NO_TYPE]
    named = [c for c in known if not c.startswith("CM")] or (["ST"] if known else [])
    if "varies" in named:
        return "varies"
    return next((c for c in reversed(named) if c in composite), named[-1] if named else "-")


def cells(rows: list[dict[str, Any]], composite: set[str]) -> dict[str, str]:
    """Segments or datatypes -> their parts in order, `TYPE` or `TYPE*` where any version lets it repeat."""
    found: dict[str, dict[int, tuple[list[str | None], list[bool]]]] = {}
    for row in rows:
        for name, entry in row.items():
            parts = entry[1] if len(entry) > 1 and entry[0] in ("sequence", "choice") else entry
            for part in (p for p in parts if p[0].rpartition("_")[2].isdigit()):
                types, many = found.setdefault(name, {}).setdefault(int(part[0].rsplit("_", 1)[1]), ([], []))
                own = SUCCESSORS.get(str(part[1][2]), part[1][2]) == name
                types.append("ST" if own else part[1][2])
                many.append(part[2][1] != 1 and part[2][1] != 0)
    return {
        name: " ".join(
            widest(parts[n][0], composite) + ("*" if any(parts[n][1]) else "") if n in parts else "-"
            for n in range(1, max(parts) + 1)
        )
        for name, parts in sorted(found.items())
    }


class Node:
    """A segment or a group of one message structure."""

    def __init__(self, name: str, low: int, high: int, parts: "list[Node] | None" = None) -> None:
        self.name, self.low, self.high, self.parts = name, low, high, parts


def read(entry: Any) -> list[Node]:
    """Nodes of one structure or group as hl7apy has it."""
    return [
        Node(name, low, high, read(below) if kind == "GRP" else None) for name, below, (low, high), kind in entry[1]
    ]


def flat(nodes: list[Node], *, required: bool = True) -> list[Node]:
    """`nodes` with every group that cannot repeat dissolved into its parent."""
    out: list[Node] = []
    for node in nodes:
        low = node.low if required else 0
        if node.name == "ANYHL7SEGMENT":
            continue
        if node.parts is None:
            out.append(Node(node.name, low, node.high))
        elif node.high == 1:
            out += flat(node.parts, required=low > 0)
        else:
            out.append(Node(node.name, low, node.high, flat(node.parts)))
    return out


def lead(nodes: list[Node]) -> Node | None:
    """The segment that every instance of a group has, or the first one."""
    segments = [n for n in nodes if n.parts is None]
    return next((n for n in segments if n.low), segments[0] if segments else None)


def merge(older: list[Node], newer: list[Node]) -> list[Node]:
    """`older` with the members that only `newer` has, each behind its predecessor."""
    out, at = list(older), 0
    for node in newer:
        same = next((i for i in range(at, len(out)) if key(out[i]) == key(node)), None)
        if same is None:
            if not (node.parts is None and any(key(o) == key(node) for o in out)):
                out.insert(at, node)
                at += 1
            continue
        old = out[same]
        if old.parts is not None and node.parts is not None:
            out[same] = Node(old.name, old.low, old.high, merge(old.parts, node.parts))
        at = same + 1
    return out


def key(node: Node) -> str:
    """What makes two nodes of two versions the same."""
    first = lead(node.parts) if node.parts is not None else None
    return node.name if node.parts is None else f"({first.name if first else node.name}"


def text(nodes: list[Node]) -> str:
    """Structure notation: `SEG`, `SEG*`, `LEAD*{before . after}`."""
    out: list[str] = []
    for node in nodes:
        if node.parts is None:
            out.append(node.name + ("*" if node.high != 1 else ""))
            continue
        first = lead(node.parts)
        if first is None:
            out.append(text(node.parts))
            continue
        at = node.parts.index(first)
        before, after = text(node.parts[:at]), text(node.parts[at + 1 :])
        inner = f"{before} . {after}".strip() if before else after
        out.append(f"{first.name}*{{{inner}}}" if inner else f"{first.name}*")
    return " ".join(o for o in out if o)


def structures() -> dict[str, str]:
    """All message structures, those of 2.5 widened by what later versions add."""
    found: dict[str, list[Node]] = {}
    for version in STRUCTURE_VERSIONS:
        for name, entry in importlib.import_module(f"hl7apy.v{version}.messages").MESSAGES.items():
            nodes = flat(read(entry))
            newer = version >= "2_5"
            found[name] = merge(found[name], nodes) if name in found and newer else found.get(name, nodes)
    aliased = {n for n in found if n.startswith("SIU_") and n != "SIU_S12"}
    return {name: text(nodes) for name, nodes in sorted(found.items()) if name not in aliased} | OWN_STRUCTURES


def write(path: Path, head: str, rows: dict[str, str]) -> None:
    """One table as lines `name;cells`."""
    path.write_text(head + "\n" + "".join(f"{n};{c}\n" for n, c in sorted(rows.items())), encoding="ascii")


def main(folder: Path) -> None:
    """Writes segments.csv, datatypes.csv and structures.csv into `folder`."""
    types = [{n: ("sequence", e) for n, e in row.items()} for row in tables("datatypes_structs")]
    composite = {n for row in types for n in row if not n.startswith("CM")} - set(SUCCESSORS)
    all_types = {n: c for n, c in cells(types, composite).items() if n in composite}
    write(folder / "datatypes.csv", "name;components", {n: c.replace("*", "") for n, c in all_types.items()})
    segments = {n: c for n, c in cells(tables("segments"), composite).items() if len(n) == 3}
    write(folder / "segments.csv", "name;fields", segments | OWN_SEGMENTS)
    write(folder / "structures.csv", "name;segments", structures())


if __name__ == "__main__":
    main(Path(sys.argv[1]))
