"""The files a newcomer and an operator begin with: they exist, agree with the code, and hold no secret."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from check_jsonschema.builtin_schemas import get_builtin_schema
from jsonschema import Draft202012Validator

from onestop.settings import Settings, variable

ROOT = Path(__file__).parent.parent
COMPOSE = ROOT / "docker-compose.yml"
FOLDERS = ("channels", "dialogs", "ivr", "nlu", "records", "desk", "onestop", "tests")
REQUIRED = re.compile(r"\$\{(\w+):\?")
USED = re.compile(r"\$\{(\w+)")
COMPOSE_ONLY = {"POSTGRES_PASSWORD", "REDIS_PASSWORD", "ONESTOP_WEB"}
"""Variables of docker-compose.yml that are not settings of ours: its own servers' passwords and the published address."""


def _tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if listed.returncode:
        pytest.skip("not a git clone: nothing to list")
    return [ROOT / name for name in listed.stdout.decode().split("\0") if name and (ROOT / name).is_file()]


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    """docker-compose.yml, read."""
    loaded: dict[str, Any] = yaml.safe_load(COMPOSE.read_text("utf-8"))
    return loaded


def test_the_compose_file_keeps_the_compose_schema(compose: dict[str, Any]) -> None:
    schema = get_builtin_schema("vendor.compose-spec")  # the Compose Specification's own schema, as check-jsonschema carries it
    errors = [f"{'/'.join(map(str, error.absolute_path))}: {error.message}" for error in Draft202012Validator(schema).iter_errors(compose)]
    assert errors == []


def test_the_compose_schema_would_find_a_mistake(compose: dict[str, Any]) -> None:
    wrong = {**compose, "services": {**compose["services"], "app": {"prots": ["8000:8000"]}}}
    assert not Draft202012Validator(get_builtin_schema("vendor.compose-spec")).is_valid(wrong)


@pytest.mark.parametrize("service", ["postgres", "redis", "app", "worker", "asterisk"])
def test_every_service_of_the_house_is_there_and_watched(compose: dict[str, Any], service: str) -> None:
    assert "healthcheck" in compose["services"][service]


def test_no_secret_has_a_default_in_the_compose_file() -> None:
    text = COMPOSE.read_text("utf-8")
    required = set(REQUIRED.findall(text))
    assert {"ONESTOP_SECRET", "POSTGRES_PASSWORD", "REDIS_PASSWORD", "ONESTOP_AGENT_PASSWORD", "ONESTOP_AMI_PASSWORD"} <= required
    with_default = re.findall(r"\$\{(\w*(?:SECRET|PASSWORD|TOKEN|KEY)\w*):-([^}]+)\}", text)
    assert with_default == []


def test_every_variable_of_the_compose_file_is_a_setting(compose: dict[str, Any]) -> None:
    known = {variable(name) for name in Settings.model_fields} | COMPOSE_ONLY
    assert set(USED.findall(COMPOSE.read_text("utf-8"))) <= known
    assert set(compose["x-onestop"]["environment"]) <= known


def test_asterisk_is_reached_on_loopback_only(compose: dict[str, Any]) -> None:
    """Its manager interface would otherwise be on the network of all containers."""
    assert compose["services"]["asterisk"]["network_mode"] == "service:app"
    assert not any("5038" in str(port) for port in compose["services"]["app"]["ports"])


@pytest.mark.parametrize("folder", FOLDERS)
def test_the_folders_of_the_house_are_there(folder: str) -> None:
    assert (ROOT / folder).is_dir()


@pytest.mark.parametrize(
    "name", ["README.md", "LICENSE", "CONTRIBUTING.md", "CHANGELOG.md", "Makefile", ".ci/run", ".env.example", "Dockerfile"]
)
def test_the_files_a_newcomer_looks_for_are_there(name: str) -> None:
    assert (ROOT / name).stat().st_size > 0


def test_the_licence_is_apache_2() -> None:
    text = (ROOT / "LICENSE").read_text("utf-8")
    assert "Apache License" in text
    assert "END OF TERMS AND CONDITIONS" in text


def test_the_readme_begins_with_exactly_two_commands() -> None:
    blocks = re.findall(r"```(?:bash|sh|console)\n(.*?)```", (ROOT / "README.md").read_text("utf-8"), re.S)
    assert blocks[0].split("\n")[:-1] == ["make run", "make test"]


def test_links_between_documents_lead_somewhere() -> None:
    lost = []
    for page in [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]:
        for target in re.findall(r"\]\((?!https?:|#|mailto:)([^)#\s]+)", page.read_text("utf-8")):
            if not (page.parent / target).exists():
                lost.append(f"{page.relative_to(ROOT)}: {target}")
    assert lost == []


def test_ci_runs_the_same_as_make_test() -> None:
    assert "make test" in (ROOT / ".ci/run").read_text("utf-8")
    assert (ROOT / ".ci/run").stat().st_mode & 0o111


def test_no_tracked_file_holds_a_private_key_or_a_trial_secret() -> None:
    found = []
    for path in _tracked():
        if path.stat().st_size < 500_000:
            text = path.read_bytes()
            if b"PRIVATE KEY" + b"-----" in text or re.search(rb"^ONESTOP_\w*(?:SECRET|PASSWORD)=\S+", text, re.M):
                found.append(str(path.relative_to(ROOT)))
    assert found == []


@pytest.mark.parametrize("name", ["run", "test", "clean", "bench"])
def test_the_makefile_has_its_targets(name: str) -> None:
    assert re.search(rf"^{name}:", (ROOT / "Makefile").read_text("utf-8"), re.M)


def test_set_up_scripts_are_sound_shell() -> None:
    for script in [*ROOT.glob("scripts/*.sh"), *ROOT.glob("docker/**/*.sh")]:
        assert subprocess.run(["bash", "-n", script], capture_output=True, check=False).returncode == 0, script
