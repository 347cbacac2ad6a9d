"""Who is asking: the authorization headers, and how fast a key may be used."""

import hashlib
import math

from starlette.requests import Request

from dillo.web.limits import TokenBuckets
from dillo.web.ports import KeyVerifier, LastUses
from dillo.web.problems import TOO_MANY_REQUESTS, UNAUTHORIZED, Refused

SECURITY_SCHEMES = {
    "CustomerCode": {
        "type": "apiKey",
        "in": "header",
        "name": "CustomerCode",
        "description": "The customer's code, a GUID.",
    },
    "ApiKey": {
        "type": "apiKey",
        "in": "header",
        "name": "ApiKey",
        "description": "One of the customer's API keys.",
    },
}
SECURITY: list[dict[str, list[str]]] = [{"CustomerCode": [], "ApiKey": []}]

_CHALLENGE = {"WWW-Authenticate": 'ApiKey realm="dillo"'}


class Access:
    """Lets customers in and answers everybody else with 401 or 429.

    A key has its own bucket. Failures are counted per source address, and an address that failed
    too often is refused before the database is asked, unless it shows a key that was good before.
    """

    def __init__(
        self,
        keys: KeyVerifier,
        by_key: TokenBuckets,
        failures: TokenBuckets,
        uses: LastUses | None = None,
    ) -> None:
        self._keys = keys
        self._by_key = by_key
        self._failures = failures
        self._uses = uses

    async def customer(self, request: Request) -> str:
        """Return the id of the customer who asks. Raises Refused."""
        customer_code = request.headers.get("CustomerCode", "")
        api_key = request.headers.get("ApiKey", "")
        source = request.client.host if request.client else ""
        # The buckets hold no keys, so that a memory dump shows none.
        credential = hashlib.sha256(f"{customer_code.lower()}:{api_key}".encode()).hexdigest()
        if credential in self._by_key:
            _refuse_while(self._by_key.take(credential))
        else:
            _refuse_while(self._failures.wait_s(source))
        customer_id = await self._keys.verify(customer_code, api_key)
        if customer_id is None:
            self._failures.take(source)
            raise Refused(
                UNAUTHORIZED,
                "Send a CustomerCode header with your customer code and an ApiKey header with one "
                "of its keys that is not revoked.",
                _CHALLENGE,
            )
        if credential not in self._by_key:
            self._by_key.take(credential)
        if self._uses is not None:
            self._uses.note("key", hashlib.sha256(api_key.encode()).hexdigest())
        return customer_id


def _refuse_while(wait_s: float) -> None:
    if wait_s > 0:
        seconds = max(1, math.ceil(wait_s))
        detail = f"Wait {seconds} s, as Retry-After says, and ask less often."
        raise Refused(TOO_MANY_REQUESTS, detail, {"Retry-After": str(seconds)})
