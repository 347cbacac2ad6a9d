import { ActionIcon, Button, Card, Group, Menu, Stack, Text } from "@mantine/core";
import { ArrowDown, ArrowUp, Plus, X } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { Json, JsonObject } from "@/behavior/document";
import { caseInWords } from "@/behavior/says";
import { useSchemaText } from "@/i18n/schemaTexts";
import { Field, type FieldProps } from "./Field";
import { useField } from "./useField";

const asList = (value: Json | undefined): Json[] => (Array.isArray(value) ? value : []);

function moved(items: Json[], from: number, to: number): Json[] {
  const next = [...items];
  const [item] = next.splice(from, 1);
  if (item !== undefined) next.splice(to, 0, item);
  return next;
}

/** A list of objects in an order that matters: the cases of a Switch. */
export function ListField(props: FieldProps) {
  const { t } = useTranslation();
  const { common, set } = useField(props);
  const items = asList(props.value);
  return (
    <Stack gap="xs" role="group" aria-label={common.label}>
      <Text size="sm" fw={500}>
        {common.label}
      </Text>
      {common.error ? (
        <Text size="xs" c="var(--mantine-color-error)">
          {common.error}
        </Text>
      ) : null}
      {items.map((item, index) => (
        <ListItem
          // biome-ignore lint/suspicious/noArrayIndexKey: an item is known by its place alone
          key={index}
          {...props}
          value={item}
          path={[...props.path, index]}
          place={index}
          count={items.length}
          onMove={(to) => set(moved(items, index, to))}
        />
      ))}
      {common.disabled ? null : (
        <Button
          size="xs"
          variant="default"
          leftSection={<Plus size={14} aria-hidden />}
          onClick={() => set([...items, {}])}
        >
          {t("editor.addCase")}
        </Button>
      )}
    </Stack>
  );
}

interface ListItemProps extends FieldProps {
  place: number;
  count: number;
  onMove: (to: number) => void;
}

/** Shows the fields an item has; others are added one by one, so that a case stays short. */
function ListItem(props: ListItemProps) {
  const { t } = useTranslation();
  const translate = useSchemaText();
  const { common, set } = useField(props);
  const { place, count, onMove } = props;
  const schema = props.schema.items ?? {};
  const fields = (props.value ?? {}) as JsonObject;
  const known = Object.entries(schema.properties ?? {});
  const shown = known.filter(([name]) => name in fields || schema.required?.includes(name));
  const hidden = known.filter((entry) => !shown.includes(entry));
  const title = `${place + 1}. ${caseInWords(fields)}`;
  return (
    <Card withBorder p="sm">
      <Stack gap="xs">
        <Group gap={2} wrap="nowrap">
          <Text size="sm" fw={560} flex={1} truncate>
            {title}
          </Text>
          <IconButton
            label={t("editor.moveUp", { title })}
            isOff={place === 0}
            onClick={() => onMove(place - 1)}
          >
            <ArrowUp size={14} aria-hidden />
          </IconButton>
          <IconButton
            label={t("editor.moveDown", { title })}
            isOff={place === count - 1}
            onClick={() => onMove(place + 1)}
          >
            <ArrowDown size={14} aria-hidden />
          </IconButton>
          <IconButton
            label={t("editor.removeEntry", { name: title })}
            onClick={() => set(undefined)}
          >
            <X size={14} aria-hidden />
          </IconButton>
        </Group>
        {shown.map(([name, field]) => (
          <Field
            key={name}
            name={name}
            schema={field}
            path={[...props.path, name]}
            value={fields[name]}
            isRequired={schema.required?.includes(name) ?? false}
          />
        ))}
        {hidden.length > 0 && !common.disabled ? (
          <Menu>
            <Menu.Target>
              <Button
                size="compact-xs"
                variant="subtle"
                leftSection={<Plus size={13} aria-hidden />}
              >
                {t("editor.addCondition")}
              </Button>
            </Menu.Target>
            <Menu.Dropdown>
              {hidden.map(([name, field]) => (
                <Menu.Item
                  key={name}
                  onClick={() => set({ ...fields, [name]: field.type === "object" ? {} : "" })}
                >
                  {translate(field.title ?? name)}
                </Menu.Item>
              ))}
            </Menu.Dropdown>
          </Menu>
        ) : null}
      </Stack>
    </Card>
  );
}

interface IconButtonProps {
  label: string;
  isOff?: boolean;
  onClick: () => void;
  children: React.ReactNode;
}

function IconButton({ label, isOff, onClick, children }: IconButtonProps) {
  return (
    <ActionIcon
      variant="subtle"
      color="gray"
      size="sm"
      disabled={isOff}
      onClick={onClick}
      aria-label={label}
    >
      {children}
    </ActionIcon>
  );
}
