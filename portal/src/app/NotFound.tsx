import { Button } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { Compass } from "lucide-react";
import { useTranslation } from "react-i18next";
import { EmptyState, Page } from "@/ui";

export function NotFound() {
  const { t } = useTranslation();
  return (
    <Page title={t("common.notFound.title")}>
      <EmptyState
        icon={Compass}
        text={t("common.notFound.text")}
        action={
          <Button component={Link} to="/">
            {t("common.goBack")}
          </Button>
        }
      />
    </Page>
  );
}
