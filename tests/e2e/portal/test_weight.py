"""What is fetched before anything is to be seen."""

from tests.e2e.portal.browser import Visitor

_MOST_BYTES = 600_000
_FETCHED = """() => performance.getEntries()
  .filter((each) => ['navigation', 'resource'].includes(each.entryType))
  .reduce((sum, each) => sum + each.transferSize, 0)"""


def test_the_first_page_is_light(anna: Visitor) -> None:
    anna.go("/")
    assert 0 < anna.page.evaluate(_FETCHED) < _MOST_BYTES
