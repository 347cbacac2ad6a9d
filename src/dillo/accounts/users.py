"""Users: who belongs to a customer, or to the operators, and what they may do."""

from dillo.accounts.changes import Change
from dillo.accounts.customers import checked_name
from dillo.accounts.errors import LastOwner
from dillo.accounts.invitations import check_role
from dillo.accounts.people import People, User
from dillo.accounts.roles import Role


async def rename(people: People, change: Change, user: User, name: str) -> User:
    """Give somebody another name. Raises InvalidEntry."""
    return await people.users.update(
        user, change, "user.rename", shown=("name",), name=checked_name(name)
    )


async def change_role(people: People, change: Change, user: User, role: Role) -> User:
    """Let somebody do more, or less. Raises LastOwner, InvalidEntry."""
    check_role(user.customer_id, role)
    async with people.transactions.joint():
        if role is not user.role:
            await _spare_last(people, user)
        return await people.users.update(
            user, change, "user.change-role", shown=("role",), role=role.value
        )


async def remove(people: People, change: Change, user: User) -> None:
    """Let somebody in no longer; what they changed stays. Raises LastOwner."""
    async with people.transactions.joint():
        await _spare_last(people, user)
        await people.users.remove(user, change)


async def _spare_last(people: People, user: User) -> None:
    top = Role.OPERATOR if user.customer_id is None else Role.OWNER
    if user.role is top and await people.users.lock(user.customer_id, top) == [user.id]:
        raise LastOwner(f"nobody else is {top.value}: make somebody so first")
