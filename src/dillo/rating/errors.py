"""What can be wrong with prices that somebody wrote."""

from dillo.model.errors import PeerError


class InvalidTariff(PeerError):
    """The text is no tariff; the message names the field."""
