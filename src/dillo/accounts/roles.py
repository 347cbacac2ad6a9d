"""What people and keys may do: each role may do all that the ones before it may."""

from enum import StrEnum


class Role(StrEnum):
    """From reading a customer's account up to running the platform."""

    VIEWER = "viewer"
    """Reads everything of a customer but secrets."""
    DEVELOPER = "developer"
    """Also changes applications, numbers' applications, webhooks and keys."""
    OWNER = "owner"
    """Also buys, pays, and decides who belongs to the customer."""
    OPERATOR = "operator"
    """Belongs to the provider: runs the platform and may act for any customer."""

    def covers(self, other: "Role") -> bool:
        """Return whether this role may do what the other may."""
        return _RANKS[self] >= _RANKS[other]


_RANKS = {role: rank for rank, role in enumerate(Role)}
CUSTOMER_ROLES = (Role.VIEWER, Role.DEVELOPER, Role.OWNER)
