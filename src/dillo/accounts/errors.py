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


class InvalidAudio(PeerError):
    """The file is no audio that callers can be played."""


class Unspeakable(PeerError):
    """The text cannot be spoken so."""


class PromptInUse(PeerError):
    """A published version plays the prompt."""


class UnknownPrompt(PeerError):
    """The customer has no such prompt."""


class TrunkExists(PeerError):
    """A trunk has this name, or takes numbers of this prefix, already."""


class TrunkInUse(PeerError):
    """Numbers take calls from the trunk only."""


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


class StillUnderWay(PeerError):
    """What an Idempotency-Key was sent for is being done, or nobody knows how it ended."""


class EmailTaken(PeerError):
    """Somebody has an account with this address already."""


class UnknownUser(PeerError):
    """The customer has no such user."""


class UnknownSession(PeerError):
    """The user has no such session."""


class UnknownInvitation(PeerError):
    """The customer has no such invitation that is open."""


class UnknownLink(PeerError):
    """A link was used, is too old, or never was one."""


class WrongCredentials(PeerError):
    """The address, the password or the code is wrong."""


class WrongPassword(PeerError):
    """Somebody who is signed in gave another password than theirs."""


class WrongCode(PeerError):
    """A code of the second factor is wrong, too old, or was used."""


class EmailNotVerified(PeerError):
    """The address is not confirmed yet."""


class CodeRequired(PeerError):
    """A second factor is asked for."""


class TooManyFailures(PeerError):
    """Signing in failed too often; `wait_s` is how long to wait."""

    def __init__(self, wait_s: float) -> None:
        super().__init__(f"wait {max(1, round(wait_s))} s before you try again")
        self.wait_s = wait_s


class CustomerClosed(PeerError):
    """Nobody signs in where the customer's account is closed."""


class AccountClosed(PeerError):
    """An account that is closed stays so."""


class LastOwner(PeerError):
    """Without this user nobody could look after the account."""


class TotpState(PeerError):
    """The second factor is on, or off, already."""


class SignUpClosed(PeerError):
    """Only the operator opens accounts here."""
