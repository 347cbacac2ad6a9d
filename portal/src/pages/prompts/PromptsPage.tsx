import { Button, FileButton, Stack, Text } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { AudioLines, Upload } from "lucide-react";
import { type DragEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { promptPagesQuery } from "@/api/prompts";
import { useSession } from "@/api/session";
import { EmptyState, ErrorState, Loaded, MoreButton, Page } from "@/ui";
import classes from "./Prompts.module.css";
import { PromptTable } from "./PromptTable";
import { useUpload } from "./useUpload";

const ACCEPTED = "audio/*,.wav,.mp3,.ogg,.flac";

/** Audio that applications play: brought in, heard, named, and thrown away where nothing plays it. */
export function PromptsPage() {
  const { t } = useTranslation();
  const query = useInfiniteQuery(promptPagesQuery);
  const canChange = useSession().can("developer");
  const upload = useUpload();
  const [isOver, setOver] = useState(false);
  const add = canChange ? (
    <FileButton multiple accept={ACCEPTED} onChange={upload.mutate}>
      {(props) => (
        <Button
          leftSection={<Upload size={16} aria-hidden />}
          loading={upload.isPending}
          {...props}
        >
          {t("prompts.upload")}
        </Button>
      )}
    </FileButton>
  ) : null;
  const take = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    upload.mutate([...event.dataTransfer.files]);
  };
  const zone = canChange
    ? {
        onDragOver: (event: DragEvent) => {
          event.preventDefault();
          setOver(true);
        },
        onDragLeave: () => setOver(false),
        onDrop: take,
      }
    : {};
  return (
    <Page title={t("shell.pages.prompts")} description={t("prompts.hint")} actions={add}>
      <div className={classes.zone} data-over={isOver || undefined} {...zone}>
        <Stack>
          {upload.error ? <ErrorState error={upload.error} /> : null}
          <Loaded
            query={query}
            isEmpty={({ pages }) => pages[0]?.items.length === 0}
            empty={
              <EmptyState
                icon={AudioLines}
                text={t("prompts.empty")}
                action={
                  add ? (
                    <>
                      {add}
                      <Text size="xs" c="dimmed">
                        {t("prompts.drop")}
                      </Text>
                    </>
                  ) : null
                }
              />
            }
          >
            {({ pages }) => (
              <PromptTable prompts={pages.flatMap((page) => page.items)} canChange={canChange} />
            )}
          </Loaded>
          <MoreButton query={query} />
        </Stack>
      </div>
    </Page>
  );
}
