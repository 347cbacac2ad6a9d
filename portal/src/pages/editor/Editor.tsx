import { useDebouncedValue, useHotkeys } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useCallback, useEffect, useMemo, useState } from "react";
import { type Application, checkQuery, type Scenario } from "@/api/applications";
import { useSession } from "@/api/session";
import type { Path } from "@/behavior/document";
import type { Draft } from "@/behavior/history";
import type { BehaviorSchema } from "@/behavior/schema";
import { useSchemaText } from "@/i18n/schemaTexts";
import { AddNodeModal } from "./AddNodeModal";
import { CallPanel } from "./CallPanel";
import { Canvas, type Spot } from "./canvas/Canvas";
import { NO_HIGHLIGHT } from "./canvas/graph";
import classes from "./Editor.module.css";
import { EditorMenu } from "./EditorMenu";
import { ProblemList } from "./ProblemList";
import { PublishModal } from "./PublishModal";
import { PanelContext } from "./panel/context";
import { Panel } from "./panel/Panel";
import { highlightOf } from "./path";
import { byNode, NO_PROBLEMS } from "./problems";
import { SavingState } from "./SavingState";
import { TestsPanel } from "./TestsPanel";
import { Toolbar } from "./Toolbar";
import { useDraft } from "./useDraft";
import { useFollowedCall } from "./useFollowedCall";
import { useSaving } from "./useSaving";
import { VersionsPanel } from "./VersionsPanel";

const CHECK_AFTER_MS = 350;

interface EditorProps {
  application: Application;
  schema: BehaviorSchema;
  first: Draft;
}

interface Wanted {
  spot: Spot;
  from?: { number: string; path: Path };
}

/** The editor: graph, panel, and what is known of the draft, kept together. */
export function Editor({ application, schema, first }: EditorProps) {
  const isReadOnly = !useSession().can("developer");
  const { draft, canUndo, canRedo, actions } = useDraft(first, schema);
  const saving = useSaving(application.id, draft, isReadOnly);
  const { node: selected = null, panel = null } = useSearch({
    from: "/shell/voice/applications/$id",
  });
  const navigate = useNavigate({ from: "/voice/applications/$id" });
  const translate = useSchemaText();
  const [wanted, setWanted] = useState<Wanted | null>(null);
  const [isPublishing, setPublishing] = useState(false);
  const [scenario, setScenario] = useState<Scenario | null>(null);
  const [isCalling, setCalling] = useState(false);
  const {
    highlight: followed,
    follow,
    press,
  } = useFollowedCall(application.id, draft.behavior, schema);
  const [settled] = useDebouncedValue(draft.behavior, CHECK_AFTER_MS);
  const check = useQuery(checkQuery(settled));
  const problems = check.data?.problems ?? NO_PROBLEMS;

  const select = useCallback(
    (node: string | null) =>
      navigate({
        search: (before) => ({ ...before, node: node ?? undefined, panel: undefined }),
        replace: true,
      }),
    [navigate],
  );
  const open = (name: "tests" | "versions" | "problems" | undefined) =>
    navigate({ search: { panel: panel === name ? undefined : name }, replace: true });

  const scene = useMemo(
    () => ({
      draft,
      schema,
      problems: byNode(problems),
      selected,
      highlight:
        followed ?? (scenario ? highlightOf(scenario, draft.behavior, schema) : NO_HIGHLIGHT),
      translate,
    }),
    [draft, schema, problems, selected, followed, scenario, translate],
  );

  const wantNode = () => {
    const place = draft.layout[selected ?? "0"] ?? { x: 0, y: 0 };
    setWanted({ spot: { x: place.x + 340, y: place.y + 40 } });
  };
  useHotkeys([
    ["mod+Z", actions.undo],
    ["mod+shift+Z", actions.redo],
    ["mod+Y", actions.redo],
    ["A", wantNode],
    ["mod+D", () => selected && actions.copy(selected)],
    ["Escape", () => select(null)],
  ]);
  useEffect(() => {
    document.title = `${application.name} · Dillo`;
  }, [application.name]);

  return (
    <div className={classes.editor}>
      <Toolbar
        name={application.name}
        saved={<SavingState saving={saving} />}
        problems={problems}
        canUndo={canUndo}
        canRedo={canRedo}
        isReadOnly={isReadOnly}
        onUndo={actions.undo}
        onRedo={actions.redo}
        onAdd={wantNode}
        onArrange={actions.arrange}
        onProblems={() => open("problems")}
        onTests={() => open("tests")}
        onVersions={() => open("versions")}
        onPublish={() => setPublishing(true)}
        onCall={() => {
          select(null);
          setCalling(true);
        }}
        more={
          <EditorMenu
            application={application}
            draft={draft}
            schema={schema}
            onReplace={actions.replace}
          />
        }
      />
      <div className={classes.work}>
        <div className={classes.canvas}>
          <Canvas
            scene={scene}
            actions={actions}
            isReadOnly={isReadOnly}
            onSelect={select}
            onWanted={(spot, from) => setWanted({ spot, from })}
          />
        </div>
        {isCalling ? (
          <aside className={classes.call}>
            <CallPanel
              application={application}
              saveDraft={saving.saveNow}
              onClose={() => setCalling(false)}
              onCall={follow}
              onKey={press}
            />
          </aside>
        ) : null}
        {selected !== null && selected in draft.behavior.ChannelBehaviorNodes ? (
          <aside className={classes.side}>
            <PanelContext
              value={{
                behavior: draft.behavior,
                schema,
                number: selected,
                problems: scene.problems.get(selected) ?? NO_PROBLEMS,
                set: (path, value) => actions.set(selected, path, value),
                onSelect: select,
                isReadOnly,
              }}
            >
              <Panel
                onClose={() => select(null)}
                onCopy={() => actions.copy(selected)}
                onRemove={() => {
                  actions.remove([selected]);
                  select(null);
                }}
              />
            </PanelContext>
          </aside>
        ) : panel === "problems" ? (
          <aside className={classes.side}>
            <ProblemList problems={problems} onSelect={select} onClose={() => open(undefined)} />
          </aside>
        ) : panel === "tests" ? (
          <aside className={classes.side}>
            <TestsPanel
              application={application}
              behavior={draft.behavior}
              isReadOnly={isReadOnly}
              shown={scenario}
              onShow={setScenario}
              onClose={() => open(undefined)}
            />
          </aside>
        ) : panel === "versions" ? (
          <aside className={classes.side}>
            <VersionsPanel
              application={application}
              isReadOnly={isReadOnly}
              onClose={() => open(undefined)}
            />
          </aside>
        ) : null}
      </div>
      <AddNodeModal
        schema={schema}
        opened={wanted !== null}
        onClose={() => setWanted(null)}
        onChoose={(kind) => {
          if (wanted) actions.add(kind, wanted.spot, wanted.from);
          setWanted(null);
        }}
      />
      <PublishModal
        application={application}
        draft={draft}
        opened={isPublishing}
        onClose={() => setPublishing(false)}
      />
    </div>
  );
}
