import { Button, Group, Stack, Switch, Text, Textarea, UnstyledButton } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Check, Play, X } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import {
  type Application,
  putScenarios,
  type Scenario,
  scenariosQuery,
  type Trial,
  testApplication,
} from "@/api/applications";
import type { Behavior } from "@/behavior/document";
import { ErrorState, Loaded } from "@/ui";
import { SidePanel } from "./SidePanel";
import classes from "./TestsPanel.module.css";

interface TestsPanelProps {
  application: Application;
  behavior: Behavior;
  isReadOnly: boolean;
  shown: Scenario | null;
  onShow: (scenario: Scenario | null) => void;
  onClose: () => void;
}

/** Scenarios, run in place on what is being edited: choose one to see its way through the graph. */
export function TestsPanel(props: TestsPanelProps) {
  const { t } = useTranslation();
  const query = useQuery(scenariosQuery(props.application.id));
  return (
    <SidePanel title={t("editor.tests")} onClose={props.onClose}>
      <Loaded query={query}>{(scenarios) => <Scenarios {...props} stored={scenarios} />}</Loaded>
    </SidePanel>
  );
}

interface ScenariosProps extends TestsPanelProps {
  stored: { text: string; required: boolean };
}

function Scenarios({ application, behavior, isReadOnly, shown, onShow, stored }: ScenariosProps) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [text, setText] = useState(stored.text);
  const [required, setRequired] = useState(stored.required);
  const run = useMutation({
    mutationFn: () => testApplication(application.id, behavior, text),
    onSuccess: ({ scenarios }) =>
      onShow(scenarios.find((each) => !each.holds) ?? scenarios[0] ?? null),
  });
  const save = useMutation({
    mutationFn: () => putScenarios(application.id, { text, required }),
    onSuccess: () =>
      client.invalidateQueries({ queryKey: ["applications", application.id, "scenarios"] }),
  });
  const isChanged = text !== stored.text || required !== stored.required;
  return (
    <Stack>
      <Text size="sm" c="dimmed">
        {t("editor.testsHint")}
      </Text>
      <Textarea
        aria-label={t("editor.tests")}
        placeholder={"Scenario: …\nat | in | out\n0 | Started | Answer, Say Hello."}
        value={text}
        onChange={({ currentTarget }) => setText(currentTarget.value)}
        autosize
        minRows={6}
        maxRows={16}
        classNames={{ input: classes.text }}
      />
      <Switch
        label={t("editor.required")}
        description={t("editor.requiredHint")}
        checked={required}
        disabled={isReadOnly}
        onChange={({ currentTarget }) => setRequired(currentTarget.checked)}
      />
      <Group gap="xs">
        <Button
          leftSection={<Play size={14} aria-hidden />}
          loading={run.isPending}
          disabled={text.trim() === ""}
          onClick={() => run.mutate()}
        >
          {t("editor.runTests")}
        </Button>
        {isReadOnly ? null : (
          <Button
            variant="default"
            disabled={!isChanged}
            loading={save.isPending}
            onClick={() => save.mutate()}
          >
            {t("common.save")}
          </Button>
        )}
      </Group>
      {run.error || save.error ? <ErrorState error={run.error ?? save.error} /> : null}
      {run.data ? <Results trial={run.data} shown={shown} onShow={onShow} /> : null}
    </Stack>
  );
}

interface ResultsProps {
  trial: Trial;
  shown: Scenario | null;
  onShow: (scenario: Scenario | null) => void;
}

function Results({ trial, shown, onShow }: ResultsProps) {
  const { t } = useTranslation();
  const { taken, missed } = trial.coverage;
  return (
    <Stack gap="xs" aria-live="polite">
      <Text size="sm" fw={560}>
        {t(trial.holds ? "editor.allHold" : "editor.someFail")} ·{" "}
        {t("editor.coverage", { taken: taken.length, all: taken.length + missed.length })}
      </Text>
      {trial.scenarios.map((scenario) => (
        <UnstyledButton
          key={scenario.name}
          className={classes.scenario}
          aria-pressed={shown?.name === scenario.name}
          onClick={() => onShow(shown?.name === scenario.name ? null : scenario)}
        >
          {scenario.holds ? (
            <Check size={15} className={classes.holds} aria-label={t("editor.holds")} />
          ) : (
            <X size={15} className={classes.fails} aria-label={t("editor.fails")} />
          )}
          <span>
            <Text span size="sm">
              {scenario.name}
            </Text>
            {scenario.holds ? null : (
              <pre className={classes.difference}>{scenario.difference.join("\n")}</pre>
            )}
          </span>
        </UnstyledButton>
      ))}
      {missed.length > 0 ? (
        <Text size="xs" c="dimmed">
          {t("editor.missed")} {missed.map((branch) => `${branch.node}: ${branch.name}`).join(", ")}
        </Text>
      ) : null}
    </Stack>
  );
}
