/** What can go wrong between a person and the platform; each has its words in the catalogue. */
export type TroubleKind =
  | "insecure"
  | "denied"
  | "noMicrophone"
  | "microphoneBusy"
  | "noWay"
  | "lost"
  | "broken";

export class Trouble extends Error {
  constructor(readonly kind: TroubleKind) {
    super(kind);
    this.name = "Trouble";
  }
}

const KINDS: Record<string, TroubleKind> = {
  NotAllowedError: "denied",
  SecurityError: "denied",
  NotFoundError: "noMicrophone",
  OverconstrainedError: "noMicrophone",
  NotReadableError: "microphoneBusy",
  AbortError: "microphoneBusy",
};

/** Why the browser gave no microphone. */
export function microphoneTrouble(error: unknown): Trouble {
  if (error instanceof Trouble) return error;
  return new Trouble((error instanceof Error ? KINDS[error.name] : undefined) ?? "broken");
}
