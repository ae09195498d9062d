"""Templates of the pages for people: whatever stands in a case is escaped, and a name that is not there is a defect."""

from typing import Any

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined


def templates(*packages: str, **words: Any) -> Environment:
    """The templates in the folders `pages` of packages, the first that has one; with what all of them may say."""
    made = Environment(
        loader=ChoiceLoader([PackageLoader(package, "pages") for package in packages]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals.update(words)
    return made
