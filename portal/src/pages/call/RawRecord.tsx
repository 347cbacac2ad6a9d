import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { callRecordQuery } from "@/api/calls";
import { CodeLine, Loaded, Section } from "@/ui";

/** The record as the statistics API lists it. */
export function RawRecord({ id }: { id: string }) {
  const { t } = useTranslation();
  const [isOpen, setOpen] = useState(false);
  const query = useQuery({ ...callRecordQuery(id), enabled: isOpen });
  return (
    <Section title={t("call.raw")} hint={t("call.rawHint")}>
      {isOpen ? (
        <Loaded query={query}>
          {(record) => <CodeLine text={JSON.stringify(record, null, 2)} />}
        </Loaded>
      ) : (
        <div>
          <Button size="compact-sm" variant="default" onClick={() => setOpen(true)}>
            {t("call.showRaw")}
          </Button>
        </div>
      )}
    </Section>
  );
}
