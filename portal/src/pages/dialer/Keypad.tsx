import { Button, SimpleGrid } from "@mantine/core";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";

const KEYS = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "*", "0", "#"];

/** A telephone's keys; those of the keyboard do the same. */
export function Keypad({ isOff, onKey }: { isOff: boolean; onKey: (key: string) => void }) {
  const { t } = useTranslation();
  useEffect(() => {
    if (isOff) return;
    const press = (event: KeyboardEvent) => {
      const isTyping = (event.target as HTMLElement).matches("input, textarea, [contenteditable]");
      if (!isTyping && !event.repeat && KEYS.includes(event.key)) onKey(event.key);
    };
    window.addEventListener("keydown", press);
    return () => window.removeEventListener("keydown", press);
  }, [isOff, onKey]);
  return (
    <SimpleGrid
      cols={3}
      spacing={6}
      verticalSpacing={6}
      role="group"
      aria-label={t("dialer.keypad")}
    >
      {KEYS.map((key) => (
        <Button
          key={key}
          variant="default"
          disabled={isOff}
          aria-label={t("dialer.key", { key })}
          onClick={() => onKey(key)}
        >
          {key}
        </Button>
      ))}
    </SimpleGrid>
  );
}
