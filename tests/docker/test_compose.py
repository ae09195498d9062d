"""What compose.yaml promises: hardened containers, real commands, real settings, files that exist."""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from standins.case import parties

from gateway.settings.keys import write
from tests.docker.conftest import ROOT
from tests.docker.image import DOCKER, compose, stages

SERVICES: dict[str, dict[str, Any]] = compose()["services"]
DEMO = "\n".join(path.read_text(encoding="utf-8") for path in (DOCKER / "demo").rglob("*.yaml"))
USER = next(step.rest for step in stages()[-1] if step.word == "USER")

every = pytest.mark.parametrize("name", SERVICES)
OURS = ("gateway", "keys")
party = pytest.mark.parametrize("name", [name for name in SERVICES if name not in OURS])


def mounts(name: str) -> dict[str, str]:
    """Where a container's folders come from, by their place in it."""
    found = (mount.split(":") for mount in SERVICES[name].get("volumes", []))
    return {place: source for source, place, *_ in found}


def outside(name: str, path: str) -> Path:
    """The file of the repository behind a path in a container."""
    place = max((place for place in mounts(name) if path.startswith(place)), key=len)
    return DOCKER / mounts(name)[place] / path.removeprefix(place).lstrip("/")


@every
def test_every_container_can_write_nowhere_but_its_volumes_and_gains_no_rights(name: str) -> None:
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert "cap_add" not in service
    assert "privileged" not in service
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["user"] == USER
    assert [mount.split(":")[0] for mount in service["tmpfs"]] == ["/" + "tmp"]


@every
def test_ports_are_open_to_this_machine_alone(name: str) -> None:
    assert all(port.startswith("127.0.0.1:") for port in SERVICES[name].get("ports", []))


@every
def test_what_is_mounted_exists_and_is_read_only_unless_it_is_a_volume(name: str) -> None:
    volumes = compose()["volumes"]
    for mount in SERVICES[name]["volumes"]:
        source, _, *mode = mount.split(":")
        if source.startswith("."):
            assert (DOCKER / source).exists(), source
            assert mode == ["ro"]
        else:
            assert source in volumes


def test_no_volume_is_left_over() -> None:
    used = {source for name in SERVICES for source in mounts(name).values()}
    assert set(compose()["volumes"]) - used == set()


def test_the_gateway_has_the_health_check_of_its_image_and_time_to_stop() -> None:
    gateway = SERVICES["gateway"]
    assert "healthcheck" not in gateway
    assert gateway["stop_grace_period"] == "30s"
    assert gateway["build"] == {"context": "..", "dockerfile": "docker/Dockerfile"}


@party
def test_no_party_is_judged_by_the_gateways_health_check(name: str) -> None:
    check = SERVICES[name]["healthcheck"]
    ports = re.findall(r"--port=(\d+)", " ".join(SERVICES[name]["command"]))
    assert check == {"disable": True} if not ports else f"', {ports[0]})" in check["test"][-1]


@party
def test_every_party_is_a_program_that_takes_these_arguments(name: str) -> None:
    python, program = SERVICES[name]["entrypoint"]
    assert python == "python"
    path = outside(name, program)
    done = subprocess.run([sys.executable, path, "--help"], capture_output=True, text=True, check=True, timeout=20)
    given = [word.split("=")[0] for word in SERVICES[name]["command"] if word.startswith("--")]
    assert [word for word in given if word not in done.stdout] == []


@party
def test_every_file_that_a_party_is_given_exists(name: str) -> None:
    files = [word.rsplit("=", 1)[-1] for word in SERVICES[name]["command"] if "/demo/" in word]
    assert [path for path in files if not outside(name, path).exists()] == []


@party
def test_every_party_speaks_as_a_partner_of_the_demo(name: str) -> None:
    partners = {path.parent.name for path in (DOCKER / "demo").glob("mappings/partners/*/partner.yaml")}
    named = {word.split("=")[1] for word in SERVICES[name]["command"] if word.startswith("--partner=")}
    assert named <= partners


def test_the_site_knows_the_parties_of_the_demo_by_the_iks_of_the_directory() -> None:
    for name, party in parties().items():
        partner = yaml.safe_load((DOCKER / f"demo/mappings/partners/{name}/partner.yaml").read_text(encoding="utf-8"))
        assert (partner["identifiers"]["ik"], partner["title"]) == (party.ik, party.name)


