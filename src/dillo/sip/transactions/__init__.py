"""Client and server transactions (RFC 3261 §17, RFC 6026): each kind one transition table."""

from dillo.sip.transactions.layer import Requested, Responded, Send, TimedOut, Transactions
from dillo.sip.transactions.transaction import (
    ClientTransaction,
    ServerTransaction,
    Transaction,
    ack_for,
    cancel_for,
)

__all__ = [
    "ClientTransaction",
    "Requested",
    "Responded",
    "Send",
    "ServerTransaction",
    "TimedOut",
    "Transaction",
    "Transactions",
    "ack_for",
    "cancel_for",
]
