import { ActionIcon, Button, Group, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Download, Pause, Play } from "lucide-react";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { type CallRecording, recordingAudio } from "@/api/calls";
import { formatDuration, useFormats } from "@/format";
import { Loaded, RowsSkeleton, Section } from "@/ui";
import { saveFile } from "@/ui/saveFile";
import { peaksOfFile } from "./peaks";
import { Transcript } from "./Transcript";
import { Waveform } from "./Waveform";

/** A recording: the sound as a picture, the text beside it. */
export function Player({ recording }: { recording: CallRecording }) {
  const { t } = useTranslation();
  const format = useFormats();
  const query = useQuery({
    queryKey: ["recordings", recording.id, "audio"],
    queryFn: async () => {
      const file = await recordingAudio(recording.id);
      return { file, peaks: await peaksOfFile(file) };
    },
    staleTime: Number.POSITIVE_INFINITY,
  });
  const title = recording.storage_key ?? t("call.recordingOf", { node: recording.node });
  return (
    <Section
      title={t("call.recording", { title })}
      hint={t("call.keptUntil", { day: format.day(recording.expires_at) })}
      actions={
        query.data ? (
          <Button
            size="compact-sm"
            variant="default"
            leftSection={<Download size={14} aria-hidden />}
            onClick={() => query.data && saveFile(`${recording.id}.wav`, query.data.file)}
          >
            {t("call.download")}
          </Button>
        ) : null
      }
    >
      <Loaded query={query} skeleton={<RowsSkeleton rows={1} height={88} />}>
        {({ file, peaks }) => <Sound file={file} peaks={peaks} recording={recording} />}
      </Loaded>
    </Section>
  );
}

interface SoundProps {
  file: Blob;
  peaks: number[][];
  recording: CallRecording;
}

function Sound({ file, peaks, recording }: SoundProps) {
  const { t } = useTranslation();
  const audio = useRef<HTMLAudioElement>(null);
  const [at, setAt] = useState(0);
  const [isPlaying, setPlaying] = useState(false);
  const url = useMemo(() => URL.createObjectURL(file), [file]);
  useEffect(() => () => URL.revokeObjectURL(url), [url]);

  const seek = useCallback((seconds: number) => {
    if (!audio.current) return;
    audio.current.currentTime = seconds;
    setAt(seconds);
  }, []);
  // The element itself tells the time four times a second only, which is too seldom for words.
  useEffect(() => {
    if (!isPlaying) return;
    let frame = 0;
    const follow = () => {
      if (audio.current) setAt(audio.current.currentTime);
      frame = requestAnimationFrame(follow);
    };
    follow();
    return () => cancelAnimationFrame(frame);
  }, [isPlaying]);
  const toggle = () => (isPlaying ? audio.current?.pause() : audio.current?.play());

  return (
    <>
      {/* biome-ignore lint/a11y/useMediaCaption: what is said stands below as text */}
      <audio
        ref={audio}
        src={url}
        onPlay={() => setPlaying(true)}
        onPause={() => setPlaying(false)}
      />
      <Group wrap="nowrap" gap="md">
        <ActionIcon
          size={44}
          radius="xl"
          onClick={toggle}
          aria-label={t(isPlaying ? "call.pause" : "call.play")}
        >
          {isPlaying ? <Pause size={20} aria-hidden /> : <Play size={20} aria-hidden />}
        </ActionIcon>
        <Waveform peaks={peaks} at={at} duration={recording.duration_s} onSeek={seek} />
        <Text size="sm" className="tabular" miw={84} ta="right">
          {formatDuration(at)} / {formatDuration(recording.duration_s)}
        </Text>
      </Group>
      <Transcript recording={recording} hasSpeakers={peaks.length > 1} at={at} onSeek={seek} />
    </>
  );
}
