"""The voices of espeak-ng, read from its data files: the library need not be loaded for that."""

from pathlib import Path

from dillo.speech.engines import Voice

_USUAL_RANK = 5


def read_voices(data: Path) -> tuple[Voice, ...]:
    """Return the voices that can be heard, the best one of a language before others; timbres last.

    A voice without its dictionary is mute, and left out.
    """
    languages = data / "lang"
    files = sorted(path for path in languages.rglob("*") if path.is_file())
    found = [_read(path, path.relative_to(languages).as_posix(), data) for path in files]
    ranked = sorted((pair for pair in found if pair is not None), key=lambda pair: pair[0])
    timbres = sorted(path.name for path in (data / "voices" / "!v").iterdir())
    return (*(voice for _, voice in ranked), *(Voice(name, ()) for name in timbres))


def _read(path: Path, identifier: str, data: Path) -> tuple[int, Voice] | None:
    """Return a voice and its rank: how well it speaks its language regardless of the region."""
    name, dictionary = identifier, ""
    ranks: dict[str, int] = {}
    for words in map(str.split, path.read_text("utf-8").splitlines()):
        match words:
            case ["name", *rest]:
                name = " ".join(rest)
            case ["language", tag, *rank]:
                ranks[tag.lower()] = int(rank[0]) if rank else _USUAL_RANK
            case ["dictionary", named]:
                dictionary = named
    own, *_ = ranks
    base = own.partition("-")[0]
    if not (data / f"{dictionary or base}_dict").exists():
        return None
    tags = tuple(sorted(ranks, key=lambda tag: ranks[tag]))
    return ranks.get(base, _USUAL_RANK), Voice(identifier, tags, (name,))
