import { Divider, Stack } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { Page } from "@/ui";
import { PasswordSection } from "./PasswordSection";
import { SecondFactorSection } from "./SecondFactorSection";
import { SessionsSection } from "./SessionsSection";

export function SecurityPage() {
  const { t } = useTranslation();
  return (
    <Page title={t("shell.pages.security")} description={t("security.hint")}>
      <Stack gap="xl">
        <SecondFactorSection />
        <Divider />
        <PasswordSection />
        <Divider />
        <SessionsSection />
      </Stack>
    </Page>
  );
}
