"""Writes docs/reference/settings.md and partners.md: every key of gateway.yaml and of partner.yaml, from the models.

`python tools/settings_reference.py` writes the pages, `--check` only says whether they are up to date (exit 1 if not).
"""

import sys
import types
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "docs" / "reference"
WORDS = {str: "text", int: "whole number", float: "number", bool: "true, false", Path: "path"}
SETTINGS = """# Settings: gateway.yaml

Generated from the models by `tools/settings_reference.py`. `gateway config check` says what is wrong with the file,
with line and repair; `gateway config show` prints all settings as they act. An editor completes and checks the file
with [gateway.schema.json](schemas/gateway.schema.json).

```yaml
{example}```

- **Paths** start from the folder of the file, those of partners' roads too.
- **From the environment**: `GATEWAY__HTTP__LISTEN=0.0.0.0:8080` overrides `http.listen`, `GATEWAY__MLLP__0__LISTEN` the
  first MLLP port; a whole list is written as JSON. A variable that overrides nothing is an error.
- **In the file**, `${{GATEWAY_NAME:-default}}` stands for a variable of the environment; it is called `GATEWAY_...`.
- **Secrets** are files in the folder `secrets`: the file's name (small letters, digits, hyphens) is the secret's name,
  its one line the secret. `GATEWAY_SECRET_TO_LUTTERBACH` stands for the secret `to-lutterbach` and wins. A secret that
  everybody may read is a warning, unless its text begins with `demo-`. A changed secret counts at once.

"""
PARTNERS = """# Partners: partner.yaml

Generated from the models by `tools/settings_reference.py`. A partner is a folder `partners/NAME` below a folder of
`mappings`, with a `partner.yaml`. `gateway config check` says what is wrong with it, with line and repair; an editor
completes and checks it with [partner.schema.json](schemas/partner.schema.json). A broken file never stops a running
gateway: the partner stays as it was, and the finding is told.

```yaml
{example}```

A partner that sends or gets a format in its own way says so in the same file: {mapping}.
See [Adapt a format for a partner](../how-to/adapt-for-a-partner.md). A partner without `extends` or `codec` uses the
formats as they are.

In `kind` to `answers`, `${{GATEWAY_NAME:-default}}` stands for a variable of the environment.

"""
ROADS = """## What a road needs

| | needs | makes use of |
|---|---|---|
{rows}
An MLLP caller is known by address, certificate, or both, before anything is read; `facility` (MSH-4) only tells apart
who shares them. An HTTP caller shows its token (`Authorization: Bearer`), a client certificate, or both if both stand
here. Tokens and certificates stand here as SHA-256 only:

```console
$ printf %s "$TOKEN" | sha256sum
$ openssl x509 -in partner.pem -noout -fingerprint -sha256
```

"""
IDENTIFIERS = """## Identifiers

| word | identifier system |
|---|---|
{rows}
Any other identifier system stands with its URL. A number belongs to one partner.

## Who is responsible

The site whose catchment holds the municipality (AGS) of residence; else the one with the postcode; of several sites
for one place the one that serves the area of concern (`concerns`; a site without serves all; `mobility` includes
`transport` and everything below it). Where there is none, or more than one, the site named under `routing.fallback`
gets it, marked as unsure. Two sites that cover one place for one concern are a warning.
"""


def pages() -> dict[str, str]:
    """File name -> text of each page."""
    sys.path.insert(0, str(ROOT))
    from gateway.directory.party import IDENTIFIERS as SYSTEMS  # noqa: PLC0415 - the checkout, not an installed wheel
    from gateway.directory.party import Party  # noqa: PLC0415 - as above
    from gateway.mapping.keys import DIRECTORY, PARTNER  # noqa: PLC0415 - as above
    from gateway.settings.model import Settings  # noqa: PLC0415 - as above

    demo = ROOT / "docker" / "demo"
    example = (demo / "gateway.yaml").read_text(encoding="utf-8")
    partner = (demo / "mappings/partners/pflegedienst-lutterbach/partner.yaml").read_text(encoding="utf-8")
    mapping = [word for word in PARTNER if word not in DIRECTORY and word not in {"partner", "title"}]
    systems = "".join(f"| `{word}` | `{url}` |\n" for word, url in SYSTEMS.items())
    parts = [
        PARTNERS.format(example=partner, mapping=", ".join(f"`{word}`" for word in mapping)),
        *sections(Party, "partner.yaml"),
        ROADS.format(rows=roads()),
        IDENTIFIERS.format(rows=systems),
    ]
    settings = SETTINGS.format(example=example) + "".join(sections(Settings, "gateway.yaml"))
    return {"settings.md": settings.rstrip("\n") + "\n", "partners.md": "".join(parts)}


