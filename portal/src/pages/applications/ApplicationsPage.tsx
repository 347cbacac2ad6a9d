import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { Plus, Workflow } from "lucide-react";
import { useTranslation } from "react-i18next";
import { applicationsQuery } from "@/api/applications";
import { useSession } from "@/api/session";
import { EmptyState, Loaded, Page } from "@/ui";
import { ApplicationTable } from "./ApplicationTable";
import { ImportButton } from "./ImportButton";
import { NewApplicationModal } from "./NewApplicationModal";

export function ApplicationsPage() {
  const { t } = useTranslation();
  const query = useQuery(applicationsQuery);
  const canChange = useSession().can("developer");
  const { make = false } = useSearch({ from: "/shell/voice/applications" });
  const navigate = useNavigate({ from: "/voice/applications" });
  const setMaking = (isMaking: boolean) =>
    navigate({ search: { make: isMaking || undefined }, replace: true });
  const create = canChange ? (
    <Button leftSection={<Plus size={16} aria-hidden />} onClick={() => setMaking(true)}>
      {t("applications.new")}
    </Button>
  ) : null;
  return (
    <Page
      title={t("shell.pages.applications")}
      description={t("applications.hint")}
      actions={
        canChange ? (
          <>
            <ImportButton />
            {create}
          </>
        ) : null
      }
    >
      <Loaded
        query={query}
        isEmpty={(applications) => applications.length === 0}
        empty={<EmptyState icon={Workflow} text={t("applications.empty")} action={create} />}
      >
        {(applications) => <ApplicationTable applications={applications} canChange={canChange} />}
      </Loaded>
      <NewApplicationModal opened={make} onClose={() => setMaking(false)} />
    </Page>
  );
}
