import { MantineProvider, mergeThemeOverrides } from "@mantine/core";
import { Notifications } from "@mantine/notifications";
import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { queryClient } from "@/api/queryClient";
import { router } from "./router";
import { closedBy, theme } from "./theme";

export function App() {
  const { t } = useTranslation();
  const named = useMemo(() => mergeThemeOverrides(theme, closedBy(t("common.close"))), [t]);
  return (
    <MantineProvider theme={named} defaultColorScheme="auto">
      <QueryClientProvider client={queryClient}>
        <Notifications position="bottom-right" />
        <RouterProvider router={router} />
      </QueryClientProvider>
    </MantineProvider>
  );
}
