"""接口密钥: secrets with which a shop's software calls the native API; at most two are good at a time (ADR 0018).

A secret is ``cd_<public part>_<43 characters>``. It is shown once, when it is made; what is kept is its SHA-256 digest,
which is enough for 256 random bits. To change a secret without a gap: make the second, set the software up with it,
end the first.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from datetime import date, datetime, timedelta
from typing import Final

import msgspec

from chedang.enterprises import store
from chedang.enterprises.errors import ExpiryRefused, TooManySecrets
from chedang.enterprises.store import Connection
from chedang.platform.database import load_queries

MAX_LIVE: Final = 2
DEFAULT_LIFETIME: Final = timedelta(days=180)
LONGEST_LIFETIME: Final = timedelta(days=400)
_MOST_LISTED: Final = 20

_SQL = load_queries("chedang.enterprises", "secrets.sql")
_SHAPE = re.compile(r"cd_([0-9a-f]{8})_[A-Za-z0-9_-]{43}")


class ApiSecret(msgspec.Struct, frozen=True):
    """One secret of a shop, as it is kept."""

    secret_id: str
    """Its public part: eight hexadecimal characters."""
    company_code: str
    digest: bytes
    created_at: datetime
    created_by: str
    expires_at: datetime
    ended_at: datetime | None
    last_used_on: date | None

    def is_live(self, now: datetime) -> bool:
        """Neither ended nor expired."""
        return self.ended_at is None and self.expires_at > now

    def fits(self, secret: str) -> bool:
        """Is this the secret? Takes the same time whatever it is."""
        return hmac.compare_digest(self.digest, digest_of(secret))

    def __repr__(self) -> str:
        return f"ApiSecret({self.secret_id})"


class MadeSecret(msgspec.Struct, frozen=True):
    """A new secret: ``text`` is told to the shop now and never again."""

    text: str
    kept: ApiSecret

    def __repr__(self) -> str:
        return f"MadeSecret({self.kept.secret_id})"


def public_part(secret: str) -> str | None:
    """The public part of what has the shape of a secret, else ``None``."""
    found = _SHAPE.fullmatch(secret)
    return found[1] if found else None


def digest_of(secret: str) -> bytes:
    """What is kept of a secret."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest()


def make(
    connection: Connection, company_code: str, *, by: str, now: datetime, expires_at: datetime | None = None
) -> MadeSecret:
    """Make a secret, good for 180 days unless ``expires_at`` says otherwise.

    ``by``: an account of the site, or how the caller of the API signed in. Raises ExpiryRefused, TooManySecrets,
    EnterpriseNotFound.
    """
    expires_at = expires_at or now + DEFAULT_LIFETIME
    if not now < expires_at <= now + LONGEST_LIFETIME:
        raise ExpiryRefused(LONGEST_LIFETIME.days)
    with connection.transaction():
        store.lock(connection, company_code)  # two who make one at once are counted one after the other
        (live,) = connection.execute(_SQL["count_live"], {"company_code": company_code, "now": now}).fetchone() or (0,)
        if live >= MAX_LIVE:
            raise TooManySecrets(MAX_LIVE)
        while True:
            secret_id = secrets.token_hex(4)
            text = f"cd_{secret_id}_{secrets.token_urlsafe(32)}"
            made = MadeSecret(
                text, ApiSecret(secret_id, company_code, digest_of(text), now, by, expires_at, None, None)
            )
            if insert(connection, made.kept):
                return made


def insert(connection: Connection, secret: ApiSecret) -> bool:
    """Keep a secret; false when another has its public part. Commits with the caller's transaction."""
    row = connection.execute(
        _SQL["insert_secret"],
        {
            "secret_id": secret.secret_id,
            "company_code": secret.company_code,
            "digest": secret.digest,
            "created_at": secret.created_at,
            "created_by": secret.created_by,
            "expires_at": secret.expires_at,
        },
    ).fetchone()
    return row is not None


def end(connection: Connection, company_code: str, secret_id: str, *, by: str, now: datetime) -> bool:
    """End a secret at once; again changes nothing. False when this shop has no such secret."""
    parameters = {"secret_id": secret_id, "company_code": company_code, "by": by, "now": now}
    with connection.transaction():
        return connection.execute(_SQL["end_secret"], parameters).fetchone() is not None


def find(connection: Connection, secret_id: str) -> ApiSecret | None:
    """The secret with this public part, expired or not; ``None`` for an ended one."""
    row = connection.execute(_SQL["find_secret"], {"secret_id": secret_id}).fetchone()
    return None if row is None else ApiSecret(*row)


def list_of(connection: Connection, company_code: str) -> list[ApiSecret]:
    """The newest secrets of a shop, newest first, also those ended or expired."""
    parameters = {"company_code": company_code, "limit": _MOST_LISTED}
    return [ApiSecret(*row) for row in connection.execute(_SQL["list_secrets"], parameters)]


def note_use(connection: Connection, secret_id: str, day: date) -> None:
    """Remember that the secret was used on ``day``. Commits with the caller's transaction."""
    connection.execute(_SQL["note_use"], {"secret_id": secret_id, "day": day})
