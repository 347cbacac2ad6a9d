"""`dillo operator`: people who run the platform."""

import typer

from dillo.accounts.roles import Role
from dillo.cli.options import Home, Json, show, show_rows
from dillo.cli.user import Email, invited, listed, removed

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="Operators of the platform.")


@app.command()
def create(email: Email, home: Home = None, json: Json = False) -> None:
    """Let somebody run the platform: prints the link where they choose a password.

    So the first operator comes to be; the link is sent, too, and is good once, for a week.
    """
    show(invited(email, None, Role.OPERATOR, home), json)


@app.command("list")
def list_operators(home: Home = None, json: Json = False) -> None:
    """List operators, newest first."""
    show_rows(listed(None, home), json)


@app.command()
def remove(email: Email, home: Home = None, json: Json = False) -> None:
    """Let an operator in no longer; one always remains."""
    show(removed(email, None, home), json)
