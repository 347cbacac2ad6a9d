import type { BehaviorNode, Json, JsonObject } from "./document";

const text = (value: Json | undefined) => (typeof value === "string" ? value : "");

const listed = (value: Json | undefined) =>
  Array.isArray(value) ? value.map(String).join(", ") : text(value);

const lastPart = (url: string) => url.split("/").filter(Boolean).at(-1) ?? url;

function announced(fields: JsonObject | undefined): string {
  if (!fields) return "";
  if (typeof fields.Text === "string") return fields.Text ? `“${fields.Text}”` : "";
  if (typeof fields.Url === "string") return `♪ ${lastPart(fields.Url)}`;
  return fields.PromptId ? "♪" : "";
}

function condition(fields: JsonObject): string {
  const parts: string[] = [];
  if (fields.Variable) parts.push(`${text(fields.Variable)} = ${listed(fields.Equals)}`);
  if (fields.Digits) parts.push(`${text(fields.Digits)} = ${listed(fields.Equals)}`);
  if (fields.Caller) parts.push(listed(fields.Caller));
  if (fields.CallerPrefix) parts.push(`${listed(fields.CallerPrefix)}…`);
  if (fields.Weekdays) parts.push(weekdays(fields.Weekdays));
  const time = fields.LocalTime as JsonObject | undefined;
  if (time) parts.push(`${text(time.From)}–${text(time.To)}`);
  const holiday = fields.PublicHoliday as JsonObject | undefined;
  if (holiday)
    parts.push(`☼ ${[text(holiday.Country), text(holiday.Region)].filter(Boolean).join("-")}`);
  return parts.join(" · ");
}

function weekdays(value: Json): string {
  const days = Array.isArray(value) ? value.map(String) : [text(value)];
  const short = days.map((day) => day.slice(0, 3));
  return short.length > 2 ? `${short[0]}–${short.at(-1)}` : short.join(", ");
}

/** A case of a Switch in a few words: `Mon–Fri · 09:00–17:30`. */
export function caseInWords(fields: Json | undefined): string {
  return typeof fields === "object" && fields && !Array.isArray(fields) ? condition(fields) : "";
}

/** What the caller hears at a node, or what becomes of the call there. */
export function says(node: BehaviorNode): string {
  const fields = node.ChannelBehaviorAction ?? {};
  switch (node.ActionType) {
    case "Say":
    case "Play":
      return announced(fields);
    case "Menu":
    case "Collect":
      return announced(fields.Intro as JsonObject | undefined);
    case "Pause":
      return `${fields.Seconds ?? 1} s`;
    case "Record":
      return [text(fields.StorageKey), `≤ ${fields.MaxLength ?? 120} s`]
        .filter(Boolean)
        .join(" · ");
    case "Dial":
      return listed(fields.To);
    case "External":
    case "Stream":
      return text(fields.Url);
    case "Set":
      return fields.Name ? `${text(fields.Name)} = ${text(fields.Value)}` : "";
    case "Hangup":
    case "Reject":
      return text(fields.Cause);
    default:
      return "";
  }
}
