import { Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { CallRecording } from "@/api/calls";

interface TranscriptProps {
  recording: CallRecording;
  at: number;
  onSeek: (seconds: number) => void;
}

/** What was said. */
export function Transcript({ recording }: TranscriptProps) {
  const { t } = useTranslation();
  const { transcription } = recording;
  if (!transcription) return null;
  if (!transcription.text) {
    return (
      <Text size="sm" c="dimmed">
        {t("call.transcriptionState", { status: transcription.status })}
      </Text>
    );
  }
  return (
    <Text size="sm" lang={transcription.language_code} maw={720} style={{ lineHeight: 1.7 }}>
      {transcription.text}
    </Text>
  );
}
