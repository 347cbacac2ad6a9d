"""Records: a call's events folded into one value, and the document that the statistics show."""

from dillo.records.document import document
from dillo.records.fold import BrokenJournal, fold
from dillo.records.record import CallRecord

__all__ = ["BrokenJournal", "CallRecord", "document", "fold"]
