"""What an operator may set: `DILLO_*` variables, the options of `dillo up`, or the defaults."""

import os
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from dillo.model.addresses import HostPort, InvalidAddress


def _parse_address(value: object) -> object:
    if not isinstance(value, str):
        return value
    try:
        return HostPort.parse(value)
    except InvalidAddress as error:
        raise ValueError(str(error)) from error  # pydantic adds the name of the setting


def _split_list(value: object) -> object:
    return (
        [item.strip() for item in value.split(",") if item.strip()]
        if isinstance(value, str)
        else value
    )


Address = Annotated[HostPort, NoDecode, BeforeValidator(_parse_address)]
NameList = Annotated[list[str], NoDecode, BeforeValidator(_split_list)]


class Settings(BaseSettings):
    """The platform's settings; each field is also the variable `DILLO_<NAME>`."""

    model_config = SettingsConfigDict(env_prefix="DILLO_", frozen=True, extra="ignore")

    home: Path = Path("~/.dillo")
    """Folder of the database, journal, recordings and prompts."""
    database_url: str = ""
    """Main database: `sqlite:///PATH` or `postgresql://USER:PASSWORD@HOST/DATABASE`; empty for
    `dillo.db` in the home folder."""
    recordings_url: str = Field("", pattern=r"^(s3://[^/]+(/.*)?)?$")
    """Where recordings of settled calls are kept, `s3://BUCKET` or `s3://BUCKET/PREFIX`; empty for
    the folder `recordings` in the home folder."""
    recordings_endpoint: str = ""
    """Address of the S3-compatible store; empty for that of AWS."""
    recordings_region: str = "us-east-1"
    """Region of the bucket."""
    recordings_access_key: str = Field("", repr=False)
    """Key id for the store; empty for the machine's role, or the `AWS_*` variables."""
    recordings_secret_key: str = Field("", repr=False)
    """The secret of that key."""
    http: Address = HostPort("127.0.0.1", 8080)
    """Where the API listens; port 0 for any free one."""
    sip: Address = HostPort("127.0.0.1", 5060)
    """Where SIP over UDP listens; 0.0.0.0 for all addresses, port 0 for any free one."""
    public_url: str = ""
    """How customers reach the API, in links, without a slash at the end; empty for the HTTP
    address."""
    media_workers: int = Field(default_factory=lambda: max(1, (os.cpu_count() or 2) // 2), ge=1)
    """Processes that send and receive audio."""
    rtp_ports: str = Field("20000-39999", pattern=r"^\d+-\d+$")
    """UDP ports for audio, shared out among the media workers; a call takes two."""
    media_timeout_s: float = Field(60, ge=0)
    """A call without a packet from the caller ends after so long; 0 for never."""
    drain_s: float = Field(10, ge=0)
    """How long running calls may go on after SIGTERM."""
    api_rate: float = Field(100, gt=0)
    """Requests a second that one API key may make."""
    api_burst: int = Field(200, ge=1)
    """Requests that one API key may make at once."""
    outbound_allow: NameList = []
    """Private networks where files are fetched, webhooks called and `sip:` URIs dialled,
    comma-separated: `10.1.0.0/16,127.0.0.1/32`."""
    secret_key: str = ""
    """Encrypts passwords of trunks and secrets of webhooks: 32 octets in URL-safe base64; empty for
    the file `secret.key` in the home folder, made when it is needed first."""
    speech_engines: NameList = ["kokoro", "espeak"]
    """Engines that speak texts, in order of preference, each with a time-out if need be:
    `openai:4,kokoro:10,espeak`. Without one, it is 15 seconds a sentence. The next engine serves
    where one fails or is missing; `espeak` comes last even where it is not named."""
    speech_patience_s: float = Field(2, gt=0)
    """How long a caller hears nothing before the next engine says a sentence."""
    smtp_url: str = Field("", pattern=r"^(smtps?://\S+)?$")
    """Mail server for links to confirm addresses, reset passwords and join:
    `smtp://USER:PASSWORD@HOST:587` (STARTTLS where it is offered) or `smtps://…:465`; empty for
    writing the links into the log of the process `jobs`."""
    mail_from: str = "dillo@localhost"
    """Sender of e-mails."""
    sign_up: bool = True
    """Whether anybody may open an account; otherwise only the operator opens them."""
    prompt_workers: int = Field(2, ge=1)
    """Processes in which espeak-ng speaks; of other engines there is one each."""
    speech_threads: int = Field(default_factory=lambda: min(4, os.cpu_count() or 2), ge=1)
    """Threads that an engine which speaks computes with."""
    speech_idle_s: float = Field(900, gt=0)
    """After so long without a text, the process of an engine ends and its memory is free."""
    transcription_engines: NameList = ["whisper"]
    """Engines that write down what is said, in order of preference, each with a time-out if need
    be: `openai:60,whisper:900`. Without one, it is 600 seconds a recording."""
    transcription_workers: int = Field(default_factory=lambda: os.cpu_count() or 1, ge=1)
    """Recordings that are transcribed at once, each by a process of its engine."""
    transcription_threads: int = Field(1, ge=1)
    """Threads that each of them computes with."""
    speech_models: str = ""
    """Folder with model files, only read: `kokoro`, `whisper-base`; empty for the user's cache
    folder, where `dillo models` puts them."""
    speech_whisper_model: Literal["base", "tiny.en"] = "base"
    """Whisper's model: `base` knows 99 languages, `tiny.en` English only."""
    number_quarantine_days: float = Field(30, ge=0)
    """How long nobody can buy a number that was released."""
    number_grace_days: float = Field(7, ge=0)
    """How long a month of a number may be paid late, before it is released."""
    browser_calls: int = Field(20, ge=0)
    """Calls from browsers at once."""
    ice_servers: NameList = []
    """Servers that help browsers through NATs, comma-separated: `stun:HOST:PORT`,
    `turn:USER:PASSWORD@HOST:PORT`. Whoever signs in learns them."""
    log_level: str = "info"
    """`debug`, `info`, `warning` or `error`."""

    @model_validator(mode="after")
    def _complete(self) -> Self:
        home = self.home.expanduser().absolute()
        fill = {
            "home": home,
            "database_url": self.database_url or f"sqlite:///{home / 'dillo.db'}",
        }
        for name, value in fill.items():
            object.__setattr__(self, name, value)
        return self

    def as_environment(self) -> dict[str, str]:
        """Return the variables that give a child process the same settings."""
        return {
            f"DILLO_{name.upper()}": ",".join(value) if isinstance(value, list) else str(value)
            for name, value in self
        }

    @property
    def journal_path(self) -> Path:
        return self.home / "journal.db"

    @property
    def recordings_dir(self) -> Path:
        return self.home / "recordings"

    @property
    def prompts_dir(self) -> Path:
        return self.home / "prompts"

    @property
    def secret_key_path(self) -> Path:
        return self.home / "secret.key"

    @property
    def metrics_dir(self) -> Path:
        return self.home / "metrics"

    @property
    def exports_dir(self) -> Path:
        return self.home / "exports"

    @property
    def cache_dir(self) -> Path:
        return self.home / "cache"
