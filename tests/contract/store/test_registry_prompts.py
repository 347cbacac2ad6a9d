"""What every registry does with the audio that customers uploaded."""

import pytest

from dillo.accounts import Change, Registry, applications, customers, prompts
from dillo.accounts.errors import PromptInUse, UnknownPrompt
from dillo.accounts.prompts import Kept

SHA256 = "0123456789abcdef" * 4
OTHER = "f" * 64
PLAY = (
    '{"ChannelBehaviorNodes":{"0":{"ActionType":"Play","ChannelBehaviorAction":{"PromptId":"%s"}}}}'
)
HANGUP = '{"ChannelBehaviorNodes":{"0":{"ActionType":"Hangup"}}}'


async def test_a_prompt_is_kept_renamed_and_deleted(registry: Registry, change: Change) -> None:
    acme = await customers.create(registry, change, "Acme")
    kept = Kept(SHA256, 12_345, 1_500, "wav")
    first = await prompts.add(registry, change, acme.id, "Welcome", SHA256, kept)
    assert (first.size, first.duration_ms, first.format) == (12_345, 1_500, "wav")
    assert await prompts.add(registry, change, acme.id, "Again", SHA256) == first
    second = await prompts.add(registry, change, acme.id, "Closed", OTHER)
    newer, older = sorted((first, second), key=lambda prompt: prompt.id, reverse=True)
    assert await registry.prompts.page(acme.id, None, 5) == [newer, older]
    assert await registry.prompts.page(acme.id, newer.id, 5) == [older]
    renamed = await registry.prompts.rename(first, "Hello", change)
    assert await registry.prompts.get(acme.id, first.id) == renamed
    await registry.prompts.delete(renamed, change)
    with pytest.raises(UnknownPrompt):
        await registry.prompts.get(acme.id, first.id)


async def test_a_prompt_that_is_played_is_not_deleted(registry: Registry, change: Change) -> None:
    acme = await customers.create(registry, change, "Acme")
    prompt = await prompts.add(registry, change, acme.id, "Welcome", SHA256)
    await applications.publish(registry, change, acme.id, "Line", PLAY % SHA256)
    with pytest.raises(PromptInUse, match="Welcome is played by Line"):
        await registry.prompts.delete(prompt, change)
    await applications.publish(registry, change, acme.id, "Line", HANGUP)
    await registry.prompts.delete(prompt, change)
    assert await registry.prompts.of(acme.id) == []
