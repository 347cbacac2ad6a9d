import { Button } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { KeyRound, Plus } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { type IssuedKey, keysQuery } from "@/api/keys";
import { EmptyState, Loaded, MoreButton, Page } from "@/ui";
import { IssuedKeyModal } from "./IssuedKeyModal";
import { KeyTable } from "./KeyTable";
import { NewKeyModal } from "./NewKeyModal";

export function KeysPage() {
  const { t } = useTranslation();
  const query = useInfiniteQuery(keysQuery);
  const [isMaking, setMaking] = useState(false);
  const [issued, setIssued] = useState<IssuedKey | null>(null);
  const create = (
    <Button leftSection={<Plus size={16} aria-hidden />} onClick={() => setMaking(true)}>
      {t("keys.new")}
    </Button>
  );
  return (
    <Page title={t("shell.pages.keys")} description={t("keys.hint")} actions={create}>
      <Loaded
        query={query}
        isEmpty={({ pages }) => pages[0]?.items.length === 0}
        empty={<EmptyState icon={KeyRound} text={t("keys.empty")} action={create} />}
      >
        {({ pages }) => (
          <KeyTable keys={pages.flatMap((page) => page.items)} onIssued={setIssued} />
        )}
      </Loaded>
      <MoreButton query={query} />
      <NewKeyModal
        opened={isMaking}
        onClose={() => setMaking(false)}
        onIssued={(key) => {
          setMaking(false);
          setIssued(key);
        }}
      />
      <IssuedKeyModal issued={issued} onClose={() => setIssued(null)} />
    </Page>
  );
}
