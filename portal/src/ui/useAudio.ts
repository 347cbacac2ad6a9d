import { useEffect, useRef, useState } from "react";

/** Plays one sound at a time, and lets it go when the component goes. */
export function useAudio() {
  const audio = useRef<HTMLAudioElement | null>(null);
  const [isPlaying, setPlaying] = useState(false);

  const stop = () => {
    if (!audio.current) return;
    audio.current.pause();
    URL.revokeObjectURL(audio.current.src);
    audio.current = null;
    setPlaying(false);
  };

  const play = async (blob: Blob) => {
    stop();
    const element = new Audio(URL.createObjectURL(blob));
    audio.current = element;
    element.onended = stop;
    setPlaying(true);
    await element.play();
  };

  useEffect(
    () => () => {
      if (audio.current) {
        audio.current.pause();
        URL.revokeObjectURL(audio.current.src);
      }
    },
    [],
  );

  return { isPlaying, play, stop };
}
