import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { ReactFlowProvider } from "@xyflow/react";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import {
  applicationQuery,
  behaviorSchemaQuery,
  type DraftDocument,
  draftQuery,
} from "@/api/applications";
import { type Behavior, type Layout, readBehavior } from "@/behavior/document";
import { completeLayout } from "@/behavior/layout";
import type { BehaviorSchema } from "@/behavior/schema";
import { ErrorState, Loaded, Page, RowsSkeleton } from "@/ui";
import { Editor } from "./Editor";

const HELLO: Behavior = {
  ChannelBehaviorNodes: {
    "0": { ActionType: "Say", ChannelBehaviorAction: { Text: "Hello." } },
  },
};

/** What was saved, if it can be drawn; an application that has nothing yet begins with a greeting. */
function openDraft(document: DraftDocument, schema: BehaviorSchema) {
  const isNew = Object.keys(document.behavior).length === 0;
  const behavior = isNew ? HELLO : readBehavior(document.behavior);
  const layout = completeLayout(behavior, schema, document.layout as Layout | null);
  return { behavior, layout };
}

export function EditorPage() {
  const { id } = useParams({ from: "/shell/voice/applications/$id" });
  const application = useQuery(applicationQuery(id));
  const draft = useQuery(draftQuery(id));
  const schema = useQuery(behaviorSchemaQuery);
  const error = application.error ?? draft.error ?? schema.error;
  const all =
    application.data && draft.data && schema.data
      ? { application: application.data, draft: draft.data, schema: schema.data }
      : undefined;
  const query = {
    data: all,
    error,
    isPending: !all && !error,
    refetch: () => Promise.all([application.refetch(), draft.refetch(), schema.refetch()]),
  };
  const { t } = useTranslation();
  if (!all) {
    return (
      <Page title={application.data?.name ?? t("shell.pages.editor")} isWide>
        <Loaded query={query as never} skeleton={<RowsSkeleton rows={1} height={480} />}>
          {() => null}
        </Loaded>
      </Page>
    );
  }
  return <OpenedEditor key={id} {...all} />;
}

type OpenedProps = Pick<Parameters<typeof Editor>[0], "application" | "schema"> & {
  draft: DraftDocument;
};

function OpenedEditor({ application, draft, schema }: OpenedProps) {
  const { t } = useTranslation();
  const first = useMemo(() => {
    try {
      return openDraft(draft, schema);
    } catch {
      return null;
    }
  }, [draft, schema]);
  if (!first) {
    return (
      <Page title={application.name}>
        <ErrorState error={new Error(t("editor.cannotDraw"))} />
      </Page>
    );
  }
  return (
    <ReactFlowProvider>
      <Editor application={application} schema={schema} first={first} />
    </ReactFlowProvider>
  );
}
