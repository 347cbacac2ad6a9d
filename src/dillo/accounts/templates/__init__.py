"""Applications to begin with: a channel behavior and its scenarios each, as files of this folder.

A new one is two files and a line in the table; tests hold it to be free of problems, and its
scenarios to take every branch.
"""

from dataclasses import dataclass
from importlib import resources

from dillo.accounts.errors import UnknownTemplate


@dataclass(frozen=True, slots=True)
class Template:
    """An application to begin with; numbers and addresses in it are examples."""

    name: str
    title: str
    description: str

    @property
    def behavior(self) -> str:
        """The channel behavior, as JSON."""
        return _read(f"{self.name}.json")

    @property
    def scenarios(self) -> str:
        """What it is expected to do."""
        return _read(f"{self.name}.scenarios")


TEMPLATES = (
    Template(
        "greeting",
        "Company greeting",
        "Welcomes the caller, then rings the office; says so where nobody is free.",
    ),
    Template(
        "opening-hours",
        "Opening hours",
        "Rings in opening hours; outside them and on public holidays it takes a message.",
    ),
    Template("menu", "Menu", "Sales on 1, support on 2, a message where nobody answers."),
    Template("voicemail", "Voicemail", "Records a message and writes it down as text."),
    Template(
        "on-call-rota",
        "On-call rota",
        "Rings the office by day, those on call by night and at weekends, one after the other.",
    ),
    Template(
        "order-status",
        "Order status",
        "Takes an order number, asks a webhook about it and reads out what it answers.",
    ),
    Template(
        "voice-agent",
        "Voice agent",
        "Hands the caller to a voice agent; rings a person where it cannot be reached.",
    ),
)


def template(name: str) -> Template:
    """Return a template. Raises UnknownTemplate."""
    found = next((each for each in TEMPLATES if each.name == name), None)
    if found is None:
        raise UnknownTemplate(f"there is no template {name!r}")
    return found


def _read(file: str) -> str:
    return (resources.files(__package__) / file).read_text("utf-8")
