"""What people are told of actions and their fields: in the portal, the schema and the reference."""

from collections.abc import Mapping
from typing import Final

Words = tuple[str, str]
"""A title and a description."""

ACTIONS: Final[Mapping[str, Words]] = {
    "Say": ("Say a text", "Speaks a text, then goes on."),
    "Play": ("Play a file", "Plays an audio file (WAV, MP3, OGG or FLAC), then goes on."),
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
    "Loop": ("Repeat", "How often; 0 repeats it until the caller hangs up."),
    "Url": ("Address", "Where the audio file is, in ASCII: WAV, MP3, OGG or FLAC."),
    "PromptId": ("Prompt", "The id of a prompt that was uploaded."),
    "Seconds": ("Length", "How long the silence lasts."),
    "Intro": (
        "Intro",
        "A Say or a Play that the caller hears first; a key interrupts it and counts.",
    ),
    "Digits": ("Keys", "Where each key leads; a key without a node hangs up."),
    "Timeout": ("Wait", "How long to wait for the first key after the intro."),
    "MaxAttempts": ("Attempts", "How often the caller may try, and hears the intro, at most."),
    "NoDigitNextNode": (
        "No key",
        "Where to go as soon as no key was pressed in time; else the intro comes again.",
    ),
    "WrongDigitNextNode": (
        "Wrong key",
        "Where to go as soon as another key was pressed; else the intro comes again.",
    ),
    "StorageKey": ("Kept as", "The name under which it is kept."),
    "OptionStatusCallbackUrl": (
        "Status callback",
        "Is told what becomes of the calls that come to this menu.",
    ),
    "OptionStatusCallbackMethod": ("Callback method", "How that address is called."),
    "NumberOfDigits": ("Most digits", "As many as are taken: with the last of them it is done."),
    "MinDigits": ("Fewest digits", "With fewer it is no success."),
    "FinishOnKey": (
        "Finishing keys",
        "Any of these keys finishes, and is not kept; empty for none.",
    ),
    "InterDigitTimeout": (
        "Between digits",
        "How long to wait for each further digit; then it is done.",
    ),
    "PlayBeep": ("Beep", "Whether a beep comes first."),
    "NoInputNextNode": (
        "No input",
        "Where to go after the last attempt without enough digits; by default NextNode.",
    ),
    "Sensitive": ("Sensitive", "Whether the digits are kept out of all records."),
    "MaxLength": ("Longest", "The longest recording."),
    "SilenceTimeout": ("Silence", "So long without speech ends it, and is cut off; 0 for never."),
    "RecordingStoragePeriodCode": (
        "Kept for",
        "How long the recording is kept: days, months or years, ten years at most.",
    ),
    "Transcribe": ("Transcribe", "Whether the recording is written down as text."),
    "To": ("Whom", "Numbers with country dial code and sip: URIs; each may hold references."),
    "Strategy": ("Order", "All at once, or one after the other."),
    "CallerId": (
        "As whom",
        "A number of this account; by default the caller's own. May hold references.",
    ),
    "MaxDuration": ("Longest talk", "How long they may talk."),
    "RingbackUrl": (
        "Ringing",
        "A file that is played to the caller again and again instead of ringing.",
    ),
    "Record": ("Record", "Whether both sides are recorded: the caller left, the callee right."),
    "AnsweredNextNode": ("Answered", "Where to go when they have talked; by default NextNode."),
    "NoAnswerNextNode": (
        "No answer",
        "Where to go when nobody answered in time; by default NextNode.",
    ),
    "BusyNextNode": (
        "Busy",
        "Where to go when all who could be reached were busy; by default NextNode.",
    ),
    "FailedNextNode": ("Failed", "Where to go when nobody could be reached; by default NextNode."),
    "Method": (
        "Method",
        "How the address is called: with the state of the call in the body, or in the query.",
    ),
    "Track": (
        "Direction",
        "Both ways, or only what the caller says: what the server sends is not played then.",
    ),
    "Parameters": (
        "Parameters",
        "Up to 32 texts by name that the server gets; may hold references.",
    ),
    "Cases": ("Cases", "The first case whose conditions all hold is taken."),
    "DefaultNextNode": ("Otherwise", "Where to go when no case holds; by default NextNode."),
    "Name": ("Name", "The variable."),
    "Value": ("Value", "Its value; may hold references, and may be empty."),
    "Cause": ("Cause", "Why; the caller's network sees it only before an answer."),
    "NextNode": (
        "Then",
        "Where the flow goes when the action is done; without it the call is hung up.",
    ),
    "Variable": ("Variable", "The variable that is compared."),
    "Equals": (
        "Equals",
        "The text, or one of the texts, that it must be; never set is the empty text.",
    ),
    "Caller": ("Caller", "The caller's number, or one of several; anonymous where it is withheld."),
    "CallerPrefix": ("Caller begins with", "The first digits of the caller's number, such as +39."),
    "LocalTime": ("Time of day", "A window of local time, its end not included."),
    "From": ("From", "The first minute, such as 09:00."),
    "To time": ("To", "The first minute after it; 24:00 for midnight."),
    "Weekdays": ("Weekdays", "The day, or one of the days, that it must be."),
    "PublicHoliday": ("Public holiday", "It must be a public holiday there."),
    "Country": ("Country", "A code of ISO 3166-1."),
    "Region": ("Region", "A code of ISO 3166-2, without the country."),
    "TimeZone": ("Time zone", "A name of the IANA database."),
}
"""By the field's name; where an action means something else by it, see OF_ACTION."""

OF_ACTION: Final[Mapping[tuple[str, str], Words]] = {
    ("Intro", "Loop"): ("Repeat", "How often it is played."),
    ("External", "Url"): ("Address", "The webhook."),
    ("External", "Timeout"): ("Wait", "How long the answer may take altogether."),
    ("External", "FailedNextNode"): (
        "Failed",
        "Where to go when the webhook fails; without it the application fails.",
    ),
    ("Stream", "Url"): ("Address", "The voice agent's server, in ASCII."),
    ("Stream", "FailedNextNode"): (
        "Failed",
        "Where to go when the server cannot be reached, or the stream breaks off.",
    ),
    ("Dial", "Timeout"): ("Ring for", "How long all ring together, or each of them in turn."),
    ("Dial", "StorageKey"): ("Kept as", "The name of the recording."),
    ("Record", "StorageKey"): ("Kept as", "The name of the recording."),
    ("Cases", "NextNode"): ("Then", "Where the flow goes when the case holds."),
    ("Cases", "Digits"): ("Digits", "The StorageKey whose digits are compared."),
    ("LocalTime", "To"): FIELDS["To time"],
}


def words_of(owner: str, field: str) -> Words:
    """Return what people are told of a field of an action, or of an object within one."""
    return OF_ACTION.get((owner, field)) or FIELDS[field]
