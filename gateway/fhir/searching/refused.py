"""What is said of a search that cannot be answered as it was asked; its values are never repeated."""

import re

from gateway.domain.problem import Problem

NAME = re.compile(r"[A-Za-z0-9_=:.\-]{1,80}", re.ASCII)
PAGE = "docs/reference/fhir-search.md lists what is answered"


def _shown(name: str) -> str:
    """The name of a parameter, where it can be one."""
    return name if NAME.fullmatch(name) else "?"


def unknown(name: str, kind: str, *, strict: bool) -> Problem:
    """A parameter the type does not have."""
    sentence = f"{kind} is not searched by this parameter"
    if strict:
        return Problem("search.parameter", _shown(name), sentence, PAGE)
    return Problem("search.parameter", _shown(name), f"{sentence}; it was passed over", PAGE, "warning")


def modifier(name: str) -> Problem:
    """A modifier that is not answered; R4 demands to refuse it (chapter 3.1.1.4.5)."""
    return Problem("search.modifier", _shown(name), "this modifier is not answered for this parameter", PAGE)


def value(name: str, wanted: str) -> Problem:
    """A value that cannot be read."""
    return Problem("search.value", _shown(name), "the value of this parameter cannot be read", f"give {wanted}")


def no_link(name: str) -> Problem:
    """A chain over what is no link, or leads elsewhere."""
    repair = "name a reference parameter, and a type it leads to that has the parameter behind the dot"
    return Problem("search.chain", _shown(name), "this chain leads nowhere", repair)


def too_long(name: str) -> Problem:
    """A chain of several steps."""
    return Problem("search.chain", _shown(name), "only chains of one step are answered", "search in two steps")


def include(name: str) -> Problem:
    """What is to be shown beside the matches is no reference."""
    repair = "write `Type:parameter` or `Type:parameter:Target`, of a reference parameter"
    return Problem("search.include", _shown(name), "there is no such reference to include", repair)


def too_many_includes(most: int) -> Problem:
    """More is to be shown beside the matches than is looked for at once."""
    sentence = f"a search takes at most {most} includes"
    return Problem("search.include.many", "_include", sentence, "divide it into several searches")


def too_linked() -> Problem:
    """More chains than are followed at once."""
    repair = "name the type that a chain leads to, or divide it into several searches"
    return Problem("search.chain", "?", "these chains lead to too many types of resources", repair)


def too_much(most: int) -> Problem:
    """A query with more alternatives than are looked for at once."""
    sentence = f"a search takes at most {most} values, all parameters together"
    return Problem("search.size", "?", sentence, "divide it into several searches, for example in a batch")
