"""Accounts: customers and their keys, numbers, applications and prompts.

Each module holds the use cases of one kind of thing as functions over a `Registry` of stores.
"""

from dillo.accounts.ports import Change, Registry

__all__ = ["Change", "Registry"]
