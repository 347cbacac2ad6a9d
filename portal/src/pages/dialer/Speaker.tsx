import { useEffect, useRef } from "react";

/** Lets the far end be heard. */
export function Speaker({ sound }: { sound: MediaStream | null }) {
  const audio = useRef<HTMLAudioElement>(null);
  useEffect(() => {
    if (audio.current) audio.current.srcObject = sound;
  }, [sound]);
  // biome-ignore lint/a11y/useMediaCaption: a call has no captions
  return <audio ref={audio} autoPlay />;
}
