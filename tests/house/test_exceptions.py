"""Where a rule of the linters does not hold, the reason stands beside it."""

import re

from tests.house.source import modules, name

MARK = re.compile(r"# (?:noqa|type: ignore)")
WHY = re.compile(r"# noqa: [A-Z0-9, ]+ - \S|# type: ignore\[[a-z, -]+\] +# \S")


def test_each_exception_to_a_rule_says_why() -> None:
    silent = [
        f"{name(path)}:{number}"
        for path in modules("gateway", "tests", "tools", "docker")
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if MARK.search(line) and not WHY.search(line) and "re.compile" not in line
    ]
    assert silent == []
