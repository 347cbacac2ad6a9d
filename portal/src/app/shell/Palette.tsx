import { Kbd, UnstyledButton } from "@mantine/core";
import { Spotlight, type SpotlightActionData, spotlight } from "@mantine/spotlight";
import "@mantine/spotlight/styles.css";
import { useNavigate } from "@tanstack/react-router";
import { Search } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useNavigation } from "./pages";
import classes from "./Shell.module.css";

const SHORTCUT = /Mac|iPhone|iPad/.test(navigator.userAgent) ? "⌘ K" : "Ctrl K";

/** Everything one can go to, by typing (⌘K or Ctrl+K). */
export function Palette() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const actions: SpotlightActionData[] = useNavigation().flatMap((group) =>
    group.pages.map(({ name, to, icon: Icon }) => ({
      id: to,
      label: t(`shell.pages.${name}`),
      description: group.name && t(`shell.pages.${group.name}`),
      leftSection: <Icon size={18} strokeWidth={1.6} aria-hidden />,
      onClick: () => navigate({ to }),
    })),
  );
  return (
    <Spotlight
      actions={actions}
      shortcut={["mod + K"]}
      nothingFound={t("shell.nothingFound")}
      highlightQuery
      scrollable
      maxHeight={420}
      searchProps={{
        placeholder: t("shell.searchHint"),
        "aria-label": t("shell.search"),
        leftSection: <Search size={17} aria-hidden />,
      }}
    />
  );
}

export function PaletteButton() {
  const { t } = useTranslation();
  return (
    <UnstyledButton className={classes.search} onClick={spotlight.open}>
      <Search size={15} aria-hidden />
      <span>{t("shell.search")}</span>
      <Kbd size="xs" aria-hidden>
        {SHORTCUT}
      </Kbd>
    </UnstyledButton>
  );
}
