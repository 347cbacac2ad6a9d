"""What a test caller sends and hears, without a network."""

import math
from itertools import islice
from pathlib import Path

import numpy as np
import pytest

from dillo.caller import DigitScript, UnreadableAudio, read_audio, rms_dbfs, write_wav
from dillo.caller.hearing import Hearing
from dillo.caller.talk import Talk
from dillo.rtp.g711 import Law
from dillo.rtp.packet import RtpPacket
from dillo.rtp.pcm import Samples, decode, encode
from dillo.rtp.telephone_event import KeyReceiver

SILENCE = np.zeros(0, dtype=np.int16)


def _talk(script: str, sound: Samples = SILENCE, **options: bool) -> tuple[Talk, list[str]]:
    pressed: list[str] = []
    talk = Talk(DigitScript.parse(script), sound, pressed.append, **options)
    talk.is_heard = True
    return talk, pressed


def _packets(talk: Talk, count: int) -> list[RtpPacket]:
    return [RtpPacket.parse(datagram) for datagram in islice(talk.datagrams(), count)]


def test_sequence_and_time_go_on_evenly_through_keys_and_sound() -> None:
    talk, _ = _talk("1,w40,a", np.full(400, 9000, dtype=np.int16))
    talk.event_type = 101
    packets = _packets(talk, 40)
    first = packets[0]
    for place, packet in enumerate(packets):
        assert packet.sequence == (first.sequence + place) & 0xFFFF
        if packet.payload_type == 0:
            assert packet.timestamp == (first.timestamp + 160 * place) & 0xFFFF_FFFF


def test_each_key_is_heard_once_in_order() -> None:
    talk, _ = _talk("11#")
    talk.event_type = 96
    receiver = KeyReceiver()
    events = [packet for packet in _packets(talk, 60) if packet.payload_type == 96]
    heard = [receiver.packet(packet.ssrc, packet.timestamp, packet.payload) for packet in events]
    assert [key for key in heard if key] == ["1", "1", "#"]
    assert talk.digits_sent == "11#"


@pytest.mark.parametrize(("event_type", "by_info"), [(None, False), (101, True)])
def test_keys_go_by_info_where_wanted_or_needed(event_type: int | None, by_info: bool) -> None:
    talk, pressed = _talk("42", by_info=by_info)
    talk.event_type = event_type
    assert {packet.payload_type for packet in _packets(talk, 40)} == {0}
    assert pressed == ["4", "2"]


def test_the_sound_is_sent_once_in_the_agreed_law() -> None:
    sound = np.arange(0, 4000, 10, dtype=np.int16)
    talk, _ = _talk("", sound)
    talk.law = Law.ALAW
    packets = _packets(talk, 5)
    assert {packet.payload_type for packet in packets} == {8}
    octets = b"".join(packet.payload for packet in packets)
    assert octets == encode(np.pad(sound, (0, 400)), Law.ALAW)


def test_the_script_waits_a_moment_for_the_callee_to_be_heard() -> None:
    talk, _ = _talk("1")
    talk.event_type, talk.is_heard = 101, False
    kinds = [packet.payload_type for packet in _packets(talk, 12)]
    assert kinds == [0] * 10 + [101] * 2


def _audio(sequence: int, timestamp: int, level: int, ssrc: int = 7) -> bytes:
    sound = encode(np.full(160, level, dtype=np.int16), Law.ULAW)
    return bytes(RtpPacket(0, sequence, timestamp, ssrc, sound))


def test_sound_is_placed_by_its_timestamp_and_gaps_are_silence() -> None:
    hearing = Hearing()
    hearing.datagram(_audio(65535, 2**32 - 160, 8000), 0.1)
    hearing.datagram(_audio(1, 160, -8000), 0.16)
    hearing.datagram(_audio(0, 0, 4000), 0.17)
    heard = hearing.samples()
    assert len(heard) == 800 + 480
    assert not heard[:800].any()
    assert [round(int(heard[place]), -3) for place in (800, 960, 1120)] == [8000, 4000, -8000]
    assert (hearing.packets_received, hearing.packets_lost) == (3, 0)


def test_a_new_source_is_placed_by_the_clock() -> None:
    hearing = Hearing()
    hearing.datagram(_audio(1, 1000, 8000), 0.0)
    hearing.datagram(_audio(500, 99_000_000, 8000, ssrc=8), 0.5)
    hearing.datagram(_audio(501, 50_000_000, 8000, ssrc=8), 1.0)
    assert np.flatnonzero(np.diff(hearing.samples())).tolist() == [159, 3999, 4159, 7999]


def test_lost_packets_are_counted_and_keys_are_none_of_them() -> None:
    hearing = Hearing()
    assert hearing.datagram(_audio(1, 0, 1), 0.0)
    assert not hearing.datagram(bytes(RtpPacket(101, 2, 160, 7, b"\x01\x0a\x00\xa0")), 0.02)
    assert hearing.datagram(_audio(4, 480, 1), 0.06)
    assert not hearing.datagram(b"no RTP", 0.07)
    assert (hearing.packets_received, hearing.packets_lost) == (2, 1)
    assert hearing.packets_refused == 1


def test_nothing_heard_is_no_error() -> None:
    hearing = Hearing()
    assert len(hearing.samples()) == 0
    assert hearing.packets_lost == 0


def test_sound_files_are_read_at_any_rate_and_written(tmp_path: Path) -> None:
    wave = (10_000 * np.sin(np.arange(8000) * 2 * np.pi * 300 / 8000)).astype(np.int16)
    write_wav(tmp_path / "a.wav", wave)
    assert np.array_equal(read_audio(tmp_path / "a.wav"), wave)
    header = (tmp_path / "a.wav").read_bytes()
    fast = header.replace((8000).to_bytes(4, "little"), (16000).to_bytes(4, "little"), 1)
    (tmp_path / "b.wav").write_bytes(fast)
    assert len(read_audio(tmp_path / "b.wav")) == pytest.approx(4000, abs=20)


def test_a_file_without_sound_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.wav").write_text("hello")
    with pytest.raises(UnreadableAudio, match=r"x\.wav"):
        read_audio(tmp_path / "x.wav")
    with pytest.raises(UnreadableAudio, match="absent"):
        read_audio(tmp_path / "absent.wav")


def test_levels_are_below_full_scale() -> None:
    assert rms_dbfs(np.full(100, -32768, dtype=np.int16)) == pytest.approx(0)
    assert rms_dbfs(decode(b"\xff" * 160, Law.ULAW)) == -math.inf
    assert rms_dbfs(SILENCE) == -math.inf
