import { Anchor, Badge, Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { type Operation, openapiQuery } from "@/api/openapi";
import { Loaded, Page } from "@/ui";
import classes from "./ReferencePage.module.css";

const COLORS: Record<string, string> = { GET: "petrol", DELETE: "red" };

/** Every operation of the API, as this installation's own OpenAPI document tells them. */
export function ReferencePage() {
  const { t } = useTranslation();
  const query = useQuery(openapiQuery);
  return (
    <Page
      title={t("shell.pages.apiReference")}
      description={t("developers.referenceHint")}
      actions={
        <Anchor href="/openapi.json" size="sm">
          openapi.json
        </Anchor>
      }
    >
      <Loaded query={query}>{(operations) => <Operations operations={operations} />}</Loaded>
    </Page>
  );
}

function Operations({ operations }: { operations: Operation[] }) {
  const tags = [...new Set(operations.map((operation) => operation.tag))];
  return (
    <Stack gap="xl">
      {tags.map((tag) => (
        <section key={tag} aria-label={tag}>
          <Title order={2} size="h4" mb="xs">
            {tag}
          </Title>
          {operations
            .filter((operation) => operation.tag === tag)
            .map((operation) => (
              <OperationRow key={operation.method + operation.path} operation={operation} />
            ))}
        </section>
      ))}
    </Stack>
  );
}

function OperationRow({ operation }: { operation: Operation }) {
  return (
    <div className={classes.operation}>
      <Badge variant="light" color={COLORS[operation.method] ?? "gray"} radius="sm" w={72}>
        {operation.method}
      </Badge>
      <div className={classes.text}>
        <code className={classes.path}>{operation.path}</code>
        <Text size="sm" c="dimmed">
          {operation.description ?? operation.summary}
        </Text>
      </div>
    </div>
  );
}
