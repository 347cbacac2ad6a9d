"""What people are told of actions and their fields: in the portal's panel, and in the schema."""

from collections.abc import Mapping
from typing import Final

Words = tuple[str, str]
"""A title and a description."""

ACTIONS: Final[Mapping[str, Words]] = {
    "Say": ("Say a text", "Speaks a text, then goes on."),
    "Play": ("Play a file", "Plays an audio file, then goes on."),
    "Pause": ("Pause", "Lets the caller hear silence, then goes on."),
    "Menu": ("Menu", "Plays an intro and branches on one key."),
    "Collect": ("Collect digits", "Takes digits: a code, a number, a date."),
    "Record": ("Record a message", "Records the caller, then goes on."),
    "Dial": ("Dial", "Rings telephones and connects the caller with the first that is answered."),
    "External": ("Ask a webhook", "Asks another system what to do, and goes on as it answers."),
    "Stream": ("Voice agent", "Hands the caller to a voice agent over a WebSocket."),
    "Switch": ("Branch", "Branches without asking the caller: the first case that holds is taken."),
    "Set": ("Set a variable", "Gives a variable a value."),
    "Hangup": ("Hang up", "Ends the call; before an answer it refuses it."),
    "Reject": ("Reject", "Refuses the call before it is answered, which costs nothing."),
}

FIELDS: Final[Mapping[str, Words]] = {
    "Text": ("Text", "What to say; may hold references such as {{caller}}."),
    "LanguageCode": ("Language", "The language that is spoken, as a BCP 47 tag."),
    "VoiceId": ("Voice", "A voice of the speech engine; by default the language's."),
    "Loop": ("Repeat", "How often it is played."),
    "Url": ("Address", "Where it is."),
    "PromptId": ("Prompt", "A prompt that was uploaded."),
    "Seconds": ("Length", "How long the silence lasts."),
    "Intro": ("Intro", "What the caller hears first; a key interrupts it and counts."),
    "Digits": ("Keys", "Where each key leads; a key without a node hangs up."),
    "Timeout": ("Wait", "How long to wait for the first key after the intro."),
    "MaxAttempts": ("Attempts", "How often the caller may try."),
    "NoDigitNextNode": ("No key", "Where to go as soon as no key was pressed in time."),
    "WrongDigitNextNode": ("Wrong key", "Where to go as soon as another key was pressed."),
    "StorageKey": ("Kept as", "The name under which it is kept."),
    "OptionStatusCallbackUrl": (
        "Status callback",
        "Is told what becomes of the calls that come to this menu.",
    ),
    "OptionStatusCallbackMethod": ("Callback method", "How that address is called."),
    "NumberOfDigits": ("Most digits", "With that many it is done."),
    "MinDigits": ("Fewest digits", "Fewer are no success."),
    "FinishOnKey": ("Finishing keys", "Any of these keys finishes; empty for none."),
    "InterDigitTimeout": ("Between digits", "How long to wait for each further digit."),
    "PlayBeep": ("Beep", "Whether a beep comes first."),
    "NoInputNextNode": ("No input", "Where to go after the last attempt without enough digits."),
    "Sensitive": ("Sensitive", "Whether the digits are kept out of all records."),
    "MaxLength": ("Longest", "The longest recording."),
    "SilenceTimeout": ("Silence", "So much silence ends it; 0 for never."),
    "RecordingStoragePeriodCode": (
        "Kept for",
        "How long the recording is kept: days, months or years, ten years at most.",
    ),
    "Transcribe": ("Transcribe", "Whether the recording is written down as text."),
    "To": ("Whom", "Numbers with country dial code and sip: URIs; each may hold references."),
    "Strategy": ("Order", "All at once, or one after the other."),
    "CallerId": ("As whom", "A number of this account; by default the caller's own."),
    "MaxDuration": ("Longest talk", "How long they may talk."),
    "RingbackUrl": ("Ringing", "A file that is played to the caller instead of ringing."),
    "Record": ("Record", "Whether both sides are recorded."),
    "AnsweredNextNode": ("Answered", "Where to go when they have talked."),
    "NoAnswerNextNode": ("No answer", "Where to go when nobody answered in time."),
    "BusyNextNode": ("Busy", "Where to go when all who could be reached were busy."),
    "FailedNextNode": ("Failed", "Where to go when it cannot be done."),
    "Method": ("Method", "How the address is called."),
    "Track": ("Direction", "Both ways, or only what the caller says."),
    "Parameters": ("Parameters", "Texts by name that the server gets; may hold references."),
    "Cases": ("Cases", "The first case whose conditions all hold is taken."),
    "DefaultNextNode": ("Otherwise", "Where to go when no case holds."),
    "Name": ("Name", "The variable."),
    "Value": ("Value", "Its value; may hold references, and may be empty."),
    "Cause": ("Cause", "Why; the caller's network sees it only before an answer."),
    "NextNode": ("Then", "Where the flow goes when the action is done; else it hangs up."),
    "Variable": ("Variable", "The variable that is compared."),
    "Equals": ("Equals", "The text, or one of the texts, that it must be."),
    "Caller": ("Caller", "The caller's number is it, or one of them; anonymous where withheld."),
    "CallerPrefix": ("Caller begins with", "The first digits of the caller's number."),
    "LocalTime": ("Time of day", "A window of local time, its end not included."),
    "From": ("From", "The first minute."),
    "To time": ("To", "The first minute after it; 24:00 for midnight."),
    "Weekdays": ("Weekdays", "The day, or one of the days, that it must be."),
    "PublicHoliday": ("Public holiday", "It must be a public holiday there."),
    "Country": ("Country", "A code of ISO 3166-1."),
    "Region": ("Region", "A code of ISO 3166-2, without the country."),
    "TimeZone": ("Time zone", "A name of the IANA database."),
}
"""By the field's name; where an action means something else by it, see OF_ACTION."""

OF_ACTION: Final[Mapping[tuple[str, str], Words]] = {
    ("Play", "Url"): ("Address", "Where the audio file is: WAV, MP3, OGG or FLAC."),
    ("External", "Url"): ("Address", "The webhook."),
    ("External", "Timeout"): ("Wait", "How long the answer may take altogether."),
    ("Stream", "Url"): ("Address", "The voice agent's server."),
    ("Dial", "Timeout"): ("Ring for", "How long all ring together, or each of them in turn."),
    ("Dial", "StorageKey"): ("Kept as", "The name of the recording."),
    ("Record", "StorageKey"): ("Kept as", "The name of the recording."),
    ("Switch", "Digits"): ("Digits", "The StorageKey whose digits are compared."),
    ("LocalTime", "To"): FIELDS["To time"],
}


def words_of(owner: str, field: str) -> Words:
    """Return what people are told of a field of an action, or of an object within one."""
    return OF_ACTION.get((owner, field)) or FIELDS[field]
