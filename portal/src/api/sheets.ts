/** How a request sends CSV: the generated types know of JSON bodies only. */
export const csvBody = (csv: string) => ({
  body: csv as never,
  bodySerializer: (text: unknown) => String(text),
  headers: { "Content-Type": "text/csv" },
});
