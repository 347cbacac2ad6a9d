import { describe, expect, it } from "vitest";
import { type Behavior, readBehavior, withValueAt } from "./document";
import { addNode, connect, copyNode, removeNodes, setCallback, setField } from "./edit";
import { begin, step } from "./history";
import { autoLayout, completeLayout } from "./layout";
import { says } from "./says";
import { actionTypes, type BehaviorSchema, portsOf } from "./schema";
import fixture from "./schema.fixture.json";

const schema = fixture as unknown as BehaviorSchema;

const MENU: Behavior = {
  ChannelBehaviorNodes: {
    "0": {
      ActionType: "Menu",
      ChannelBehaviorAction: {
        Intro: { Text: "For sales press 1." },
        Digits: { "1": { NextNode: 1 }, "2": {} },
        NoDigitNextNode: 2,
      },
      NextNode: 2,
    },
    "1": { ActionType: "Dial", ChannelBehaviorAction: { To: ["+442079460123"] }, NextNode: 2 },
    "2": { ActionType: "Hangup" },
  },
};

const port = (behavior: Behavior, number: string, id: string) => {
  const node = behavior.ChannelBehaviorNodes[number];
  const found = node && portsOf(schema, node).find((each) => each.id === id);
  if (!found) throw new Error(`no port ${id}`);
  return found;
};

describe("ports", () => {
  it("are read off the schema", () => {
    const node = MENU.ChannelBehaviorNodes["0"];
    const ports = node ? portsOf(schema, node) : [];
    expect(ports.map(({ label, kind, target }) => [label, kind, target])).toEqual([
      ["1", "key", "1"],
      ["2", "key", null],
      ["Then", "next", "2"],
      ["No key", "failure", "2"],
      ["Wrong key", "failure", null],
    ]);
  });

  it("are none where the call ends", () => {
    expect(portsOf(schema, { ActionType: "Hangup" })).toEqual([]);
  });

  it("lead somewhere else when connected, and nowhere when cut", () => {
    const key = port(MENU, "0", "ChannelBehaviorAction.Digits.2.NextNode");
    const connected = connect(MENU, "0", key, "1");
    expect(port(connected, "0", key.id).target).toBe("1");
    const cut = connect(connected, "0", key, null);
    expect(cut).toEqual(MENU);
  });
});

describe("changes", () => {
  it("never touch what was there", () => {
    const before = structuredClone(MENU);
    setField(MENU, "0", ["ChannelBehaviorAction", "Intro", "Text"], "Hello");
    removeNodes(MENU, schema, ["2"]);
    expect(MENU).toEqual(before);
  });

  it("remove a node with all that lead to it", () => {
    const { "0": menu, "1": dial } = removeNodes(MENU, schema, ["2"]).ChannelBehaviorNodes;
    expect(menu?.NextNode).toBeUndefined();
    expect(menu?.ChannelBehaviorAction?.NoDigitNextNode).toBeUndefined();
    expect(dial?.NextNode).toBeUndefined();
  });

  it("keep node 0", () => {
    expect(removeNodes(MENU, schema, ["0"])).toBe(MENU);
  });

  it("add nodes of every kind with numbers of their own", () => {
    for (const kind of actionTypes(schema)) {
      const [changed, number] = addNode(MENU, schema, kind);
      expect(number).toBe("3");
      expect(changed.ChannelBehaviorNodes["3"]?.ActionType).toBe(kind);
    }
    expect(copyNode(MENU, "1")[0].ChannelBehaviorNodes["3"]).toEqual(
      MENU.ChannelBehaviorNodes["1"],
    );
  });

  it("reach into lists", () => {
    expect(withValueAt({ a: [1, 2, 3] }, ["a", 1], undefined)).toEqual({ a: [1, 3] });
    expect(withValueAt({ a: [1] }, ["a", 1], 5)).toEqual({ a: [1, 5] });
  });
});

describe("callbacks", () => {
  it("are told to an address, or to nobody", () => {
    const told = setCallback(MENU, "https://example.com/calls", "GET");
    expect(told).toMatchObject({
      StatusCallbackUrl: "https://example.com/calls",
      StatusCallbackMethod: "GET",
    });
    expect(setCallback(told, "", null)).toEqual(MENU);
  });
});

describe("history", () => {
  const draft = (text: string) => ({
    behavior: setField(MENU, "0", ["ChannelBehaviorAction", "Intro", "Text"], text),
    layout: {},
  });

  it("goes back and forth", () => {
    let history = begin(draft("a"));
    history = step(history, { type: "change", draft: draft("b") });
    history = step(history, { type: "change", draft: draft("c") });
    history = step(history, { type: "undo" });
    expect(history.present).toEqual(draft("b"));
    expect(step(history, { type: "redo" }).present).toEqual(draft("c"));
    history = step(history, { type: "change", draft: draft("d") });
    expect(history.future).toEqual([]);
  });

  it("undoes what was typed in one field at once", () => {
    let history = begin(draft(""));
    for (const text of ["H", "He", "Hel"]) {
      history = step(history, { type: "change", draft: draft(text), subject: "0.Text" });
    }
    expect(step(history, { type: "undo" }).present).toEqual(draft(""));
  });
});

describe("layout", () => {
  it("reads from left to right and overlaps nothing", () => {
    const places = autoLayout(MENU, schema);
    expect(places["0"]?.x).toBeLessThan(places["1"]?.x ?? 0);
    expect(places["1"]?.x).toBeLessThan(places["2"]?.x ?? 0);
  });

  it("leaves what was placed by hand", () => {
    const stored = { "0": { x: 5, y: 7 }, "1": { x: 9, y: 9 } };
    expect(completeLayout(MENU, schema, stored)).toMatchObject(stored);
  });
});

describe("cards", () => {
  it("say what the caller hears", () => {
    const [menu, dial] = [MENU.ChannelBehaviorNodes["0"], MENU.ChannelBehaviorNodes["1"]];
    expect(menu && says(menu)).toBe("“For sales press 1.”");
    expect(dial && says(dial)).toBe("+442079460123");
  });
});

it("refuses what cannot be drawn", () => {
  expect(() => readBehavior([])).toThrow();
  expect(() => readBehavior({ ChannelBehaviorNodes: { "0": {} } })).toThrow("node 0");
  expect(readBehavior(MENU)).toBe(MENU);
});
