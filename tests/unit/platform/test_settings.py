from __future__ import annotations

from pathlib import Path

import pytest

from chedang.platform.settings import Settings, SettingsError, settings_of_process


def test_an_empty_environment_gives_the_fictional_province_on_loopback() -> None:
    settings = Settings.from_environment({})
    assert (settings.node.code, settings.node.name, settings.node.level) == ("33", "浙江", "province")
    assert (settings.host, settings.gate_port, settings.site_port) == ("127.0.0.1", 8100, 8000)
    assert settings.database_url is None
    assert settings.data_dir == Path.cwd() / "var"
    assert settings.seed
    assert settings.mode == "compat"
    assert settings.token_hours == 168
    assert settings.site_hosts == ("localhost", "127.0.0.1")


def test_an_empty_value_counts_as_unset() -> None:
    assert Settings.from_environment({"CHEDANG_DATABASE_URL": "", "CHEDANG_GATE_PORT": " "}).gate_port == 8100


def test_node_00_is_the_ministry() -> None:
    node = Settings.from_environment({"CHEDANG_NODE": "00"}).node
    assert (node.name, node.level) == ("部级", "ministry")


def test_a_relative_data_dir_becomes_absolute() -> None:
    assert Settings.from_environment({"CHEDANG_DATA_DIR": "other"}).data_dir == Path.cwd() / "other"


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("CHEDANG_NODE", "99"),
        ("CHEDANG_NODE", "330000"),
        ("CHEDANG_GATE_PORT", "0"),
        ("CHEDANG_GATE_PORT", "65536"),
        ("CHEDANG_GATE_PORT", "eight"),
        ("CHEDANG_GATE_PORT", "８１００"),
        ("CHEDANG_SITE_PORT", "-1"),
        ("CHEDANG_SITE_PORT", "8100"),
        ("CHEDANG_SEED", "yes"),
        ("CHEDANG_MODE", "lenient"),
        ("CHEDANG_DATABASE_URL", "mysql://localhost/chedang"),
        ("CHEDANG_DATABASE_URL", "postgresql://localhost:no-port-at-all/chedang?nonsense=1"),
        ("CHEDANG_RUN_AS", "no-such-account-here"),
        ("CHEDANG_RULES_FILE", "/nonexistent/rules.toml"),
        ("CHEDANG_TOKEN_HOURS", "23"),
        ("CHEDANG_TOKEN_HOURS", "1e3"),
        ("CHEDANG_LOG_LEVEL", "loud"),
        ("CHEDANG_SITE_HOSTS", " , "),
        ("CHEDANG_SECURE_COOKIES", "on"),
        ("CHEDANG_SMS", "pigeon"),
        ("CHEDANG_TRUSTED_PROXIES", "proxy.example.org"),
        ("CHEDANG_TRUSTED_PROXIES", "10.0.0.1/8"),
    ],
)
def test_a_wrong_value_is_refused_naming_the_variable_and_an_example(variable: str, value: str) -> None:
    with pytest.raises(SettingsError) as caught:
        Settings.from_environment({variable: value})
    assert str(caught.value).startswith(f"{variable}：")
    assert f"{variable}={caught.value.example}" in str(caught.value)


def test_every_example_of_a_port_clash_is_itself_acceptable() -> None:
    with pytest.raises(SettingsError) as caught:
        Settings.from_environment({"CHEDANG_GATE_PORT": "65535", "CHEDANG_SITE_PORT": "65535"})
    Settings.from_environment({"CHEDANG_GATE_PORT": "65535", caught.value.variable: caught.value.example})


def test_neither_errors_nor_descriptions_show_a_database_password() -> None:
    secret = "fictional-secret"
    good = Settings.from_environment({"CHEDANG_DATABASE_URL": f"postgresql://u:{secret}@db.test:5433/chedang"})
    shown = " ".join(line.value for line in good.describe())
    assert "db.test" in shown
    assert "5433" in shown
    assert secret not in shown
    with pytest.raises(SettingsError) as caught:
        Settings.from_environment({"CHEDANG_DATABASE_URL": f"mysql://u:{secret}@db.test/chedang"})
    assert secret not in str(caught.value)


def test_a_process_without_a_database_ends_with_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CHEDANG_DATABASE_URL", raising=False)
    with pytest.raises(SystemExit) as ended:
        settings_of_process()
    assert str(ended.value).startswith("CHEDANG_DATABASE_URL：没有设置")
    monkeypatch.setenv("CHEDANG_GATE_PORT", "door")
    with pytest.raises(SystemExit) as ended:
        settings_of_process()
    assert "CHEDANG_GATE_PORT" in str(ended.value)


def test_sms_are_shown_on_a_page_only_where_people_are_fictional() -> None:
    assert Settings.from_environment({}).sms == "outbox"
    assert Settings.from_environment({"CHEDANG_SEED": "0"}).sms == "none"
    with pytest.raises(SettingsError, match="CHEDANG_SMS"):
        Settings.from_environment({"CHEDANG_SEED": "0", "CHEDANG_SMS": "outbox"})


def test_a_gateway_for_sms_needs_a_safe_address_and_a_key(tmp_path: Path) -> None:
    key = tmp_path / "sms.key"
    key.write_text("k" * 32)
    short = tmp_path / "short.key"
    short.write_text("k" * 31)
    good = {"CHEDANG_SMS": "http", "CHEDANG_SMS_URL": "https://sms.example.org/x", "CHEDANG_SMS_KEY_FILE": str(key)}
    settings = Settings.from_environment(good)
    assert (settings.sms, settings.sms_url, settings.sms_key_file) == ("http", "https://sms.example.org/x", key)
    for wrong in (
        {"CHEDANG_SMS_URL": ""},
        {"CHEDANG_SMS_URL": "http://sms.example.org/x"},
        {"CHEDANG_SMS_URL": "https://user:secret@sms.example.org/x"},
        {"CHEDANG_SMS_KEY_FILE": ""},
        {"CHEDANG_SMS_KEY_FILE": str(short)},
    ):
        with pytest.raises(SettingsError) as caught:
            Settings.from_environment(good | wrong)
        assert "secret" not in str(caught.value)


def test_proxies_that_are_trusted_are_addresses_or_networks() -> None:
    settings = Settings.from_environment({"CHEDANG_TRUSTED_PROXIES": "127.0.0.1, 10.0.0.0/8,"})
    assert [str(network) for network in settings.trusted_proxies] == ["127.0.0.1/32", "10.0.0.0/8"]
