import { Button, Text } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { Square, Volume2 } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Problem } from "@/api/problem";
import { speak } from "@/api/prompts";
import { type JsonObject, type Path, valueAt } from "@/behavior/document";
import { useAudio } from "@/ui/useAudio";
import { usePanel } from "../panel/context";

interface ListenButtonProps {
  text: string;
  path: Path;
}

/** Speaks a text as callers will hear it, in the language and voice that stand beside it. */
export function ListenButton({ text, path }: ListenButtonProps) {
  const { t } = useTranslation();
  const { behavior, number } = usePanel();
  const audio = useAudio();
  const preview = useMutation({
    mutationFn: () => {
      const node = behavior.ChannelBehaviorNodes[number];
      const beside = (valueAt(node, path.slice(0, -1)) ?? {}) as JsonObject;
      const named = (name: string) => (typeof beside[name] === "string" ? beside[name] : undefined);
      return speak({ text, language: named("LanguageCode"), voice: named("VoiceId") });
    },
    onSuccess: audio.play,
  });
  const Icon = audio.isPlaying ? Square : Volume2;
  return (
    <>
      {preview.error ? (
        <Text size="xs" c="var(--mantine-color-error)" role="alert" mr="auto">
          {Problem.from(preview.error).detail}
        </Text>
      ) : null}
      <Button
        size="compact-xs"
        variant="light"
        leftSection={<Icon size={13} aria-hidden />}
        loading={preview.isPending}
        disabled={text.trim() === ""}
        onClick={() => (audio.isPlaying ? audio.stop() : preview.mutate())}
      >
        {t(audio.isPlaying ? "editor.stop" : "editor.listen")}
      </Button>
    </>
  );
}
