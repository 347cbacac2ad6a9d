"""The prompt cache as this platform's settings want it."""

from dillo.files.prompts import PromptCache
from dillo.settings import Settings
from dillo.speech.espeak import engine_version


def make_prompts(settings: Settings) -> PromptCache:
    """Return the prompt cache of a home folder; `start` it before use."""
    return PromptCache(
        settings.cache_dir,
        settings.prompts_dir,
        engine=engine_version(),
        allowed_networks=settings.outbound_allow,
        speech_workers=settings.prompt_workers,
    )
