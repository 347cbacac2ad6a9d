import { queryOptions } from "@tanstack/react-query";
import { Problem } from "./problem";

export interface Operation {
  method: string;
  path: string;
  tag: string;
  summary: string;
  description?: string;
}

interface OperationObject {
  tags?: string[];
  summary?: string;
  description?: string;
}

interface Document {
  paths: Record<string, Record<string, OperationObject>>;
}

export async function askJson<T>(path: string): Promise<T> {
  const response = await fetch(path).catch(() => {
    throw Problem.unreachable();
  });
  if (!response.ok) throw new Problem(response.status, await response.json().catch(() => ({})));
  return response.json();
}

function operations({ paths }: Document): Operation[] {
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      method: method.toUpperCase(),
      path,
      tag: operation.tags?.[0] ?? "Other",
      summary: operation.summary ?? "",
      description: operation.description,
    })),
  );
}

export const openapiQuery = queryOptions({
  queryKey: ["openapi"],
  queryFn: () => askJson<Document>("/openapi.json"),
  select: operations,
  staleTime: Number.POSITIVE_INFINITY,
});
