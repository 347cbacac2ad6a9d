"""Writes channel behaviors in Python: a function for each action, steps that refer to each other.

    from dillo.behavior.build import build, collect, menu, record, say

    goodbye = say("Goodbye.")
    message = record(max_length=120, storage_key="Message", then=goodbye)
    main = menu("To leave a message press 1.", attempts=2, then=goodbye)
    main.on("1", message).on("*", main)
    print(build(main))

A field that is left out gets the default of the action. `build` numbers the steps, node 0 being
the first one, and checks the result like `dillo app check`.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal, Self

from dillo.behavior.document import check
from dillo.behavior.problems import InvalidBehavior, Severity

Weekday = Literal["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
Cause = Literal["Rejected", "Busy", "NotFound", "Forbidden", "NoAnswer", "Unavailable"]
Texts = str | Sequence[str]


class Step:
    """One node of a behavior to be; `then` is where the flow goes when it is done."""

    def __init__(self, action_type: str, then: "Step | None" = None, **fields: Any) -> None:
        self.action_type = action_type
        self.fields = _given(fields)
        self.next_step = then

    def then(self, step: "Step") -> Self:
        """Go on there when this is done; returns this step."""
        self.next_step = step
        return self

    def following(self) -> Iterator["Step"]:
        """Return the steps that this one refers to."""
        yield from _steps(self.fields)
        if self.next_step is not None:
            yield self.next_step


class Menu(Step):
    """A choice by one key; `on` adds keys."""

    def on(self, key: str, step: Step | None) -> Self:
        """Go there when this key is pressed, or hang up; returns this menu."""
        self.fields["Digits"][key] = {"NextNode": step} if step else {}
        return self


class Switch(Step):
    """A branch on what is known; `case` adds branches."""

    def case(
        self,
        step: Step,
        *,
        variable: str | None = None,
        digits: str | None = None,
        equals: Texts | None = None,
        caller: Texts | None = None,
        caller_prefix: Texts | None = None,
        local_time: tuple[str, str] | None = None,
        weekdays: Weekday | Sequence[Weekday] | None = None,
        public_holiday: str | tuple[str, str] | None = None,
        time_zone: str | None = None,
    ) -> Self:
        """Go there when all conditions hold and no earlier case did; returns this switch.

        `local_time` is from and to, `public_holiday` a country, or a country and a region.
        """
        conditions = _given(
            {
                "Variable": variable,
                "Digits": digits,
                "Equals": _listed(equals),
                "Caller": _listed(caller),
                "CallerPrefix": _listed(caller_prefix),
                "LocalTime": _fields(("From", "To"), local_time),
                "Weekdays": _listed(weekdays),
                "PublicHoliday": _fields(("Country", "Region"), public_holiday),
                "TimeZone": time_zone,
            }
        )
        self.fields["Cases"].append({**conditions, "NextNode": step})
        return self


def say(
    text: str,
    *,
    language: str | None = None,
    voice: str | None = None,
    loop: int | None = None,
    then: Step | None = None,
) -> Step:
    """Speak a text."""
    return Step("Say", then, Text=text, LanguageCode=language, VoiceId=voice, Loop=loop)


def play(
    url: str | None = None,
    *,
    prompt_id: str | None = None,
    loop: int | None = None,
    then: Step | None = None,
) -> Step:
    """Play an audio file: an address, or one that was uploaded."""
    return Step("Play", then, Url=url, PromptId=prompt_id, Loop=loop)


def pause(seconds: float, *, then: Step | None = None) -> Step:
    """Let the caller hear silence."""
    return Step("Pause", then, Seconds=seconds)


def menu(
    intro: str | Step | None = None,
    digits: Mapping[str, Step | None] | None = None,
    *,
    timeout: float | None = None,
    attempts: int | None = None,
    no_digit: Step | None = None,
    wrong_digit: Step | None = None,
    storage_key: str | None = None,
    callback_url: str | None = None,
    callback_method: Literal["POST", "GET"] | None = None,
    then: Step | None = None,
) -> Menu:
    """Let the caller choose by one key; `intro` is a text, or a `say` or `play`."""
    made = Menu(
        "Menu",
        then,
        Intro=_intro(intro),
        Digits={},
        Timeout=timeout,
        MaxAttempts=attempts,
        NoDigitNextNode=no_digit,
        WrongDigitNextNode=wrong_digit,
        StorageKey=storage_key,
        OptionStatusCallbackUrl=callback_url,
        OptionStatusCallbackMethod=callback_method,
    )
    for key, step in (digits or {}).items():
        made.on(key, step)
    return made


def collect(
    intro: str | Step | None = None,
    *,
    storage_key: str | None = None,
    digits: int | None = None,
    at_least: int | None = None,
    finish_on_key: str | None = None,
    timeout: float | None = None,
    between: float | None = None,
    beep: bool | None = None,
    attempts: int | None = None,
    sensitive: bool | None = None,
    no_input: Step | None = None,
    then: Step | None = None,
) -> Step:
    """Take digits: at most `digits`, at least `at_least`, with `between` seconds between them."""
    return Step(
        "Collect",
        then,
        Intro=_intro(intro),
        NumberOfDigits=digits,
        MinDigits=at_least,
        FinishOnKey=finish_on_key,
        Timeout=timeout,
        InterDigitTimeout=between,
        PlayBeep=beep,
        MaxAttempts=attempts,
        Sensitive=sensitive,
        StorageKey=storage_key,
        NoInputNextNode=no_input,
    )


def record(
    *,
    storage_key: str | None = None,
    max_length: float | None = None,
    finish_on_key: str | None = None,
    silence_timeout: float | None = None,
    beep: bool | None = None,
    storage_period: str | None = None,
    transcribe: bool | None = None,
    language: str | None = None,
    then: Step | None = None,
) -> Step:
    """Record the caller."""
    return Step(
        "Record",
        then,
        MaxLength=max_length,
        FinishOnKey=finish_on_key,
        SilenceTimeout=silence_timeout,
        PlayBeep=beep,
        StorageKey=storage_key,
        RecordingStoragePeriodCode=storage_period,
        Transcribe=transcribe,
        LanguageCode=language,
    )


def dial(
    *to: str,
    strategy: Literal["Simultaneous", "Sequential"] | None = None,
    caller_id: str | None = None,
    timeout: float | None = None,
    max_duration: float | None = None,
    record: bool | None = None,
    storage_key: str | None = None,
    storage_period: str | None = None,
    transcribe: bool | None = None,
    language: str | None = None,
    ringback_url: str | None = None,
    answered: Step | None = None,
    no_answer: Step | None = None,
    busy: Step | None = None,
    failed: Step | None = None,
    then: Step | None = None,
) -> Step:
    """Ring numbers or SIP URIs, and connect the caller with the first who answers."""
    return Step(
        "Dial",
        then,
        To=list(to),
        Strategy=strategy,
        CallerId=caller_id,
        Timeout=timeout,
        MaxDuration=max_duration,
        Record=record,
        StorageKey=storage_key,
        RecordingStoragePeriodCode=storage_period,
        Transcribe=transcribe,
        LanguageCode=language,
        RingbackUrl=ringback_url,
        AnsweredNextNode=answered,
        NoAnswerNextNode=no_answer,
        BusyNextNode=busy,
        FailedNextNode=failed,
    )


def external(
    url: str,
    *,
    method: Literal["POST", "GET"] | None = None,
    timeout: float | None = None,
    failed: Step | None = None,
    then: Step | None = None,
) -> Step:
    """Ask a webhook what to do."""
    return Step("External", then, Url=url, Method=method, Timeout=timeout, FailedNextNode=failed)


def stream(
    url: str,
    *,
    track: Literal["both_tracks", "inbound_track"] | None = None,
    parameters: Mapping[str, str] | None = None,
    failed: Step | None = None,
    then: Step | None = None,
) -> Step:
    """Hand the caller to a voice agent over a WebSocket, until it closes."""
    given = dict(parameters) if parameters else None
    return Step("Stream", then, Url=url, Track=track, Parameters=given, FailedNextNode=failed)


def switch(*, default: Step | None = None) -> Switch:
    """Branch without asking the caller."""
    return Switch("Switch", None, Cases=[], DefaultNextNode=default)


def set_variable(name: str, value: str, *, then: Step | None = None) -> Step:
    """Give a variable a value."""
    return Step("Set", then, Name=name, Value=value)


def hangup(cause: Cause | None = None) -> Step:
    """End the call."""
    return Step("Hangup", None, Cause=cause)


def reject(cause: Cause | None = None) -> Step:
    """Refuse the call before it is answered."""
    return Step("Reject", None, Cause=cause)


def build(
    first: Step,
    *,
    callback_url: str | None = None,
    callback_method: Literal["POST", "GET"] | None = None,
) -> str:
    """Return the channel behavior that begins with a step, as JSON.

    Raises InvalidBehavior where it has errors; warnings are left to `dillo app check`.
    """
    numbers = _numbered(first)
    nodes = {str(number): _node(step, numbers) for step, number in numbers.items()}
    callback = {"StatusCallbackUrl": callback_url, "StatusCallbackMethod": callback_method}
    document = {**_given(callback), "ChannelBehaviorNodes": nodes}
    text = json.dumps(document, ensure_ascii=False, indent=2)
    errors = tuple(each for each in check(text) if each.severity is Severity.ERROR)
    if errors:
        raise InvalidBehavior(errors)
    return text


def _numbered(first: Step) -> dict[Step, int]:
    """Number the steps in the order in which they are come upon."""
    numbers = {first: 0}
    waiting = [first]
    for step in waiting:  # grows while it is walked
        for each in step.following():
            if each not in numbers:
                numbers[each] = len(numbers)
                waiting.append(each)
    return numbers


def _node(step: Step, numbers: Mapping[Step, int]) -> dict[str, Any]:
    node = {
        "ActionType": step.action_type,
        "ChannelBehaviorAction": _resolved(step.fields, numbers),
    }
    if step.next_step is not None:
        node["NextNode"] = numbers[step.next_step]
    return node


def _steps(value: Any) -> Iterator[Step]:
    if isinstance(value, Step):
        yield value
    elif isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from _steps(each)


def _resolved(value: Any, numbers: Mapping[Step, int]) -> Any:
    if isinstance(value, Step):
        return numbers[value]
    if isinstance(value, dict):
        return {name: _resolved(each, numbers) for name, each in value.items()}
    return [_resolved(each, numbers) for each in value] if isinstance(value, list) else value


def _given(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not None}


def _intro(intro: str | Step | None) -> dict[str, Any] | None:
    if isinstance(intro, str):
        return {"Text": intro}
    return dict(intro.fields) if intro else None


def _listed(texts: Texts | None) -> str | list[str] | None:
    return texts if texts is None or isinstance(texts, str) else list(texts)


def _fields(names: tuple[str, str], values: str | tuple[str, str] | None) -> dict[str, str] | None:
    if values is None:
        return None
    return dict(zip(names, (values,) if isinstance(values, str) else values, strict=False))
