/** The customer an operator acts for; it lasts as long as the tab. */

const KEY = "dillo.acting";

export interface Acting {
  code: string;
  name: string;
}

export function acting(): Acting | null {
  const text = sessionStorage.getItem(KEY);
  return text ? JSON.parse(text) : null;
}

export const actingFor = (): string | null => acting()?.code ?? null;

export function actFor(customer: Acting | null): void {
  if (customer) sessionStorage.setItem(KEY, JSON.stringify(customer));
  else sessionStorage.removeItem(KEY);
}
