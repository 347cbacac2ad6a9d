import { useEffect, useState } from "react";
import { microphoneTrouble, Trouble } from "./trouble";

export interface Microphone {
  stream: MediaStream | null;
  /** What there is to choose from; the browser names them once it may listen. */
  all: { value: string; label: string }[];
  chosen: string | null;
  choose: (id: string) => void;
  trouble: Trouble | null;
  retry: () => void;
}

async function open(id: string | null): Promise<MediaStream> {
  if (!navigator.mediaDevices) throw new Trouble("insecure");
  return navigator.mediaDevices.getUserMedia({ audio: id ? { deviceId: { exact: id } } : true });
}

async function listMicrophones() {
  const devices = await navigator.mediaDevices.enumerateDevices();
  return devices
    .filter(({ kind, deviceId }) => kind === "audioinput" && deviceId !== "")
    .map(({ deviceId, label }) => ({ value: deviceId, label: label || deviceId }));
}

/** Listens to a microphone for as long as the component lives. */
export function useMicrophone(): Microphone {
  const [wanted, setWanted] = useState<{ id: string | null }>({ id: null });
  const [stream, setStream] = useState<MediaStream | null>(null);
  const [all, setAll] = useState<Microphone["all"]>([]);
  const [trouble, setTrouble] = useState<Trouble | null>(null);

  useEffect(() => {
    let isWanted = true;
    let opened: MediaStream | null = null;
    const stop = () => {
      for (const track of opened?.getTracks() ?? []) track.stop();
    };
    const listen = async () => {
      opened = await open(wanted.id);
      if (!isWanted) return stop();
      setTrouble(null);
      setStream(opened);
      setAll(await listMicrophones());
    };
    listen().catch((error) => isWanted && setTrouble(microphoneTrouble(error)));
    return () => {
      isWanted = false;
      stop();
    };
  }, [wanted]);

  const chosen = stream?.getAudioTracks()[0]?.getSettings().deviceId ?? null;
  return {
    stream,
    all,
    chosen,
    choose: (id) => setWanted({ id }),
    trouble,
    retry: () => setWanted(({ id }) => ({ id })),
  };
}
