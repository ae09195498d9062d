"""Set ids (field 1 of type SI) of segments that a map made without them (chapter 2.5.3, e.g. OBX-1 7.4.2.1)."""

from collections.abc import Collection, Mapping
from typing import Any

from gateway.adapters.hl7v2.nesting import is_segment
from gateway.domain.codec import Tree


def numbered(tree: Mapping[str, Any], names: Collection[str]) -> Tree:
    """The tree with the segments of these names counted from 1 in their group, unless one of them has a number."""
    found: Tree = {}
    for key, value in tree.items():
        segments = value
        if is_segment(key):
            segments = [numbered(segment, names) for segment in value]
            if key in names and not any("1" in segment for segment in segments):
                segments = [{"1": [{"1": str(n)}], **segment} for n, segment in enumerate(segments, 1)]
        found[key] = segments
    return found
