"""`dillo user` and `dillo operator`: people who sign in."""

from typing import Annotated

import typer

from dillo.accounts import invitations, users
from dillo.accounts.people import People, User
from dillo.accounts.ports import Change
from dillo.accounts.roles import Role
from dillo.cli.customer import Customer
from dillo.cli.options import Home, Json, show, show_rows
from dillo.cli.records import with_people
from dillo.model.moments import iso_ms

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="Users of customers.")

Email = Annotated[str, typer.Argument(metavar="EMAIL", help="Their e-mail address.")]
_MANY = 10_000


@app.command("list")
def list_users(customer: Customer, home: Home = None, json: Json = False) -> None:
    """List a customer's users, newest first."""
    show_rows(listed(customer, home), json)


@app.command()
def invite(
    email: Email,
    customer: Customer,
    role: Annotated[Role, typer.Option(help="viewer, developer or owner.")] = Role.OWNER,
    home: Home = None,
    json: Json = False,
) -> None:
    """Ask somebody to join a customer; the link is sent, and shown here."""
    show(invited(email, customer, role, home), json)


@app.command("role")
def change_role(
    email: Email,
    role: Annotated[Role, typer.Argument(help="viewer, developer or owner.")],
    customer: Customer,
    home: Home = None,
    json: Json = False,
) -> None:
    """Give a user another role; one owner always remains."""

    async def work(people: People, change: Change) -> dict[str, object]:
        user = await find(people, customer, email)
        return fields(await users.change_role(people, change, user, role))

    show(with_people(home, work), json)


@app.command()
def remove(email: Email, customer: Customer, home: Home = None, json: Json = False) -> None:
    """Let a user in no longer; one owner always remains."""
    show(removed(email, customer, home), json)


def listed(customer: str | None, home: Home) -> list[dict[str, object]]:
    """Return the users of a customer, or the operators."""

    async def work(people: People, _change: Change) -> list[dict[str, object]]:
        return [fields(user) for user in await people.users.page(customer, None, _MANY)]

    return with_people(home, work)


def invited(email: str, customer: str | None, role: Role, home: Home) -> dict[str, object]:
    """Invite somebody; returns the link."""

    async def work(people: People, change: Change) -> dict[str, object]:
        sent = await invitations.invite(people, change, customer, email, role)
        return {
            "Email": sent.invitation.email,
            "Role": sent.invitation.role.value,
            "Link": sent.link,
            "ExpiresOnUtc": iso_ms(sent.invitation.expires_us),
        }

    return with_people(home, work)


def removed(email: str, customer: str | None, home: Home) -> dict[str, object]:
    """Remove a user of a customer, or an operator."""

    async def work(people: People, change: Change) -> dict[str, object]:
        user = await find(people, customer, email)
        await users.remove(people, change, user)
        return fields(user) | {"Status": "removed"}

    return with_people(home, work)


async def find(people: People, customer: str | None, email: str) -> User:
    """Return a user of a customer, or an operator. Raises UnknownUser."""
    user = await people.users.with_email(email.strip().lower())
    return await people.users.of(customer, user.id if user is not None else "")


def fields(user: User) -> dict[str, object]:
    """Return what is shown of a user."""
    return {
        "Email": user.email,
        "Name": user.name,
        "Role": user.role.value,
        "UserId": user.id,
        "Status": "unverified" if user.verified_us is None else "active",
        "LastLoginOnUtc": iso_ms(user.last_login_us) if user.last_login_us else None,
    }
