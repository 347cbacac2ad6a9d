import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { tokenOfLink, verifyEmail } from "@/api/session";
import { Loaded, RowsSkeleton } from "@/ui";
import { AuthFrame } from "./AuthFrame";

/** Where the link of a sign-up leads: the address counts from now on. */
export function VerifyPage() {
  const { t } = useTranslation();
  const token = tokenOfLink();
  const query = useQuery({
    queryKey: ["verify", token],
    queryFn: () => verifyEmail(token),
    // A link is good once: whatever happens, it is followed once.
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
    refetchOnWindowFocus: false,
  });
  return (
    <AuthFrame title={t("auth.verify")} hint={query.data ? t("auth.verified") : undefined}>
      <Loaded query={query} skeleton={<RowsSkeleton rows={1} />}>
        {() => (
          <Button component={Link} to="/login" fullWidth>
            {t("auth.login")}
          </Button>
        )}
      </Loaded>
    </AuthFrame>
  );
}
