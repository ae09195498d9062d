"""What is wrong with a policy although its keys are right: paths, classes, roles that contradict each other."""

from collections.abc import Iterator, Sequence

from gateway.consent.paths import Step, path
from gateway.domain.problem import Problem
from gateway.fhir.elements import properties, resource_types
from gateway.mapping.typed import Document, Key, nearest
from gateway.pipeline.policies.file import PolicyFile

URGENT = "emergency"
"""What it opens for a day may stand under `never` or `consent` too."""
LISTS = ("release", "consent", "never", URGENT)


def findings(read: PolicyFile, document: Document, stem: str) -> Iterator[Problem]:
    """Every finding about a policy; `stem` is the name of its file."""
    if read.policy != stem:
        sentence = f"the policy is called `{read.policy}`, its file `{stem}`"
        yield document.finding("policy.name", ("policy",), sentence, "let both have one name")
    yield from of_paths(read, document)
    yield from of_classes(read, document)
    yield from of_kinds(read, document)


def of_paths(read: PolicyFile, document: Document) -> Iterator[Problem]:
    """Paths that are none, or that R4 does not have."""
    places: list[tuple[Sequence[Key], str]] = [(("frame", n), text) for n, text in enumerate(read.frame)]
    for name, said in read.classes.items():
        places += [(("classes", name, "paths", n), text) for n, text in enumerate(said.paths)]
    for place, text in places:
        found = path(text)
        repair = "write `Type.element`, `Type.value[x]`, `Type.element[below=value]` or `*.element`"
        if found is None:
            yield document.finding("policy.path", place, f"`{text}` is no path", repair)
        elif unknown := _unknown(found.steps):
            sentence = f"FHIR R4 has no `{unknown}`"
            yield document.finding("policy.element", place, sentence, "see the elements of the type in R4")


def _unknown(steps: Sequence[Step]) -> str:
    """The first part of a path that R4 does not have, empty where it has all."""
    kind = known = steps[0].name
    if kind == "*":
        return ""
    if kind not in resource_types():
        return kind
    for step in steps[1:]:
        below = properties(kind) or {}
        known = f"{known}.{step.name}"
        if step.choice:
            return "" if any(p.choice == step.name for p in below.values()) else f"{known}[x]"
        if step.name not in below:
            return known
        kind = below[step.name].type
    return ""


def of_classes(read: PolicyFile, document: Document) -> Iterator[Problem]:
    """Classes that a role names and nobody knows, that it names twice, and that no role names."""
    used = set()
    for name, role in read.roles.items():
        seen: dict[str, str] = {}
        for key in LISTS:
            for number, word in enumerate(getattr(role, key)):
                place = ("roles", name, key, number)
                if word not in read.classes:
                    sentence = f"there is no class `{word}`"
                    yield document.finding("policy.class", place, sentence, nearest(word, read.classes))
                elif word in seen and key != URGENT:
                    sentence = f"`{word}` stands under `{seen[word]}` already; what withholds wins"
                    yield document.finding("policy.twice", place, sentence, "name a class once for a role", "warning")
                seen.setdefault(word, key)
        used |= set(seen)
    for word in read.classes:
        if word not in used:
            sentence = f"no role names the class `{word}`"
            yield document.finding("policy.unused", ("classes", word), sentence, "take it out", "information")


def of_kinds(read: PolicyFile, document: Document) -> Iterator[Problem]:
    """Kinds of partners that have two roles."""
    seen: dict[str, str] = {}
    for name, role in read.roles.items():
        for number, kind in enumerate(role.kinds):
            if kind in seen:
                sentence = f"partners of the kind `{kind}` have the role `{seen[kind]}` already"
                repair = "name a kind in one role"
                yield document.finding("policy.kind", ("roles", name, "kinds", number), sentence, repair)
            seen.setdefault(kind, name)
