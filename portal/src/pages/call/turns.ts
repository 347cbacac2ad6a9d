import type { Transcription } from "@/api/calls";

/** Something to jump to: a word, or a sentence where the engine told no words. */
export interface Word {
  text: string;
  start: number;
}

/** What one side said before the other spoke again. */
export interface Turn {
  channel: number;
  start: number;
  words: Word[];
}

export function turnsOf(segments: Transcription["segments"]): Turn[] {
  const ordered = segments.toSorted((a, b) => a.start_s - b.start_s || a.channel - b.channel);
  const turns: Turn[] = [];
  for (const { channel, start_s, text, words } of ordered) {
    let turn = turns.at(-1);
    if (turn?.channel !== channel) {
      turn = { channel, start: start_s, words: [] };
      turns.push(turn);
    }
    const spoken = words.map((word) => ({ text: word.text.trim(), start: word.start_s }));
    turn.words.push(...(spoken.length > 0 ? spoken : [{ text, start: start_s }]));
  }
  return turns;
}

/** The word that is heard at a moment: the last that has begun, -1 before the first. */
export function heardAt(words: readonly Word[], at: number): number {
  let low = 0;
  let high = words.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((words[middle]?.start ?? 0) <= at) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
