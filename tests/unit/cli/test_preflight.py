from __future__ import annotations

import socket
from pathlib import Path

import pytest

from chedang.cli import preflight
from chedang.cli.preflight import check_data_dir, only_node, wait_for_ports
from chedang.platform.settings import Settings, SettingsError


def _settings(**environment: str) -> Settings:
    return Settings.from_environment(environment)


def test_a_data_directory_that_cannot_be_made_names_the_variable(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(SettingsError, match="不能写入") as caught:
        check_data_dir(tmp_path / "file" / "var")
    assert caught.value.variable == "CHEDANG_DATA_DIR"


def test_checking_a_data_directory_makes_it_and_leaves_it_empty(tmp_path: Path) -> None:
    check_data_dir(tmp_path / "a" / "var")
    assert list((tmp_path / "a" / "var").iterdir()) == []


def test_one_node_at_a_time_holds_a_data_directory(tmp_path: Path) -> None:
    with only_node(tmp_path), pytest.raises(SettingsError, match="已有一个节点在运行"), only_node(tmp_path):
        pass
    with only_node(tmp_path):
        pass


def test_a_port_that_comes_free_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as holder, socket.socket() as other:
        for probe in (holder, other):
            probe.bind(("127.0.0.1", 0))
        holder.listen()
        gate_port, site_port = holder.getsockname()[1], other.getsockname()[1]
        other.close()
        monkeypatch.setattr(preflight.time, "sleep", lambda _seconds: holder.close())
        told: list[str] = []
        settings = _settings(CHEDANG_GATE_PORT=str(gate_port), CHEDANG_SITE_PORT=str(site_port))
        wait_for_ports(settings, told.append)
    assert told == [f"端口 {gate_port} 被占用，等待它空出来 …"]


@pytest.mark.parametrize("host", ["no-such-host.invalid", "192.0.2.1"])
def test_an_address_that_is_not_ours_names_the_variable(host: str) -> None:
    with pytest.raises(SettingsError) as caught:
        wait_for_ports(_settings(CHEDANG_HOST=host), lambda _sentence: None)
    assert caught.value.variable == "CHEDANG_HOST"
