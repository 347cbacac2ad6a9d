"""Play lists and the library their files come from."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dillo.media.library import PromptLibrary
from dillo.media.playlist import Playlist


def play(playlist: Playlist, samples: int, packets: int = 1000) -> bytes:
    """Take packets as the sender does: from `data` where it can, else across the edge."""
    played = b""
    for _ in range(packets):
        end = playlist.at + samples
        if end <= playlist.size:
            played += playlist.data[playlist.at : end]
            playlist.at = end
        else:
            octets = playlist.across(samples)
            played += octets
            if len(octets) < samples:
                break
    return played


@settings(deadline=None, max_examples=60)
@given(st.lists(st.binary(max_size=400), max_size=5), st.integers(1, 3), st.integers(1, 480))
def test_files_follow_each_other_without_a_gap(files: list[bytes], loop: int, samples: int) -> None:
    assert play(Playlist(1, files, loop), samples, 10_000) == b"".join(files) * loop


def test_a_list_for_ever() -> None:
    assert play(Playlist(1, [b"ab", b"c"], 0), 4, 30) == b"abc" * 40
    assert play(Playlist(1, [b"", b""], 0), 4) == b""


def test_an_open_list_waits_for_more_and_loops_when_it_is_whole() -> None:
    playlist = Playlist(1, [b"abc"], 2, is_open=True)
    assert play(playlist, 2) == b"abc"
    assert play(playlist, 2) == b""
    playlist.extend([b"de", b""], is_last=False)
    assert play(playlist, 2) == b"de"
    assert playlist.is_open
    playlist.extend([b"f"], is_last=True)
    assert play(playlist, 4) == b"fabcdef"
    assert not playlist.is_open


def test_a_list_goes_on_in_the_other_law() -> None:
    upper = bytes(range(256)).upper()
    playlist = Playlist(1, [b"abcd", b"efgh"], 2)
    assert playlist.across(2) == b"ab"
    playlist.translate(upper)
    assert play(playlist, 2) == b"CDEFGHABCDEFGH"


def test_the_library_reads_a_file_once(tmp_path: Path) -> None:
    path = tmp_path / "prompt.ulaw"
    path.write_bytes(b"first")
    library = PromptLibrary()
    assert library.load(str(path)) == b"first"
    path.unlink()
    assert library.load(str(path)) is library.load(str(path))
    with pytest.raises(FileNotFoundError):
        library.load(str(tmp_path / "other.ulaw"))


def test_the_library_forgets_what_was_not_played_for_longest(tmp_path: Path) -> None:
    paths = [tmp_path / f"{number}.ulaw" for number in range(4)]
    for path in paths:
        path.write_bytes(bytes(100))
    library = PromptLibrary(capacity=250)
    for number in (0, 1, 0, 2):
        library.load(str(paths[number]))
    for path in paths:
        path.unlink()
    library.load(str(paths[0]))
    library.load(str(paths[2]))
    with pytest.raises(FileNotFoundError):
        library.load(str(paths[1]))


def test_the_library_keeps_one_file_larger_than_itself(tmp_path: Path) -> None:
    path = tmp_path / "long.ulaw"
    path.write_bytes(bytes(1000))
    library = PromptLibrary(capacity=10)
    assert library.load(str(path)) is library.load(str(path))


@settings(deadline=None, max_examples=60)
@given(
    st.lists(st.binary(min_size=1, max_size=300), min_size=1, max_size=3),
    st.binary(min_size=1, max_size=200),
    st.integers(1, 200),
    st.integers(0, 4),
)
def test_an_interjection_is_heard_and_nothing_of_the_list_is_lost(
    files: list[bytes], tone: bytes, samples: int, packets_before: int
) -> None:
    playlist = Playlist(1, files, 2)
    before = play(playlist, samples, packets_before)
    playlist.interject([tone])
    after = play(playlist, samples)
    assert after.startswith(tone)
    whole = b"".join(files) * 2
    assert (before + after[len(tone) :])[: len(whole)] == whole
