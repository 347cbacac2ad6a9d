"""The job that writes down what is said in a recording."""

from dillo.calls.transcribing import JOB, Audio, Concluded, Listener, Task, Transcripts, failed
from dillo.jobs.durable import GivenUp, Job, Queue, step
from dillo.model.errors import PeerError
from dillo.records.document import COMPLETED
from dillo.records.transcript import Said, confidence, written


class TranscriptionCounts:
    """What transcription has done since this process began."""

    def __init__(self) -> None:
        self.completed = 0
        self.failed = 0
        self.audio_s = 0.0
        """Of recordings that were completed."""


def transcription(
    transcripts: Transcripts, listener: Listener, counts: TranscriptionCounts, at_once: int
) -> Job:
    """Return the job; so many recordings are listened to at once."""

    async def transcribe(transcription_id: str) -> None:
        try:
            await step(_listen_to, transcription_id)
        except (PeerError, GivenUp) as error:
            await step(transcripts.conclude, transcription_id, failed(str(error)))
            counts.failed += 1

    async def _listen_to(transcription_id: str) -> None:
        """Go on where an earlier try came to; each piece is noted as it is done."""
        task = await transcripts.task(transcription_id)
        if task is None:
            return
        if task.is_deleted:
            raise PeerError("the audio was deleted: its storage period is over")
        audio = await listener.open(task.path, task.wanted_engine)
        await transcripts.begin(task.id, len(audio.pieces))
        await transcripts.conclude(task.id, await hear_all(transcripts, task, audio))
        counts.completed += 1
        counts.audio_s += task.duration_ms / 1000

    return Job(JOB, transcribe, Queue(JOB, at_once))


async def hear_all(transcripts: Transcripts, task: Task, audio: Audio) -> Concluded:
    said: list[Said] = list(task.said)
    engine = ""
    for done, piece in enumerate(audio.pieces[task.pieces_done :], start=task.pieces_done + 1):
        heard = await audio.listen(piece, task.language)
        engine = heard.engine
        said += heard.said
        await transcripts.note(task.id, done, said)
    return Concluded(
        status=COMPLETED,
        engine=engine or task.wanted_engine,
        text=written(said, audio.channels),
        confidence=confidence(said) if said else None,
    )
