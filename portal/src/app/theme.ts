import { createTheme, type MantineColorsTuple } from "@mantine/core";

/** The one accent: petrol. Everything else is ink on paper. */
const petrol: MantineColorsTuple = [
  "#e8f6f3",
  "#d0ebe5",
  "#a5d9ce",
  "#76c5b5",
  "#4fb3a0",
  "#34a690",
  "#1c8d79",
  "#0d776b",
  "#0a6058",
  "#064a44",
];

const ink: MantineColorsTuple = [
  "#d5d9dd",
  "#aeb4ba",
  "#8d949c",
  "#6a727b",
  "#454c54",
  "#333940",
  "#282d33",
  "#1c2025",
  "#15181c",
  "#0e1013",
];

const paper: MantineColorsTuple = [
  "#f8f9fa",
  "#f1f3f4",
  "#e7eaec",
  "#d9dde0",
  "#c3c9ce",
  "#98a1a9",
  "#626c75",
  "#48525a",
  "#2c343b",
  "#171c20",
];

export const theme = createTheme({
  primaryColor: "petrol",
  primaryShade: 7,
  colors: { petrol, dark: ink, gray: paper },
  defaultRadius: "md",
  fontFamily: '"Inter Variable", system-ui, sans-serif',
  fontFamilyMonospace: 'ui-monospace, "SF Mono", "DejaVu Sans Mono", Menlo, monospace',
  headings: { fontWeight: "620", sizes: { h1: { fontSize: "1.5rem", lineHeight: "1.25" } } },
  cursorType: "pointer",
  components: {
    // Colour alone does not tell a link from the text around it.
    Anchor: { defaultProps: { underline: "always" } },
    Button: { defaultProps: { size: "sm" } },
    TextInput: { defaultProps: { size: "sm" } },
    Tooltip: { defaultProps: { openDelay: 300, withArrow: true } },
    Modal: {
      defaultProps: { centered: true, overlayProps: { backgroundOpacity: 0.4 } },
      styles: { title: { fontWeight: 620 } },
    },
    Drawer: { styles: { title: { fontWeight: 620 } } },
    Table: { defaultProps: { verticalSpacing: 10, horizontalSpacing: "sm" } },
  },
});

/** What the button that closes a dialog or a note is called; it shows a cross alone. */
export const closedBy = (name: string) => {
  const defaultProps = { closeButtonProps: { "aria-label": name } };
  return createTheme({ components: { Modal: { defaultProps }, Notification: { defaultProps } } });
};
