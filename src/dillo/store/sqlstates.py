"""What PostgreSQL says of an error: whether waiting may help."""

# SQLSTATEs after which the same transaction may succeed later; two letters are a whole class
# (postgresql.org/docs/current/errcodes-appendix.html).
_PASSING_CLASSES = {
    "08",  # the connection broke
    "25",  # a standby that only reads, or a transaction that timed out
    "40",  # deadlock
    "53",  # disk full, memory, too many connections
    "57",  # shut down, crashed, not started yet, cancelled
    "58",  # the server's disk
}
_PASSING = {
    "0A000",  # the plan of a statement is out of date after a migration
    "42703",  # a column that a migration is yet to add
    "42P01",  # the same for a table
    "55P03",  # a lock was not given in time
}


def may_pass(error: BaseException | None) -> bool:
    """Whether the same may succeed later."""
    state = getattr(error, "sqlstate", None) or ""
    return state[:2] in _PASSING_CLASSES or state in _PASSING
