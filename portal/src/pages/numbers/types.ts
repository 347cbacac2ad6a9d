import type { TFunction } from "i18next";

/** The kinds of numbers that have a name of their own. */
export const TYPES = ["local", "national", "mobile", "toll-free"] as const;

const isKnown = (type: string): type is (typeof TYPES)[number] =>
  TYPES.some((known) => known === type);

export const typeName = (t: TFunction, type: string): string =>
  isKnown(type) ? t(`numbers.types.${type}`) : type;
