import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Phone, Plus } from "lucide-react";
import { useTranslation } from "react-i18next";
import { numbersQuery } from "@/api/numbers";
import { EmptyState, Loaded, Page } from "@/ui";
import { NumberTable } from "./NumberTable";

export function NumbersPage() {
  const { t } = useTranslation();
  const query = useQuery(numbersQuery);
  const buy = (
    <Button component={Link} to="/numbers/buy" leftSection={<Plus size={16} aria-hidden />}>
      {t("shell.pages.buyNumber")}
    </Button>
  );
  return (
    <Page title={t("shell.pages.myNumbers")} description={t("numbers.hint")} actions={buy}>
      <Loaded
        query={query}
        isEmpty={(numbers) => numbers.length === 0}
        empty={<EmptyState icon={Phone} text={t("numbers.empty")} action={buy} />}
      >
        {(numbers) => <NumberTable numbers={numbers} />}
      </Loaded>
    </Page>
  );
}
