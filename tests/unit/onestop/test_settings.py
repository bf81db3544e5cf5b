"""What settings forbid, and that the documentation of them is true."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from onestop.settings import Settings, SettingsError, example, load, problems, project_folder
from onestop.trial_secrets import ensure

SECRET = "s" * 48


@pytest.fixture(autouse=True)
def no_settings_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """The tests' settings come from the tests."""
    import os

    for name in list(os.environ):
        if name.startswith("ONESTOP_") or name in {"DATABASE_URL", "REDIS_URL", "VOSK_MODEL"}:
            monkeypatch.delenv(name)


def _load(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, **variables: str) -> Settings:
    monkeypatch.setenv("ONESTOP_VAR", str(tmp_path / "var"))
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    return load(tmp_path / "none.env")


def test_the_example_file_is_what_the_settings_say() -> None:
    assert (project_folder() / ".env.example").read_text("utf-8") == example(), "run: onestop settings --example > .env.example"


def test_the_example_names_no_secret() -> None:
    for line in example().splitlines():
        name, _, value = line.lstrip("#").partition("=")
        if name.endswith(("SECRET", "PASSWORD", "TOKEN", "KEY")):
            assert value == "", f"{name} has a default"


def test_every_setting_says_what_it_is_for() -> None:
    assert all(field.description for field in Settings.model_fields.values())


def test_production_refuses_to_start_without_its_secrets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SettingsError) as refused:
        _load(tmp_path, monkeypatch, ONESTOP_MODE="production")
    for name in ("ONESTOP_SECRET", "DATABASE_URL", "REDIS_URL", "ONESTOP_AMI_PASSWORD", "ONESTOP_AGENT_PASSWORD", "ONESTOP_MEDIA_SECRET"):
        assert name in str(refused.value)


def test_production_makes_no_secrets_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SettingsError):
        _load(tmp_path, monkeypatch, ONESTOP_MODE="production")
    assert not (tmp_path / "var").exists()


def test_a_short_secret_is_refused_in_production(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SettingsError, match="ONESTOP_SECRET must have at least 32"):
        _load(tmp_path, monkeypatch, ONESTOP_MODE="production", ONESTOP_SECRET="short")


def test_production_starts_with_all_it_needs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = _load(
        tmp_path,
        monkeypatch,
        ONESTOP_MODE="production",
        ONESTOP_SECRET=SECRET,
        ONESTOP_ASTERISK="off",
        DATABASE_URL="postgresql://u:p@h/d",
        REDIS_URL="redis://h",
    )
    assert not settings.trial
    assert problems(settings) == []


def test_a_trial_makes_its_own_secrets_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = _load(tmp_path, monkeypatch)
    second = _load(tmp_path, monkeypatch)
    assert first.trial
    assert len(first.secret.get_secret_value()) >= 32
    assert first.secret == second.secret
    assert stat.S_IMODE((tmp_path / "var" / "trial.env").stat().st_mode) == 0o600


def test_the_environment_wins_over_the_trials_own_secrets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert _load(tmp_path, monkeypatch, ONESTOP_SECRET=SECRET).secret.get_secret_value() == SECRET


def test_an_older_trial_file_keeps_its_secret_and_gains_what_is_new(tmp_path: Path) -> None:
    (tmp_path / "trial.env").write_text(f"ONESTOP_SECRET={SECRET}\n", "utf-8")
    text = ensure(tmp_path).read_text("utf-8")
    assert text.startswith(f"ONESTOP_SECRET={SECRET}\n")
    assert "ONESTOP_AMI_PASSWORD=" in text
    assert text.count("ONESTOP_SECRET=") == 1


def test_an_empty_variable_means_the_default(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert _load(tmp_path, monkeypatch, ONESTOP_PORT="").port == 8000


def test_a_wrong_value_names_its_variable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SettingsError, match="ONESTOP_PORT"):
        _load(tmp_path, monkeypatch, ONESTOP_PORT="eighty")


def test_a_refusal_never_repeats_a_secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SettingsError) as refused:
        _load(tmp_path, monkeypatch, ONESTOP_MODE="production", ONESTOP_SECRET="hunter2", ONESTOP_PORT="70000")
    assert "hunter2" not in str(refused.value)


def test_safe_mode_without_its_key_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SettingsError, match="AES_KEY must have 43"):
        _load(tmp_path, monkeypatch, ONESTOP_WECHAT_TOKEN="t", ONESTOP_WECHAT_AES_KEY="short")


def test_secrets_do_not_show_in_the_settings_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = _load(tmp_path, monkeypatch, DATABASE_URL="postgresql://u:hunter2@h/d")
    assert "hunter2" not in repr(settings)
    assert settings.secret.get_secret_value() not in repr(settings)


def test_callers_are_a_list_of_addresses(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert _load(tmp_path, monkeypatch, ONESTOP_CALLERS="10.0.0.1, 10.0.0.2").callers == ("10.0.0.1", "10.0.0.2")
