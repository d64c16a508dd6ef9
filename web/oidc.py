"""Signing in by the utility's own directory: OpenID Connect by Authlib, the code flow with PKCE; an optional extra."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx2
from authlib.integrations.httpx_client import AsyncOAuth2Client
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.jwk import KeySet

from web.onewindow import Claims

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")
"""Signatures that are believed: none by a shared secret, and not "none"."""
SECONDS = 5.0
LEEWAY = 60
KEPT_FOR = 300.0
"""Seconds for which the directory's description and keys are kept."""


class DirectoryAway(Exception):
    """The directory does not answer."""


class NotBelieved(Exception):
    """What came back is not sound: a wrong signature, issuer, audience, nonce, or an instant that has passed."""


@dataclass
class OpenID:
    """One directory. `claim` names the user here; `name` is what people call it."""

    issuer: str
    client: str
    secret: str
    claim: str = "preferred_username"
    name: str = ""
    clock: Callable[[], float] = time.time
    _described: Mapping[str, Any] | None = field(default=None, init=False)
    _keys: KeySet | None = field(default=None, init=False)
    _read_at: float = field(default=0.0, init=False)
    _one: asyncio.Lock = field(default_factory=asyncio.Lock, init=False)

    async def leave(self, back: str, state: str, nonce: str, verifier: str) -> str:
        """The address to which the browser goes."""
        described = await self._description()
        async with self._client(back) as client:
            address, _ = client.create_authorization_url(
                str(described["authorization_endpoint"]),
                state=state,
                nonce=nonce,
                code_challenge=create_s256_code_challenge(verifier),
                code_challenge_method="S256",
            )
        return str(address)

    async def returned(self, back: str, code: str, nonce: str, verifier: str) -> Claims:
        """Who came back, once the code was exchanged and the answer's signature and claims are sound."""
        described = await self._description()
        async with self._client(back) as client:
            answer = await self._asked(
                client.fetch_token(str(described["token_endpoint"]), code=code, code_verifier=verifier)
            )
        raw = answer.get("id_token")
        if not isinstance(raw, str):
            raise NotBelieved("there is no id_token")
        claims = await self._sound(raw, nonce, answer.get("access_token"))
        return Claims(self._username(claims))

    def _client(self, back: str) -> AsyncOAuth2Client:
        return AsyncOAuth2Client(
            self.client,
            self.secret,
            scope="openid profile email",
            redirect_uri=back,
            token_endpoint_auth_method="client_secret_basic",  # noqa: S106 - the name of a method
            timeout=SECONDS,
        )

    async def _asked(self, asking: Awaitable[Any]) -> Any:
        from authlib.common.errors import AuthlibBaseError

        try:
            return await asking
        except (httpx2.HTTPStatusError, AuthlibBaseError, ValueError) as error:
            raise NotBelieved(str(error)) from error
        except httpx2.HTTPError as error:
            raise DirectoryAway(str(error)) from error

    async def _description(self) -> Mapping[str, Any]:
        async with self._one:
            if self._described is None or self.clock() - self._read_at > KEPT_FOR:
                address = f"{self.issuer.rstrip('/')}/.well-known/openid-configuration"
                described = await self._read(address)
                if described.get("issuer") != self.issuer:
                    raise NotBelieved(f"{address} speaks for {described.get('issuer')}")
                self._keys = KeySet.import_key_set(await self._read(str(described["jwks_uri"])))  # type: ignore[arg-type]
                self._described, self._read_at = described, self.clock()
            return self._described

    async def _read(self, address: str) -> dict[str, Any]:
        async with httpx2.AsyncClient(timeout=SECONDS) as client:
            try:
                answer = await client.get(address)
                answer.raise_for_status()
                found: dict[str, Any] = answer.json()
            except (httpx2.HTTPError, ValueError) as error:
                raise DirectoryAway(str(error)) from error
        return found

    async def _sound(self, raw: str, nonce: str, access_token: object) -> CodeIDToken:
        from authlib.common.errors import AuthlibBaseError
        from joserfc.errors import JoseError

        assert self._keys is not None
        options = {"iss": {"essential": True, "value": self.issuer}, "aud": {"essential": True, "value": self.client}}
        params = {"nonce": nonce, "client_id": self.client, "access_token": access_token}
        try:
            token = jwt.decode(raw, self._keys, algorithms=ALGORITHMS)
            claims = CodeIDToken(token.claims, token.header, options, params)
            claims.validate(now=int(self.clock()), leeway=LEEWAY)
        except (JoseError, AuthlibBaseError, ValueError) as error:
            self._described = None  # its keys may have changed: read them again for the next one
            raise NotBelieved(str(error)) from error
        return claims

    def _username(self, claims: Mapping[str, Any]) -> str | None:
        value = claims.get(self.claim)
        if not isinstance(value, str) or not value.strip():
            return None
        if self.claim == "email" and claims.get("email_verified") is not True:
            return None
        return value.strip().lower()
