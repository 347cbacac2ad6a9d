import i18next from "i18next";

/** An error as the API tells it (RFC 9457); status 0 where the server did not answer at all. */
export class Problem extends Error {
  readonly status: number;
  readonly type: string;
  readonly title: string;
  readonly detail: string;
  readonly body: Record<string, unknown>;

  constructor(status: number, body: Record<string, unknown>) {
    const title =
      typeof body.title === "string" ? body.title : i18next.t("common.problem.unexpected");
    const detail =
      typeof body.detail === "string" ? body.detail : i18next.t("common.problem.unexpectedDetail");
    super(`${title}: ${detail}`);
    this.name = "Problem";
    this.status = status;
    this.type = typeof body.type === "string" ? body.type : "about:blank";
    this.title = title;
    this.detail = detail;
    this.body = body;
  }

  static unreachable(): Problem {
    return new Problem(0, {
      title: i18next.t("common.problem.network"),
      detail: i18next.t("common.problem.networkDetail"),
    });
  }

  static from(error: unknown): Problem {
    if (error instanceof Problem) return error;
    if (error instanceof TypeError) return Problem.unreachable();
    return new Problem(500, {});
  }

  is(name: string): boolean {
    return this.type === `urn:dillo:problem:${name}`;
  }
}