def roads() -> str:
    """Rows of the table of roads."""
    from gateway.directory.needs import NEEDS, USES  # noqa: PLC0415 - as above
    from gateway.directory.party import Frozen  # noqa: PLC0415 - as above

    def row(key: tuple[type[Frozen], str]) -> str:
        needs = ", ".join(" or ".join(f"`{word}`" for word in group) for group in NEEDS[key])
        uses = ", ".join(f"`{word}`" for word in USES[key].split())
        return f"| `{key[0].__name__.lower()}`, `road: {key[1]}` | {needs} | {uses} |\n"

    return "".join(map(row, USES))


def sections(model: type[BaseModel], title: str) -> Iterator[str]:
    """A table for a model, and one for each model inside it."""
    name = title if title.endswith(".yaml") else f"`{title}`"
    doc = "" if title.endswith(".yaml") else f"{' '.join((model.__doc__ or '').split())}\n\n"
    yield f"## {name}\n\n{doc}| key | value | default | what it is |\n|---|---|---|---|\n"
    inner: dict[str, type[BaseModel]] = {}
    for key, info in keys(model):
        below = next(models(info.annotation), None)
        if below is not None:
            inner[key] = below
        yield f"| `{key}` | {kind(info, key if below else '')} | {default(info)} | {info.description} |\n"
    yield "\n"
    for key, below in inner.items():
        yield from sections(below, key if title.endswith(".yaml") else f"{title}.{key}")


def keys(model: type[BaseModel]) -> Iterator[tuple[str, FieldInfo]]:
    """The keys of a model as a file has them."""
    for name, info in model.model_fields.items():
        yield info.alias or name, info


def models(annotation: Any) -> Iterator[type[BaseModel]]:
    """The models inside a type."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from models(part)


def kind(info: FieldInfo, below: str) -> str:
    """What kind of value a key takes."""
    many = get_origin(info.annotation) is tuple
    if below:
        return f"list of `{below}`" if many else f"`{below}`"
    return f"list of {word(get_args(info.annotation)[0])}" if many else word(info.annotation)


def word(annotation: Any) -> str:
    """A type in words."""
    origin = get_origin(annotation)
    if origin is Literal:
        return ", ".join(f"`{value}`" for value in get_args(annotation) if value != "")
    if origin in {types.UnionType, tuple} or str(origin) == "typing.Annotated":
        return word(get_args(annotation)[0])
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return "`key: text` lines"
    return WORDS.get(annotation, "number")


def default(info: FieldInfo) -> str:
    """The default as the file would write it."""
    if info.is_required():
        return "required"
    value = info.get_default(call_default_factory=False)
    if value is None or isinstance(value, BaseModel) or value in ("", (), {}):
        return ""
    if isinstance(value, tuple):
        return f"`[{', '.join(str(item) for item in value)}]`"
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


def main() -> int:
    """Write or check the pages."""
    found = pages()
    if "--check" not in sys.argv:
        for name, text in found.items():
            (FOLDER / name).write_text(text, encoding="utf-8")
        return 0
    stale = [
        name
        for name, text in found.items()
        if not (FOLDER / name).exists() or (FOLDER / name).read_text(encoding="utf-8") != text
    ]
    for name in stale:
        print(f"docs/reference/{name} is not up to date: python tools/settings_reference.py")
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
