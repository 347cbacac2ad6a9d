"""Who may come in: API keys and session cookies, roles, CSRF, and how fast one may ask."""

import base64
import hashlib
import hmac
import math
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Depends, Request

from dillo.accounts.principals import Principal, PrincipalStore
from dillo.accounts.roles import Role
from dillo.model.clock import now_us
from dillo.web.limits import TokenBuckets
from dillo.web.ports import LastUses
from dillo.web.problems import (
    CSRF_REFUSED,
    CUSTOMER_NOT_FOUND,
    CUSTOMER_SUSPENDED,
    FORBIDDEN,
    TOO_MANY_REQUESTS,
    UNAUTHENTICATED,
    USER_REQUIRED,
    Refused,
)

SESSION_COOKIE = "dillo_session"
CSRF_COOKIE = "dillo_csrf"
CSRF_HEADER = "X-CSRF-Token"

_SAFE = {"GET", "HEAD", "OPTIONS"}
_CHALLENGE = {"WWW-Authenticate": 'Bearer realm="dillo"'}


@dataclass(frozen=True, slots=True)
class Gate:
    """Finds out who asks, and refuses with 401, 403, 404 or 429 who may not."""

    principals: PrincipalStore
    uses: LastUses
    by_credential: TokenBuckets
    failures: TokenBuckets
    """Failed authentications by source address."""
    by_visitor: TokenBuckets
    """What people do who are not signed in yet, by source address."""
    public_url: str = ""

    async def admit(self, request: Request, role: Role) -> Principal:
        """Return who asks if they may do what a role may. Raises Refused."""
        principal = await self.principal(request)
        if not principal.role.covers(role):
            raise Refused(FORBIDDEN, f"Ask somebody who is {role.value} to do this.")
        if principal.is_suspended and request.method not in _SAFE:
            raise Refused(CUSTOMER_SUSPENDED, "Ask the operator; reading is still possible.")
        return principal

    async def principal(self, request: Request) -> Principal:
        """Return who asks, whatever their role. Raises Refused."""
        if (key := _api_key(request)) is not None:
            principal = await self._known(request, "key", key)
        elif (secret := session_secret(request)) is not None:
            principal = await self._known(request, "session", secret)
            if request.method not in _SAFE:
                self._refuse_forgery(request, secret)
        else:
            raise self._unauthenticated(request)
        return await self._acting(request, principal)

    def refuse_cross_site(self, request: Request) -> None:
        """Refuse what another site's page sent, where nobody is known yet. Raises Refused."""
        if request.headers.get("Sec-Fetch-Site") == "cross-site" or not self._is_own(
            request.headers.get("Origin"), request
        ):
            raise Refused(CSRF_REFUSED, "Send this from the platform's own pages.")

    def greet(self, request: Request) -> None:
        """Let somebody sign up or in who is not known yet. Raises Refused."""
        self.refuse_cross_site(request)
        self.refuse_offender(request)
        refuse_while(self.by_visitor.take(source_of(request)))

    def refuse_offender(self, request: Request) -> None:
        """Refuse an address that failed too often. Raises Refused."""
        refuse_while(self.failures.wait_s(source_of(request)))

    async def _known(self, request: Request, kind: str, secret: str) -> Principal:
        sha256 = hashlib.sha256(secret.encode("utf-8", "surrogateescape")).hexdigest()
        credential = f"{kind}:{sha256}"  # the buckets hold no secrets
        if credential in self.by_credential:
            refuse_while(self.by_credential.take(credential))
        else:
            self.refuse_offender(request)
        find = self.principals.of_key if kind == "key" else self.principals.of_session
        principal = await find(sha256, now_us())
        if principal is None:
            raise self._unauthenticated(request)
        if credential not in self.by_credential:
            self.by_credential.take(credential)
        self.uses.note(kind, sha256)
        return principal

    async def _acting(self, request: Request, principal: Principal) -> Principal:
        """Return who asks, as the customer that the CustomerCode header names."""
        code = request.headers.get("CustomerCode", "").lower()
        if not code or code == principal.customer:
            return principal
        if principal.role is not Role.OPERATOR:
            raise self._unauthenticated(request)
        if not code.isascii() or not await self.principals.has_customer(code):
            raise Refused(CUSTOMER_NOT_FOUND, "Name a customer of this platform.")
        return principal.acting_for(code)

    def _unauthenticated(self, request: Request) -> Refused:
        self.failures.take(source_of(request))
        detail = (
            "Sign in, or send an API key that is not revoked as `Authorization: Bearer KEY`, or "
            "as ApiKey with its CustomerCode."
        )
        return Refused(UNAUTHENTICATED, detail, _CHALLENGE)

    def _refuse_forgery(self, request: Request, secret: str) -> None:
        self.refuse_cross_site(request)
        sent = request.headers.get(CSRF_HEADER, "").encode("utf-8", "surrogateescape")
        if not hmac.compare_digest(sent, csrf_token(secret).encode()):
            detail = f"Send the value of the cookie {CSRF_COOKIE} in the header {CSRF_HEADER} too."
            raise Refused(CSRF_REFUSED, detail)

    def _is_own(self, origin: str | None, request: Request) -> bool:
        if origin is None:
            return True  # no browser's cross-site request is without one (Fetch §3.2)
        own = {request.headers.get("Host", ""), urlsplit(self.public_url).netloc} - {""}
        return urlsplit(origin).netloc in own


