"""The last words to a caller whose application failed."""

from collections.abc import Mapping
from typing import Final

from dillo.behavior.machine import DEFAULT_LANGUAGE
from dillo.model.prompts import Speech

_TEXTS: Final[Mapping[str, str]] = {
    "de": "Leider ist ein technischer Fehler aufgetreten. Bitte rufen Sie später noch einmal an.",
    "en": "Sorry, a technical error has occurred. Please call again later.",
    "es": "Lo sentimos, se ha producido un error técnico. Por favor, vuelva a llamar más tarde.",
    "fr": "Désolé, une erreur technique est survenue. Veuillez rappeler plus tard.",
    "it": "Siamo spiacenti, si è verificato un errore tecnico. Richiami più tardi.",
    "nl": "Sorry, er is een technische fout opgetreden. Belt u later nog eens.",
    "pt": "Lamentamos, ocorreu um erro técnico. Por favor, volte a ligar mais tarde.",
    "ro": "Ne pare rău, a apărut o eroare tehnică. Vă rugăm să sunați mai târziu.",
}


def apology(language: str) -> Speech:
    """Return the apology in a language (BCP 47), in English where it is not known in it."""
    text = _TEXTS.get(language.partition("-")[0])
    return Speech(text, language) if text else Speech(_TEXTS["en"], DEFAULT_LANGUAGE)
