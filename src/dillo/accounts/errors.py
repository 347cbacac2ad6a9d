"""What can be wrong with a change to an account; all of it is the asker's to put right."""

from dillo.behavior.trial import Trial
from dillo.model.errors import PeerError


class InvalidEntry(PeerError):
    """A name, currency, country or amount is not one."""


class UnknownCustomer(PeerError):
    """There is no customer with this code."""


class NoCustomerNamed(PeerError):
    """An operator asks for something that customers have, and has not said whose."""


class UnknownKey(PeerError):
    """The customer has no such API key that could be revoked."""


class UnknownNumber(PeerError):
    """The number is not in the inventory."""


class NumberExists(PeerError):
    """The number is in the inventory already."""


class NumberTaken(PeerError):
    """Somebody holds the number already."""


class NumberQuarantined(PeerError):
    """The number was released not long ago: calls for who had it may still come in."""


class NumberNotHeld(PeerError):
    """Nobody, or somebody else, holds the number."""


class InsufficientBalance(PeerError):
    """A prepaid balance does not cover what is bought."""


class UnknownApplication(PeerError):
    """The customer has no application of this name."""


class ApplicationExists(PeerError):
    """The customer has an application of this name already."""


class ApplicationInUse(PeerError):
    """A number runs the application."""


class UnknownVersion(PeerError):
    """The application has no such version."""


class UnknownTemplate(PeerError):
    """There is no application of this name to begin with."""


class ScenariosFailed(PeerError):
    """An application does not do what it is required to; `trial` says how its scenarios went."""

    def __init__(self, message: str, trial: Trial | None) -> None:
        super().__init__(message)
        self.trial = trial


class NothingToPublish(PeerError):
    """The application has no draft."""


class StaleChange(PeerError):
    """Somebody else changed it meanwhile."""


class PromptInUse(PeerError):
    """A published version plays the prompt."""


class UnknownPrompt(PeerError):
    """The customer has no such prompt."""


class TrunkExists(PeerError):
    """A trunk has this name, or takes numbers of this prefix, already."""


class UnknownTrunk(PeerError):
    """There is no trunk of this name."""


class NoTariff(PeerError):
    """A currency has no tariff in force."""


class TariffExists(PeerError):
    """This version of a tariff was stored before; versions never change."""


class UnknownTariff(PeerError):
    """There is no such version of a tariff."""


class KeyReused(PeerError):
    """An Idempotency-Key came with another request before."""
