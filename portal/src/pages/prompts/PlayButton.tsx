import { ActionIcon, Tooltip } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useMutation } from "@tanstack/react-query";
import { Play, Square } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Problem } from "@/api/problem";
import { type Prompt, promptAudio } from "@/api/prompts";
import { useAudio } from "@/ui/useAudio";

export function PlayButton({ prompt }: { prompt: Prompt }) {
  const { t } = useTranslation();
  const audio = useAudio();
  const fetch = useMutation({
    mutationFn: () => promptAudio(prompt.id),
    onSuccess: audio.play,
    onError: (error) => notifications.show({ color: "red", message: Problem.from(error).detail }),
  });
  const label = audio.isPlaying ? t("prompts.stop") : t("prompts.play", { name: prompt.name });
  const Icon = audio.isPlaying ? Square : Play;
  return (
    <Tooltip label={label}>
      <ActionIcon
        variant="light"
        radius="xl"
        aria-label={label}
        loading={fetch.isPending}
        onClick={() => (audio.isPlaying ? audio.stop() : fetch.mutate())}
      >
        <Icon size={14} aria-hidden />
      </ActionIcon>
    </Tooltip>
  );
}
