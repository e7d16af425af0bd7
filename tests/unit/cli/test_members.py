"""Which nodes ``chedang network`` runs, and with what settings."""

from __future__ import annotations

from pathlib import Path

import pytest

from chedang.cli.members import member, members
from chedang.platform.settings import SettingsError

OWN = "postgresql:///own"


def test_a_province_that_ran_alone_keeps_its_directory_and_ports() -> None:
    home, ministry, neighbour = members({"CHEDANG_DATA_DIR": "/data"})
    assert (home.code, home.settings.data_dir, home.settings.gate_port) == ("33", Path("/data"), 8100)
    assert (ministry.code, ministry.settings.data_dir, ministry.settings.gate_port) == ("00", Path("/data/00"), 8101)
    assert (neighbour.code, neighbour.settings.data_dir, neighbour.settings.site_port) == ("32", Path("/data/32"), 8002)


@pytest.mark.parametrize("gate_port", ["7999", "8001", "8002", "65535"])
def test_no_two_doors_share_a_port(gate_port: str) -> None:
    found = members({"CHEDANG_GATE_PORT": gate_port})
    ports = [port for each in found for port in (each.settings.gate_port, each.settings.site_port)]
    assert len(set(ports)) == 6


def test_jiangsu_gets_zhejiang_for_a_neighbour() -> None:
    assert [each.code for each in members({"CHEDANG_NODE": "32"})] == ["32", "00", "33"]


def test_a_variable_with_a_code_behind_it_is_for_that_node_only() -> None:
    environ = {"CHEDANG_HOST": "127.0.0.2", "CHEDANG_HOST_32": "127.0.0.3", "CHEDANG_GATE_PORT_33": "9000"}
    home, ministry, neighbour = members(environ)
    assert [each.settings.host for each in (home, ministry, neighbour)] == ["127.0.0.2", "127.0.0.2", "127.0.0.3"]
    assert home.settings.gate_port == 9000
    assert "CHEDANG_HOST_32" not in neighbour.environment


def test_one_ordinary_database_is_for_one_node() -> None:
    (home,) = members({"CHEDANG_DATABASE_URL": OWN})
    assert home.settings.database_url == OWN


def test_three_ordinary_databases_are_for_three_nodes() -> None:
    others = {f"CHEDANG_DATABASE_URL_{code}": f"{OWN}_{code}" for code in ("00", "32")}
    found = members({"CHEDANG_DATABASE_URL": OWN} | others)
    assert [each.settings.database_url for each in found] == [OWN, f"{OWN}_00", f"{OWN}_32"]


def test_two_nodes_never_share_a_database() -> None:
    with pytest.raises(SettingsError, match="CHEDANG_DATABASE_URL_32"):
        members({f"CHEDANG_DATABASE_URL{end}": OWN for end in ("", "_32")} | {"CHEDANG_DATABASE_URL_00": f"{OWN}_00"})


def test_a_ministry_is_no_place_to_begin() -> None:
    with pytest.raises(SettingsError, match="CHEDANG_NODE"):
        members({"CHEDANG_NODE": "00"})


def test_a_node_is_found_by_its_code() -> None:
    assert member("00", {}).is_ministry
    with pytest.raises(SettingsError, match="44"):
        member("44", {})
