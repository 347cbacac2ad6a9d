"""People who sign in, and those asked to join."""

from dillo.client.calls import (
    Call,
    M,
    Page,
    Resource,
    get,
    listing,
    operation,
    page_of,
    path,
    send,
)
from dillo.client.models.people import Invitation, User

_ALL = "/api/v1/users"
_ONE = _ALL + "/{}"
_INVITATIONS = "/api/v1/invitations"


class Users(Resource[M]):
    """Users."""

    @listing
    def list(self) -> Call[Page[User]]:
        """Return users, newest first."""
        return page_of(_ALL, User)

    @operation
    def get(self, user_id: str) -> Call[User]:
        """Return a user."""
        return get(path(_ONE, user_id), User)

    @operation
    def change_role(self, user_id: str, role: str, *, if_match: str | None = None) -> Call[User]:
        """Give a user another role; one owner always remains."""
        return send("PATCH", path(_ONE, user_id), User, {"role": role}, if_match=if_match)

    @operation
    def remove(self, user_id: str) -> Call[None]:
        """Let a user in no longer; one owner always remains."""
        return send("DELETE", path(_ONE, user_id), type(None))

    @listing
    def invitations(self) -> Call[Page[Invitation]]:
        """Return invitations, newest first."""
        return page_of(_INVITATIONS, Invitation)

    @operation
    def invite(self, email: str, *, role: str = "viewer") -> Call[Invitation]:
        """Ask somebody to join, by an e-mail with a link that is good for a week."""
        return send("POST", _INVITATIONS, Invitation, {"email": email, "role": role})

    @operation
    def withdraw(self, invitation_id: str) -> Call[None]:
        """Make an open invitation worthless."""
        return send("DELETE", path(_INVITATIONS + "/{}", invitation_id), type(None))
