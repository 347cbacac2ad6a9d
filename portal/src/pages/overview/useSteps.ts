import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { applicationsQuery } from "@/api/applications";
import { callsQuery } from "@/api/calls";
import { numbersQuery } from "@/api/numbers";
import { doneSteps, STEPS, type Step } from "./steps";

export interface Way {
  done: Set<Step>;
  isDone: boolean;
  /** What to do now. */
  next: Step | undefined;
  /** A number that can be called. */
  callable: string | undefined;
}

/** How far a newcomer is, from what there really is. */
export function useSteps() {
  const numbers = useQuery(numbersQuery);
  const applications = useQuery(applicationsQuery);
  const calls = useInfiniteQuery(callsQuery({}));
  const queries = [numbers, applications, calls];
  return {
    data: wayOf(),
    error: queries.find((query) => query.error)?.error ?? null,
    isPending: queries.some((query) => query.isPending),
    refetch: () => Promise.all(queries.map((query) => query.refetch())),
  };

  function wayOf(): Way | undefined {
    if (!numbers.data || !applications.data || !calls.data) return undefined;
    const done = doneSteps({
      numbers: numbers.data,
      applications: applications.data,
      hasCall: (calls.data.pages[0]?.items.length ?? 0) > 0,
    });
    return {
      done,
      isDone: done.size === STEPS.length,
      next: STEPS.find((step) => !done.has(step)),
      callable: numbers.data.find((each) => each.primary_application_id !== null)?.number,
    };
  }
}
