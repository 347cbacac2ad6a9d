"""Who may call, and what refuses the call that is one too many."""

from dataclasses import replace

import pytest

from dillo.calls.admission import Admission, TokenBucket
from dillo.calls.ports import Application, NumberEntry
from dillo.model.phone import TEST_NUMBER

ENTRY = NumberEntry(
    number_id="n1",
    number="+442079460000",
    number_type="local",
    customer_id="c1",
    currency="EUR",
    is_suspended=False,
    balance_micros=None,
    max_concurrent_calls=2,
    max_calls_per_second=1000,
    max_call_s=3600,
    number_max_concurrent_calls=None,
    primary=None,
    fallback=None,
)


DRAFT = Application("draft", "Line", "{}")
TESTER = replace(ENTRY, number=TEST_NUMBER, primary=DRAFT)


class Numbers:
    """A directory in memory."""

    def __init__(self, *entries: NumberEntry) -> None:
        self._entries = {entry.number: entry for entry in entries}

    async def find(self, number: str) -> NumberEntry | None:
        return self._entries.get(number)

    async def tester(self, version_id: str) -> NumberEntry | None:
        return self._entries.get(TEST_NUMBER) if version_id == "draft" else None

    async def draft(self, customer_id: str, version_id: str) -> Application | None:
        return DRAFT if (customer_id, version_id) == (ENTRY.customer_id, "draft") else None


@pytest.fixture
def admission() -> Admission:
    return Admission(Numbers(ENTRY, TESTER))


@pytest.mark.parametrize("called", ["+442079460000", "442079460000", "00442079460000"])
async def test_a_number_is_found_in_every_international_form(
    admission: Admission, called: str
) -> None:
    assert await admission.find(called) is ENTRY


@pytest.mark.parametrize("called", ["", "alice", "2079460000x", "+442079460001", "0", "+"])
async def test_other_user_parts_name_no_number(admission: Admission, called: str) -> None:
    assert await admission.find(called) is None


def test_calls_at_once_are_limited_by_account(admission: Admission) -> None:
    assert admission.enter(ENTRY, 0) is None
    assert admission.enter(ENTRY, 0) is None
    refused = admission.enter(ENTRY, 0)
    assert refused is not None
    assert refused.sip_code == 486
    admission.leave(ENTRY)
    admission.leave(ENTRY)
    assert admission.enter(ENTRY, 0) is None


def test_calls_at_once_are_limited_by_number(admission: Admission) -> None:
    narrow = replace(ENTRY, number_max_concurrent_calls=1)
    assert admission.enter(narrow, 0) is None
    refused = admission.enter(narrow, 0)
    assert refused is not None
    assert (refused.sip_code, "number" in refused.detail) == (486, True)


def test_calls_a_second_are_limited(admission: Admission) -> None:
    slow = replace(ENTRY, max_calls_per_second=1, max_concurrent_calls=100)
    assert admission.enter(slow, 10.0) is None
    refused = admission.enter(slow, 10.5)
    assert refused is not None
    assert refused.sip_code == 503
    assert admission.enter(slow, 11.1) is None


@pytest.mark.parametrize(
    ("change", "word"), [({"is_suspended": True}, "suspended"), ({"balance_micros": 0}, "balance")]
)
def test_an_account_without_credit_gets_no_call(
    admission: Admission, change: dict[str, object], word: str
) -> None:
    refused = admission.enter(replace(ENTRY, **change), 0)  # type: ignore[arg-type]
    assert refused is not None
    assert (refused.sip_code, word in refused.detail) == (503, True)


def test_a_test_call_needs_no_balance_but_an_account_in_good_standing(admission: Admission) -> None:
    penniless = replace(ENTRY, balance_micros=0)
    assert admission.enter(penniless, 0, is_test=True) is None
    refused = admission.enter(replace(penniless, is_suspended=True), 0, is_test=True)
    assert refused is not None
    assert "suspended" in refused.detail


def test_a_bucket_holds_a_second_of_tokens_and_no_more() -> None:
    bucket = TokenBucket()
    assert [bucket.take(3, 100.0) for _ in range(4)] == [True, True, True, False]
    assert [bucket.take(3, 500.0) for _ in range(4)] == [True, True, True, False]


def test_a_number_has_a_rate_of_its_own(admission: Admission) -> None:
    slow = replace(ENTRY, number_max_calls_per_second=1.0, max_concurrent_calls=9)
    assert admission.enter(slow, 0.0) is None
    limit = admission.enter(slow, 0.1)
    assert limit is not None
    assert (limit.sip_code, limit.detail) == (503, "more than the number's 1 calls a second")
    other = replace(slow, number_id="n2", number_max_calls_per_second=None)
    assert admission.enter(other, 0.1) is None
    assert admission.enter(slow, 1.2) is None


async def test_a_draft_takes_the_place_of_both_applications() -> None:
    admission = Admission(Numbers(replace(ENTRY, fallback=DRAFT)))
    tried = await admission.find(ENTRY.number, "draft")
    assert tried is not None
    assert (tried.primary, tried.fallback, tried.number) == (DRAFT, None, ENTRY.number)
    unknown = await admission.find(ENTRY.number, "of somebody else")
    assert unknown is not None
    assert (unknown.primary, unknown.fallback) == (None, None)


async def test_a_draft_needs_no_number(admission: Admission) -> None:
    assert await admission.find(TEST_NUMBER, "draft") is TESTER
    assert await admission.find(TEST_NUMBER, "of nobody") is None
    assert await admission.find(TEST_NUMBER) is None
