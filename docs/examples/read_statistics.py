"""Write the calls of a number as CSV: read_statistics.py URL CODE KEY NUMBER START END"""

import csv
import json
import sys
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import httpx


def calls(base: str, code: str, key: str, *path: str) -> Iterator[dict[str, Any]]:
    """Yield every call of all pages, following the Link header."""
    url: str | None = "/".join([base, "api/inbound/voice", *path])
    with httpx.Client(headers={"CustomerCode": code, "ApiKey": key}) as client:
        while url is not None:
            response = client.get(url)
            response.raise_for_status()
            yield from json.loads(response.text, parse_float=Decimal)
            url = response.links.get("next", {}).get("url")


if __name__ == "__main__":
    columns = ["CreatedOnUtc", "TelephoneNumber", "CallDuration", "Price"]
    sheet = csv.DictWriter(sys.stdout, columns, extrasaction="ignore")
    sheet.writeheader()
    sheet.writerows(calls(*sys.argv[1:]))
