const BARS = 220;

/** The loudest of each part of a sound, 0 to 1 and at least one of them 1. */
export function peaksOf(samples: Float32Array, bars = BARS): number[] {
  const size = Math.max(1, Math.floor(samples.length / bars));
  const peaks: number[] = [];
  for (let start = 0; start + size <= samples.length && peaks.length < bars; start += size) {
    let loudest = 0;
    for (let index = start; index < start + size; index += 1) {
      loudest = Math.max(loudest, Math.abs(samples[index] ?? 0));
    }
    peaks.push(loudest);
  }
  const highest = Math.max(...peaks, 0);
  return highest > 0 ? peaks.map((peak) => peak / highest) : peaks;
}

/** One list of peaks for each channel: of a conversation, caller and callee. */
export async function peaksOfFile(file: Blob): Promise<number[][]> {
  const context = new OfflineAudioContext(1, 1, 8000);
  const sound = await context.decodeAudioData(await file.arrayBuffer());
  return Array.from({ length: sound.numberOfChannels }, (_, channel) =>
    peaksOf(sound.getChannelData(channel)),
  );
}
