"""Voices that texts are spoken with."""

from dillo.client.calls import (
    Call,
    M,
    Page,
    Resource,
    listing,
    page_of,
)
from dillo.client.models.inventory import Voice


class Voices(Resource[M]):
    """Voices; `prompts.preview` lets one be heard."""

    @listing
    def list(self, *, language: str | None = None) -> Call[Page[Voice]]:
        """Return voices, the preferred first; of one language (BCP 47) if it is given."""
        return page_of("/api/v1/voices", Voice, query={"language": language})
