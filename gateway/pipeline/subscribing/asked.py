"""What a Subscription asks for, as one search: its topic narrowed by its filters, or the search of R4 itself."""

import re
from dataclasses import replace
from urllib.parse import parse_qsl

from gateway.domain.problem import Problem
from gateway.domain.question import Question
from gateway.fhir.searching.ask import question
from gateway.fhir.subscription import Wanted
from gateway.pipeline.subscribing.fits import tellable
from gateway.pipeline.subscribing.topics import topics

SEARCH = re.compile(r"(?:([A-Z][A-Za-z]+)\?)?(.*)", re.DOTALL)
SECRET = frozenset({"Subscription", "AuditEvent", "Binary"})
"""Types nobody is told of: they hold other subscribers' secrets, everybody's steps, or anything at all."""
CRITERIA = "Subscription.criteria"
FILTER = "Subscription.criteria.extension(backport-filter-criteria)"


def asked(wanted: Wanted) -> tuple[Question | None, list[Problem]]:
    """The search that a changed resource must be found by, and what is wrong with it; None where there is none."""
    if wanted.search:
        return searched(wanted.search, "", CRITERIA)
    topic = topics().get(wanted.topic)
    if topic is None:
        repair = f"name one of: {', '.join(topics())}; or a search such as Task?status=requested"
        return None, [Problem("subscription.topic", CRITERIA, "there is no such topic", repair)]
    whole, problems = searched(topic.search, topic.resource, CRITERIA)
    for each in wanted.filters:
        found, wrong = searched(each, topic.resource, FILTER)
        problems += wrong
        if whole is not None and found is not None:
            whole = replace(whole, where=(*whole.where, *found.where))
    return whole, problems


def searched(text: str, kind: str, place: str) -> tuple[Question | None, list[Problem]]:
    """One search (`Task?status=requested`; its type may be left out where a topic says it) as a question."""
    match = SEARCH.fullmatch(text)
    named, query = (match[1] or "", match[2]) if match else ("", text)
    if not named and not kind:
        named, query = query, ""
    if named and kind and named != kind:
        repair = f"narrow it by parameters of {kind}"
        return None, [Problem("subscription.filter", place, f"this topic is about {kind}, not about this type", repair)]
    kind = kind or named
    if kind in SECRET:
        return None, [Problem("subscription.type", place, "nobody is told of this type", "ask for another type")]
    try:
        pairs = parse_qsl(query, keep_blank_values=True, strict_parsing=bool(query), max_num_fields=50)
    except ValueError:
        return None, [Problem("subscription.search", place, "the search cannot be read", "write it as in a URL")]
    found, problems = question(kind, pairs, strict=True)
    wrong = [replace(problem, place=place) for problem in problems if problem.severity == "error"]
    if found.sort or not tellable(found.where):
        repair = "ask only for what the resource itself says; no chains, no order, no _lastUpdated"
        wrong.append(Problem("subscription.search", place, "a change alone cannot answer this search", repair))
    return found, wrong