def test_who_waits_for_somebody_waits_for_a_container_that_says_when_it_is_ready() -> None:
    for service in SERVICES.values():
        for awaited, how in service.get("depends_on", {}).items():
            if SERVICES[awaited]["restart"] == "no":  # it ends
                assert how == {"condition": "service_completed_successfully"}
                continue
            assert how == {"condition": "service_healthy"}
            assert SERVICES[awaited].get("healthcheck") != {"disable": True}


def test_keys_and_folders_are_made_once_with_the_settings_and_volumes_of_the_gateway(tmp_path: Path) -> None:
    keys, gateway = SERVICES["keys"], SERVICES["gateway"]
    assert keys["environment"] == gateway["environment"]
    assert set(keys["volumes"]) <= set(gateway["volumes"])
    assert gateway["depends_on"] == {"keys": {"condition": "service_completed_successfully"}}
    (command,) = keys["command"]
    shim = f"gateway() {{ {sys.executable} -c 'from gateway.cli.main import main; main()' \"$@\"; }}; "
    here = command.replace("/etc/kuemmerer", str(DOCKER / "demo"))
    environment = os.environ | {"GATEWAY_DEMO_DATA": str(tmp_path), "PYTHONPATH": str(ROOT)}
    for said in ("index.key", ""):  # the second time there is nothing to make
        done = subprocess.run(
            [*keys["entrypoint"], shim + here],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        )
        assert said in done.stdout
        assert bool(done.stdout) == bool(said)
    folders = set(re.findall(r"GATEWAY_DEMO_DATA:-../../var/demo}/(out/\S+)", DEMO))
    programs = {f"out/{name}" for name in SERVICES}
    assert {path for path in folders - programs if not (tmp_path / path).is_dir()} == set()


def test_whoever_works_here_or_has_a_link_reaches_their_page_from_this_machine() -> None:
    gateway = SERVICES["gateway"]
    for page in ("LINK", "STAFF"):
        port = gateway["environment"][f"GATEWAY__{page}__LISTEN"].rsplit(":", 1)[-1]
        assert f"127.0.0.1:{port}:{port}" in gateway["ports"]
        assert gateway["environment"][f"GATEWAY__{page}__BASE"] == f"http://127.0.0.1:{port}/"


def test_the_gateways_variables_are_settings_or_gaps_of_the_demos_files(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    settings = pytest.importorskip("gateway.settings", reason="settings are not built yet")
    for file in (tmp_path / "index.key", tmp_path / "gateway" / "1.key"):
        write(file)
    monkeypatch.setenv("GATEWAY__KEYS__FOLDER", str(tmp_path))
    for variable, value in SERVICES["gateway"]["environment"].items():
        monkeypatch.setenv(variable, value)
        assert variable.startswith("GATEWAY__") or f"${{{variable}:-" in DEMO, variable
    loaded, problems = settings.load(DOCKER / "demo" / "gateway.yaml", ROOT)
    assert [str(problem) for problem in problems if problem.severity == "error"] == []
    assert loaded.http.listen == "0.0.0.0:8080"
    assert [door.listen for door in loaded.mllp] == ["0.0.0.0:2575"]
    assert loaded.store.url == "sqlite:////var/lib/kuemmerer/gateway.db"


def test_the_gateway_finds_every_party_under_its_name_and_port() -> None:
    variables = SERVICES["gateway"]["environment"]
    named = [variables[f"GATEWAY_DEMO_{word}"] for word in ("SITE", "LUTTERBACH", "ELSEY")]
    for host, port in (address.split(":") for address in named):
        assert f"--port={port}" in SERVICES[host]["command"]
    assert "--port=2576" in SERVICES[variables["GATEWAY_DEMO_HOSPITAL_HOST"]]["command"]
    assert "GATEWAY_DEMO_HOSPITAL_PORT:-2576" in DEMO


def test_the_folders_of_a_list_service_are_those_of_its_partner() -> None:
    for name, folder in (("ravensberg", "ravensberg"), ("wohnberatung", "wohnberatung")):
        command = " ".join(SERVICES[name]["command"])
        for option, side, volume in (("--folder", "out", "lists-out"), ("--answers", "in", "lists-in")):
            assert f"path: ${{GATEWAY_DEMO_DATA:-../../var/demo}}/{side}/{folder}" in DEMO
            assert f"{option}=/lists/{side}/{folder}" in command
            assert mounts(name)[f"/lists/{side}"] == mounts("gateway")[f"/var/lib/kuemmerer/{side}"] == volume


def test_the_hospital_may_call_from_the_containers_network() -> None:
    subnet = compose()["networks"]["demo"]["ipam"]["config"][0]["subnet"]
    assert subnet.startswith("172.")
    assert "from: [127.0.0.1/32, 172.16.0.0/12]" in DEMO
