"""Kinds of audio files, told apart by their first bytes."""

from dillo.model.errors import PeerError


class NotAudio(PeerError):
    """The bytes are no audio file that we play; the message says what is wrong with them."""


def sniff(data: bytes) -> str:
    """Return which kind of file this is: `wav`, `flac`, `ogg` or `mp3`, by its first bytes.

    What a server or a file name claims is not asked. Raises NotAudio for any other file: formats
    that make the decoder open further files or addresses (playlists) must not get that far.
    """
    if data[:4] in {b"RIFF", b"RF64"} and data[8:12] == b"WAVE":
        return "wav"
    if data[:4] == b"fLaC":
        return "flac"
    if data[:4] == b"OggS":
        return "ogg"
    # A frame of MPEG audio: eleven set bits, then a layer that is not the reserved one.
    if data[:3] == b"ID3" or (data[:1] == b"\xff" and data[1:2] >= b"\xe0" and data[1] & 0x06):
        return "mp3"
    raise NotAudio(f"neither WAV, MP3, OGG nor FLAC: it begins with {data[:12]!r}")
