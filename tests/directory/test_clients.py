"""Programs of partners: names, keys and scopes as partner.yaml has them, and what is said where they are wrong."""

import json

import pytest

from gateway.directory import clients
from tests.directory.deployment import Deployment

X = "rUdYrEuiFzsoSZhpcpxiGXKjCvw4kYmXvxcMJRzjrzLXXbGA_Eh5qnhXmQ3DpWmf"
KEY = {"kty": "EC", "crv": "P-384", "kid": "k1", "x": X, "y": X}
HEAD = "kind: care-service\nphone: 0521 5550448\n"


def client(key: object = KEY, **more: object) -> str:
    said = {"id": "app", "jwks": {"keys": [key]}, "scopes": ["system/Task.rs"], **more}
    return f"{HEAD}clients: [{json.dumps(said)}]\n"


def test_a_client_is_found_by_its_name_with_its_partner(deployment: Deployment) -> None:
    deployment.partner("elsey", client())
    directory, problems = deployment.load()
    found = directory.client("app")
    assert [each for each in problems if each.severity == "error"] == []
    assert found is not None
    assert (found[0].id, clients.keys(found[1])) == ("elsey", [KEY])
    assert directory.client("another") is None


def test_keys_may_stand_in_a_file_that_is_read_anew(deployment: Deployment) -> None:
    file = deployment.root / "elsey.jwks.json"
    file.write_text(json.dumps({"keys": [KEY]}))
    deployment.partner("elsey", client(jwks="elsey.jwks.json"))
    directory, _ = deployment.load()
    found = directory.client("app")
    assert found is not None
    assert len(clients.keys(found[1])) == 1
    file.write_text(json.dumps({"keys": [KEY, {**KEY, "kid": "k2"}]}))
    assert len(clients.keys(found[1])) == 2
    file.unlink()
    assert clients.keys(found[1]) == []


BAD = {
    "a private key": (client({**KEY, "d": X}), "directory.jwks.private"),
    "a secret": (client({"kty": "oct", "kid": "k", "k": "eA"}), "directory.jwks.private"),
    "a curve that is not taken": (client({**KEY, "crv": "P-521"}), "directory.jwks.key"),
    "another algorithm": (client({**KEY, "alg": "ES256"}), "directory.jwks.key"),
    "a short key": (client({"kty": "RSA", "kid": "k", "n": "x" * 171, "e": "AQAB"}), "directory.jwks.key"),
    "a key for encryption": (client({**KEY, "use": "enc"}), "directory.jwks.key"),
    "no kid": (client({name: value for name, value in KEY.items() if name != "kid"}), "directory.jwks.kid"),
    "no keys": (client(jwks={}), "directory.jwks"),
    "no file": (client(jwks="nothing.json"), "directory.jwks"),
    "no scope": (client(scopes=["system/Task."]), "directory.scope"),
    "letters in another order": (client(scopes=["system/Task.sr"]), "directory.scope"),
    "a user's scope": (client(scopes=["user/Task.rs"]), "directory.scope"),
    "no name": (client(id="a b"), "directory.client"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_client_that_could_not_be_trusted_is_said(deployment: Deployment, name: str) -> None:
    text, code = BAD[name]
    deployment.partner("elsey", text)
    assert code in {problem.code for problem in deployment.load()[1] if problem.severity == "error"}


def test_a_client_belongs_to_one_partner(deployment: Deployment) -> None:
    deployment.partner("elsey", client())
    deployment.partner("lutterbach", client())
    assert "directory.client-twice" in {problem.code for problem in deployment.load()[1]}
