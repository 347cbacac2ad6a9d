import { Text, Tooltip } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { useFormats } from "@/format";

/** How long ago; the exact moment is told on request. */
export function Ago({ moment }: { moment: string | null | undefined }) {
  const { t } = useTranslation();
  const format = useFormats();
  if (!moment) {
    return (
      <Text span inherit c="dimmed">
        {t("common.never")}
      </Text>
    );
  }
  return (
    <Tooltip label={format.moment(moment)}>
      <time dateTime={moment}>{format.ago(moment)}</time>
    </Tooltip>
  );
}
