"""Who may call: number → customer, limits, balance."""

from collections import Counter
from dataclasses import dataclass, replace

from dillo.calls.ports import Directory, NumberEntry
from dillo.model.phone import TEST_NUMBER, InvalidPhoneNumber, PhoneNumber


@dataclass(frozen=True, slots=True)
class Limit:
    """A limit that a call is over: the SIP status it gets, and why in words."""

    sip_code: int
    detail: str


class TokenBucket:
    """Lets `rate` calls a second through, and a second's worth at once."""

    __slots__ = ("_at_s", "_tokens")

    def __init__(self) -> None:
        self._tokens = 1.0
        self._at_s = float("-inf")

    def take(self, rate: float, now_s: float) -> bool:
        """Take a token if there is one; `now_s` is a monotonic clock."""
        earned = min(max(rate, 1.0), self._tokens + (now_s - self._at_s) * rate)
        self._at_s = now_s
        self._tokens = earned - 1 if earned >= 1 else earned
        return earned >= 1


class Admission:
    """Finds the number that was called and says whether another call fits."""

    def __init__(self, directory: Directory) -> None:
        self._directory = directory
        self._by_customer: Counter[str] = Counter()
        self._by_number: Counter[str] = Counter()
        self._buckets: dict[str, TokenBucket] = {}

    async def find(self, called: str, draft_id: str = "") -> NumberEntry | None:
        """Return the active number that a Request-URI's user part names, None where none is.

        A draft of its holder's, where one is to be tried, is its only application. TEST_NUMBER is
        the number of whoever a draft belongs to, and of nobody without one.
        """
        if called == TEST_NUMBER:
            return await self._directory.tester(draft_id) if draft_id else None
        try:
            number = PhoneNumber.parse(called)
        except InvalidPhoneNumber:
            return None
        entry = await self._directory.find(str(number))
        if entry is None or not draft_id:
            return entry
        draft = await self._directory.draft(entry.customer_id, draft_id)
        return replace(entry, primary=draft, fallback=None)

    def enter(self, entry: NumberEntry, now_s: float, *, is_test: bool = False) -> Limit | None:
        """Count a call in; returns the limit that refuses it. Each call entered must `leave`.

        A test call is free: it needs no balance.
        """
        self._by_customer[entry.customer_id] += 1
        self._by_number[entry.number_id] += 1
        return self._exceeded(entry, now_s, is_test)

    def leave(self, entry: NumberEntry) -> None:
        """Count a call out."""
        for counter, key in (
            (self._by_customer, entry.customer_id),
            (self._by_number, entry.number_id),
        ):
            counter[key] -= 1
            if not counter[key]:
                del counter[key]

    def _exceeded(self, entry: NumberEntry, now_s: float, is_test: bool) -> Limit | None:
        limit, number_limit = entry.max_concurrent_calls, entry.number_max_concurrent_calls
        if entry.is_suspended:
            return Limit(503, "the account is suspended")
        if entry.balance_micros is not None and entry.balance_micros <= 0 and not is_test:
            return Limit(503, "the balance is used up")
        if self._by_customer[entry.customer_id] > limit:
            return Limit(486, f"the account's {limit} calls at once are in use")
        if number_limit is not None and self._by_number[entry.number_id] > number_limit:
            return Limit(486, f"the number's {number_limit} calls at once are in use")
        for key, rate, whose in (
            (entry.number_id, entry.number_max_calls_per_second, "the number's "),
            (entry.customer_id, entry.max_calls_per_second, ""),
        ):
            if rate is None:
                continue
            if not self._buckets.setdefault(key, TokenBucket()).take(rate, now_s):
                return Limit(503, f"more than {whose}{rate:g} calls a second")
        return None
