import { useDebouncedValue, useHotkeys } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useCallback, useDeferredValue, useEffect, useMemo, useState } from "react";
import { type Application, checkQuery, type Scenario } from "@/api/applications";
import { useSession } from "@/api/session";
import type { PanelName } from "@/app/search";
import type { Json, Path } from "@/behavior/document";
import type { Draft } from "@/behavior/history";
import type { BehaviorSchema } from "@/behavior/schema";
import { useSchemaText } from "@/i18n/schemaTexts";
import { AddNodeModal } from "./AddNodeModal";
import { CallbackPanel } from "./CallbackPanel";
import { CallPanel } from "./CallPanel";
import { Canvas, type CanvasProps, type Spot } from "./canvas/Canvas";
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

/** A node is to be added: at a spot and from a port, or else beside what is chosen. */
interface Wanted {
  spot?: Spot;
  from?: { number: string; path: Path };
}

/** The editor: graph, panel, and what is known of the draft, kept together. */
export function Editor({ application, schema, first }: EditorProps) {
  const isReadOnly = !useSession().can("developer");
  const { draft, canUndo, canRedo, actions } = useDraft(first, schema);
  // What is typed is seen at once; the graph, and all else that shows it, when there is time.
  const shown = useDeferredValue(draft);
  const { state, retry, saveNow } = useSaving(application.id, draft, isReadOnly);
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
  } = useFollowedCall(application.id, shown.behavior, schema);
  const [settled] = useDebouncedValue(shown.behavior, CHECK_AFTER_MS);
  const check = useQuery(useMemo(() => checkQuery(settled), [settled]));
  const problems = check.data?.problems ?? NO_PROBLEMS;

  const select = useCallback(
    (node: string | null) =>
      navigate({
        search: (before) => ({ ...before, node: node ?? undefined, panel: undefined }),
        replace: true,
      }),
    [navigate],
  );
  const open = useCallback(
    (name?: PanelName) =>
      navigate({
        search: (before) => ({ panel: before.panel === name ? undefined : name }),
        replace: true,
      }),
    [navigate],
  );

  const scene = useMemo(
    () => ({
      draft: shown,
      schema,
      problems: byNode(problems),
      selected,
      highlight:
        followed ?? (scenario ? highlightOf(scenario, shown.behavior, schema) : NO_HIGHLIGHT),
      translate,
    }),
    [shown, schema, problems, selected, followed, scenario, translate],
  );
  const ownProblems = (selected !== null && scene.problems.get(selected)) || NO_PROBLEMS;
  const panelState = useMemo(
    () => ({
      behavior: shown.behavior,
      schema,
      number: selected ?? "",
      problems: ownProblems,
      set: (path: Path, value: Json | undefined) =>
        selected !== null && actions.set(selected, path, value),
      onSelect: select,
      isReadOnly,
    }),
    [shown.behavior, schema, selected, ownProblems, actions, select, isReadOnly],
  );

  const wantNode = useCallback(() => setWanted({}), []);
  const wantNodeAt = useCallback<CanvasProps["onWanted"]>(
    (spot, from) => setWanted({ spot, from }),
    [],
  );
  const add = (kind: string, { spot, from }: Wanted) => {
    const { x, y } = draft.layout[selected ?? "0"] ?? { x: 0, y: 0 };
    actions.add(kind, spot ?? { x: x + 340, y: y + 40 }, from);
    setWanted(null);
  };
  const call = useCallback(() => {
    select(null);
    setCalling(true);
  }, [select]);
  const publish = useCallback(() => setPublishing(true), []);
  const saved = useMemo(() => <SavingState state={state} retry={retry} />, [state, retry]);
  const more = useMemo(
    () => (
      <EditorMenu
        application={application}
        draft={shown}
        schema={schema}
        onReplace={actions.replace}
        onCallbacks={() => open("callbacks")}
      />
    ),
    [application, shown, schema, actions, open],
  );
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

  const node = selected === null ? undefined : draft.behavior.ChannelBehaviorNodes[selected];
  return (
    <div className={classes.editor}>
      <Toolbar
        name={application.name}
        saved={saved}
        problems={problems}
        canUndo={canUndo}
        canRedo={canRedo}
        isReadOnly={isReadOnly}
        onUndo={actions.undo}
        onRedo={actions.redo}
        onAdd={wantNode}
        onArrange={actions.arrange}
        onOpen={open}
        onPublish={publish}
        onCall={call}
        more={more}
      />
      <div className={classes.work}>
        <div className={classes.canvas}>
          <Canvas
            scene={scene}
            actions={actions}
            isReadOnly={isReadOnly}
            onSelect={select}
            onWanted={wantNodeAt}
          />
        </div>
        {isCalling ? (
          <aside className={classes.call}>
            <CallPanel
              application={application}
              saveDraft={saveNow}
              onClose={() => setCalling(false)}
              onCall={follow}
              onKey={press}
            />
          </aside>
        ) : null}
        {node && selected !== null ? (
          <aside className={classes.side}>
            <PanelContext value={panelState}>
              <Panel
                node={node}
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
        ) : panel === "callbacks" ? (
          <aside className={classes.side}>
            <CallbackPanel
              behavior={draft.behavior}
              problems={problems}
              edit={actions.edit}
              isReadOnly={isReadOnly}
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
        onChoose={(kind) => wanted && add(kind, wanted)}
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
