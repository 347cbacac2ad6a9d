import createClient, { type Middleware } from "openapi-fetch";
import { actingFor } from "./acting";
import { Problem } from "./problem";
import type { components, paths } from "./schema";

const CSRF_COOKIE = /(?:^|;\s*)(?:__Host-)?dillo_csrf=([^;]*)/;
const SAFE = new Set(["GET", "HEAD"]);

export type Schemas = components["schemas"];

export function csrfToken(): string {
  return CSRF_COOKIE.exec(document.cookie)?.[1] ?? "";
}

/** The headers a request of ours carries beside its cookies. */
export function ownHeaders(method: string): Record<string, string> {
  const headers: Record<string, string> = {};
  const customer = actingFor();
  if (customer) headers.CustomerCode = customer;
  if (!SAFE.has(method)) headers["X-CSRF-Token"] = csrfToken();
  return headers;
}

const middleware: Middleware = {
  onRequest({ request }) {
    for (const [name, value] of Object.entries(ownHeaders(request.method))) {
      request.headers.set(name, value);
    }
    return request;
  },
  async onResponse({ response }) {
    if (!response.ok) throw await problemOf(response);
  },
  onError: ({ error }) => Problem.from(error),
};

export async function problemOf(response: Response): Promise<Problem> {
  const body = await response.json().catch(() => ({}));
  return new Problem(response.status, body);
}

export const api = createClient<paths>({ baseUrl: window.location.origin });
api.use(middleware);

/** The body of an answer; errors have been thrown as problems before. */
export async function data<T>(answer: Promise<{ data?: T }>): Promise<T> {
  return (await answer).data as T;
}

/** Fetch what is no JSON: audio, exports. */
export async function fetchBlob(path: string, init: RequestInit = {}): Promise<Blob> {
  const headers = { ...ownHeaders(init.method ?? "GET"), ...init.headers };
  const response = await fetch(path, { ...init, headers }).catch(() => {
    throw Problem.unreachable();
  });
  if (!response.ok) throw await problemOf(response);
  return response.blob();
}
