import { Stack } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { useSession } from "@/api/session";
import { Page } from "@/ui";
import { AddressSection } from "./AddressSection";
import { DeliverySection } from "./DeliverySection";
import { SecretSection } from "./SecretSection";

/** Whom applications call, how they know that it was us, and what was told. */
export function WebhooksPage() {
  const { t } = useTranslation();
  const canChange = useSession().can("developer");
  return (
    <Page title={t("shell.pages.webhooks")} description={t("webhooks.hint")}>
      <Stack gap={36}>
        <AddressSection />
        {canChange ? <SecretSection /> : null}
        <DeliverySection />
      </Stack>
    </Page>
  );
}
