"""Everything foreign enters through one guarded door per kind."""

import ast
import re

import pytest

from tests.house.source import called, kept, name, parsed

DOORS = {
    "XML": (
        r"(.*\.)?(fromstring|fromstringlist|XMLParser|XMLPullParser|iterparse|HTML|XML)|(.*\.)?etree\.parse",
        "gateway/fhir/xml.py",
    ),
    "generated source": (r"exec|eval|compile|__import__|builtins\..*", "gateway/mapping/compile.py"),
    "YAML with objects": (r"yaml\.(load|load_all|unsafe_load|full_load)(_all)?", ""),
    "pickled objects": (r"(.*\.)?(c?[pP]ickle|marshal|shelve|dill)\.\w+", ""),
    "a shell": (r"os\.(system|popen|exec\w*|spawn\w*)|subprocess\.\w+", ""),
}


@pytest.mark.parametrize("kind", DOORS)
def test_nothing_foreign_enters_beside_the_one_door_for_it(kind: str) -> None:
    pattern, door = DOORS[kind]
    beside = [
        f"{name(path)}:{line} {call}"
        for path, tree in parsed("gateway")
        for line, call in called(tree)
        if re.fullmatch(pattern, call) and name(path) != door
    ]
    assert beside == []


def test_the_xml_door_resolves_nothing_and_reaches_nothing() -> None:
    doors = [tree for path, tree in parsed("gateway") if name(path) == DOORS["XML"][1]]
    if not doors:
        pytest.skip("no XML is read yet")
    settings = {
        keyword.arg: ast.unparse(keyword.value)
        for node in ast.walk(doors[0])
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("XMLParser")
        for keyword in node.keywords
    }
    assert {
        "resolve_entities": "False",
        "no_network": "True",
        "load_dtd": "False",
        "huge_tree": "False",
    }.items() <= settings.items()


def foreign_words() -> re.Pattern[str]:
    """Put together here so that this file does not hold what it forbids."""
    hosts = [
        "py" + "pi.org",
        "python" + "hosted.org",
        "registry.npm" + "js",
        "npmjs" + ".com",
        "repo1." + "maven.",
        "repo." + "maven.",
    ]
    hosts += ["crates" + ".io", "proxy.golang" + ".org", "deb.debian" + ".org"]
    folders = ["/" + "work" + "/", "/" + "root" + "/", "/" + "home" + "/"]
    return re.compile(
        "|".join([*map(re.escape, hosts), *(rf"(?<![\w.$)}}>-]){re.escape(folder)}" for folder in folders)])
    )


def test_no_kept_file_names_a_registry_or_somebodys_machine() -> None:
    pattern = foreign_words()
    found = []
    for path in kept():
        text = path.read_bytes().decode("utf-8", "replace")
        found += [f"{name(path)}: {match.group()}" for match in pattern.finditer(text)]
    assert found == []


def test_the_lock_pins_every_package_with_a_hash() -> None:
    lock = next(path for path in kept() if path.name == "requirements.lock").read_text(encoding="utf-8")
    packages = [block for block in re.split(r"\n(?=\S)", lock.strip()) if block]
    assert packages
    assert [block.splitlines()[0] for block in packages if not re.search(r"==\S+ \\\n\s+--hash=sha256:", block)] == []
