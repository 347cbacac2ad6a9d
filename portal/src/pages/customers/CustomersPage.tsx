import { Button, TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { Plus, Search, Users } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { customersQuery } from "@/api/account";
import { EmptyState, Loaded, MoreButton, Page } from "@/ui";
import { CustomerTable } from "./CustomerTable";
import { NewCustomerModal } from "./NewCustomerModal";

const TYPED_MS = 300;

export function CustomersPage() {
  const { t } = useTranslation();
  const { search } = useSearch({ from: "/shell/operator/customers" });
  const navigate = useNavigate({ from: "/operator/customers" });
  const query = useInfiniteQuery(customersQuery(search));
  const [isMaking, setMaking] = useState(false);
  const find = useDebouncedCallback(
    (text: string) => navigate({ search: { search: text || undefined }, replace: true }),
    TYPED_MS,
  );
  return (
    <Page
      title={t("shell.pages.customers")}
      description={t("customers.hint")}
      actions={
        <Button leftSection={<Plus size={16} aria-hidden />} onClick={() => setMaking(true)}>
          {t("customers.new")}
        </Button>
      }
    >
      <TextInput
        mb="md"
        maw={360}
        leftSection={<Search size={15} aria-hidden />}
        aria-label={t("common.search")}
        placeholder={t("customers.searchHint")}
        defaultValue={search}
        onChange={({ currentTarget }) => find(currentTarget.value)}
      />
      <Loaded
        query={query}
        isEmpty={({ pages }) => pages[0]?.items.length === 0}
        empty={
          <EmptyState icon={Users} text={t(search ? "customers.notFound" : "customers.empty")} />
        }
      >
        {({ pages }) => <CustomerTable customers={pages.flatMap((page) => page.items)} />}
      </Loaded>
      <MoreButton query={query} />
      <NewCustomerModal opened={isMaking} onClose={() => setMaking(false)} />
    </Page>
  );
}
