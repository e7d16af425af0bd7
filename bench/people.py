"""People of the demonstration in a measured site: they sign in over HTTP, as a browser does."""

from __future__ import annotations

import re

import httpx

from bench.node import BenchNode
from chedang.site.accounts import ensure_demo_logins


def sign_in(node: BenchNode, port: int, company_code: str, username: str) -> httpx.Client:
    """A client with the session of one of the demonstration's accounts; the shop's is that of ``company_code``."""
    login = next(login for login in ensure_demo_logins(node.url, company_code) if login.username == username)
    client = httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60)
    form = {"username": login.username, "password": login.password, "csrfmiddlewaretoken": token(client, "/sign-in")}
    assert client.post("/sign-in", data=form).status_code == httpx.codes.FOUND
    return client


def token(client: httpx.Client, path: str) -> str:
    """What a form of this page has to send back."""
    found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', client.get(path).text)
    assert found
    return found[1]
