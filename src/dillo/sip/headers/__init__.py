"""Header values: one file per header, each a frozen value with `parse` and `str`."""

from dillo.sip.headers.cseq import CSeq
from dillo.sip.headers.media_type import MediaType
from dillo.sip.headers.name_addr import NameAddr
from dillo.sip.headers.via import Via

__all__ = ["CSeq", "MediaType", "NameAddr", "Via"]