def session_secret(request: Request) -> str | None:
    """Return the secret of the session cookie, None where there is none."""
    return request.cookies.get(cookie_name(request))


def cookie_name(request: Request) -> str:
    """Return the name of the session cookie: with `__Host-` no other host can set it."""
    return f"__Host-{SESSION_COOKIE}" if is_secure(request) else SESSION_COOKIE


def is_secure(request: Request) -> bool:
    """Return whether cookies are only for HTTPS: always, but for plain HTTP on this machine."""
    return request.url.scheme == "https" or request.url.hostname not in _LOOPBACK


_LOOPBACK = {"localhost", "127.0.0.1", "::1"}


def csrf_token(secret: str) -> str:
    """Return the token that only pages of a session can send: it says nothing of the secret."""
    digest = hmac.digest(secret.encode("utf-8", "surrogateescape"), b"csrf", "sha256")
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def source_of(request: Request) -> str:
    """Return the address that a request came from."""
    return request.client.host if request.client else ""


def _api_key(request: Request) -> str | None:
    scheme, _, credential = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return credential.strip()
    return request.headers.get("ApiKey")


def refuse_while(wait_s: float) -> None:
    """Refuse who must wait first. Raises Refused."""
    if wait_s > 0:
        seconds = max(1, math.ceil(wait_s))
        detail = f"Wait {seconds} s, as Retry-After says, and ask less often."
        raise Refused(TOO_MANY_REQUESTS, detail, {"Retry-After": str(seconds)})


def gate_of(request: Request) -> Gate:
    """Return the gate of the application that was asked."""
    gate: Gate = request.app.state.gate
    return gate


async def anyone(request: Request) -> Principal:
    """Admit whoever is known, also of a suspended customer."""
    return await gate_of(request).principal(request)


async def visitor(request: Request) -> None:
    """Admit who is not known yet, from the platform's own pages and not too often."""
    gate_of(request).greet(request)


async def person(request: Request) -> Principal:
    """Admit people, whatever their role, and no keys."""
    principal = await gate_of(request).principal(request)
    if principal.user_id is None:
        raise Refused(USER_REQUIRED, "Sign in; an API key is nobody.")
    return principal


async def viewer(request: Request) -> Principal:
    """Admit who may read."""
    return await gate_of(request).admit(request, Role.VIEWER)


async def developer(request: Request) -> Principal:
    """Admit who may change applications, numbers' applications, webhooks and keys."""
    return await gate_of(request).admit(request, Role.DEVELOPER)


async def owner(request: Request) -> Principal:
    """Admit who may buy, pay, and decide who belongs to the customer."""
    return await gate_of(request).admit(request, Role.OWNER)


async def operator(request: Request) -> Principal:
    """Admit who runs the platform."""
    return await gate_of(request).admit(request, Role.OPERATOR)


ROLES = {anyone: None, person: None, viewer: Role.VIEWER, developer: Role.DEVELOPER} | {
    owner: Role.OWNER,
    operator: Role.OPERATOR,
}
"""The role that each of these asks for, as the OpenAPI document tells it."""

Visitor = Annotated[None, Depends(visitor)]
Anyone = Annotated[Principal, Depends(anyone)]
Person = Annotated[Principal, Depends(person)]
Viewer = Annotated[Principal, Depends(viewer)]
Developer = Annotated[Principal, Depends(developer)]
Owner = Annotated[Principal, Depends(owner)]
Operator = Annotated[Principal, Depends(operator)]
