import { Modal, SimpleGrid, Text, UnstyledButton } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { actionTypes, type BehaviorSchema } from "@/behavior/schema";
import { useSchemaText } from "@/i18n/schemaTexts";
import classes from "./AddNodeModal.module.css";
import { iconOf } from "./icons";

interface AddNodeModalProps {
  schema: BehaviorSchema;
  opened: boolean;
  onClose: () => void;
  onChoose: (actionType: string) => void;
}

/** Every kind of node there is, each with what it does. */
export function AddNodeModal({ schema, opened, onClose, onChoose }: AddNodeModalProps) {
  const { t } = useTranslation();
  const translate = useSchemaText();
  return (
    <Modal opened={opened} onClose={onClose} title={t("editor.addNode")} size="xl">
      <SimpleGrid cols={{ base: 1, xs: 2, md: 3 }} spacing="xs">
        {actionTypes(schema).map((kind, index) => {
          const Icon = iconOf(kind);
          return (
            <UnstyledButton
              key={kind}
              className={classes.kind}
              data-autofocus={index === 0 || undefined}
              onClick={() => onChoose(kind)}
            >
              <Icon size={18} aria-hidden className={classes.icon} />
              <span>
                <Text span size="sm" fw={560} display="block">
                  {translate(schema.$defs[kind]?.title ?? kind)}
                </Text>
                <Text span size="xs" c="dimmed">
                  {translate(schema.$defs[kind]?.description)}
                </Text>
              </span>
            </UnstyledButton>
          );
        })}
      </SimpleGrid>
    </Modal>
  );
}
