"""A voice agent made of pipecat's Twilio serializer, run by `bench.pipecat_check`.

Prints its address, then what it has heard. It says back the audio frames that it hears, and leaves
when `#` is pressed.
"""
# mypy: ignore-errors

import asyncio
import json

from pipecat.frames.frames import (
    InputAudioRawFrame,
    InputDTMFFrame,
    InterruptionFrame,
    OutputAudioRawFrame,
    StartFrame,
)
from pipecat.serializers.twilio import TwilioFrameSerializer
from websockets.asyncio.server import serve


async def talk(connection, heard):
    """Serve one call."""
    await connection.recv()
    start = json.loads(await connection.recv())
    params = TwilioFrameSerializer.InputParams(auto_hang_up=False)
    serializer = TwilioFrameSerializer(
        stream_sid=start["start"]["streamSid"], call_sid=start["start"]["callSid"], params=params
    )
    await serializer.setup(StartFrame(audio_in_sample_rate=8000, audio_out_sample_rate=8000))
    await connection.send(await serializer.serialize(InterruptionFrame()))
    async for message in connection:
        frame = await serializer.deserialize(message)
        if isinstance(frame, InputAudioRawFrame):
            heard["audio_frames"] += 1
            spoken = OutputAudioRawFrame(frame.audio, frame.sample_rate, frame.num_channels)
            await connection.send(await serializer.serialize(spoken))
        elif isinstance(frame, InputDTMFFrame):
            heard["digits"] += frame.button.value
            if heard["digits"].endswith("#"):
                return


async def main():
    """Serve one call, then print what was heard."""
    heard = {"audio_frames": 0, "digits": ""}
    is_over = asyncio.Event()

    async def attend(connection):
        await talk(connection, heard)
        is_over.set()

    async with serve(attend, "127.0.0.1", 0) as server:
        print(f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}/", flush=True)
        await is_over.wait()
    print(json.dumps(heard))


asyncio.run(main())
