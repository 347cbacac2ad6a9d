import { Button, FileButton, Stack, Table, Text, Textarea } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { Problem } from "@/api/problem";
import { ErrorState } from "./ErrorState";

interface SheetEntryProps {
  csv: string;
  onChange: (csv: string) => void;
  columns: string;
  example: string;
  error: unknown;
}

/** A CSV, typed or from a file; what is wrong with it is told by line and column, all at once. */
export function SheetEntry({ csv, onChange, columns, example, error }: SheetEntryProps) {
  const { t } = useTranslation();
  return (
    <Stack gap="sm">
      <Text size="sm" c="dimmed">
        {columns}
      </Text>
      <Textarea
        aria-label="CSV"
        placeholder={example}
        value={csv}
        onChange={({ currentTarget }) => onChange(currentTarget.value)}
        rows={8}
        styles={{ input: { fontFamily: "var(--mantine-font-family-monospace)", fontSize: 12 } }}
      />
      <div>
        <FileButton
          accept="text/csv,.csv"
          onChange={async (file) => file && onChange(await file.text())}
        >
          {(props) => (
            <Button variant="default" {...props}>
              {t("common.chooseFile")}
            </Button>
          )}
        </FileButton>
      </div>
      {error ? <SheetProblem problem={Problem.from(error)} /> : null}
    </Stack>
  );
}

interface RowError {
  line: number;
  column: string;
  detail: string;
}

function SheetProblem({ problem }: { problem: Problem }) {
  const { t } = useTranslation();
  const errors = (problem.body.errors ?? []) as RowError[];
  if (errors.length === 0) return <ErrorState error={problem} />;
  return (
    <>
      <ErrorState
        error={new Problem(problem.status, { ...problem.body, detail: t("sheet.none") })}
      />
      <Table.ScrollContainer minWidth={300} mah={220} type="native" tabIndex={0}>
        <Table fz="xs" aria-label={problem.title}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t("sheet.line")}</Table.Th>
              <Table.Th>{t("sheet.column")}</Table.Th>
              <Table.Th>{t("sheet.wrong")}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {errors.map(({ line, column, detail }) => (
              <Table.Tr key={`${line} ${column} ${detail}`}>
                <Table.Td>{line}</Table.Td>
                <Table.Td ff="monospace">{column}</Table.Td>
                <Table.Td>{detail}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </>
  );
}
