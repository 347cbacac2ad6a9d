import { Stack, Text, UnstyledButton } from "@mantine/core";
import { useTranslation } from "react-i18next";
import classes from "./ProblemList.module.css";
import type { BehaviorProblem } from "./problems";
import { SidePanel } from "./SidePanel";

interface ProblemListProps {
  problems: readonly BehaviorProblem[];
  onSelect: (node: string) => void;
  onClose: () => void;
}

/** All that is wrong, each a way to the node and field where it is. */
export function ProblemList({ problems, onSelect, onClose }: ProblemListProps) {
  const { t } = useTranslation();
  return (
    <SidePanel title={t("editor.problems")} onClose={onClose}>
      <Stack gap="xs">
        {problems.length === 0 ? <Text size="sm">{t("editor.noProblems")}</Text> : null}
        {problems.map((problem) => (
          <UnstyledButton
            key={`${problem.node}${problem.field}${problem.message}`}
            className={classes.problem}
            data-severity={problem.severity}
            onClick={() => problem.node !== null && onSelect(problem.node)}
          >
            <Text size="sm">{problem.message}</Text>
            <Text size="xs" c="dimmed">
              {problem.node === null
                ? t("editor.document")
                : t("editor.node", { node: problem.node })}
              {problem.field ? ` · ${problem.field.replace("ChannelBehaviorAction.", "")}` : ""}
            </Text>
          </UnstyledButton>
        ))}
      </Stack>
    </SidePanel>
  );
}
