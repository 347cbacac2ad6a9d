import i18next from "i18next";
import { initReactI18next } from "react-i18next";
import { en } from "@/i18n/en";

export const LANGUAGES = { en: "English", it: "Italiano" } as const;
export type Language = keyof typeof LANGUAGES;

const CHOSEN = "dillo.language";

declare module "i18next" {
  interface CustomTypeOptions {
    resources: { translation: typeof en };
    returnNull: false;
  }
}

function isLanguage(name: string | null | undefined): name is Language {
  return name != null && name in LANGUAGES;
}

/** The language chosen before, else the browser's first that there is a catalogue for. */
function firstLanguage(): Language {
  const chosen = localStorage.getItem(CHOSEN);
  if (isLanguage(chosen)) return chosen;
  return navigator.languages.map((tag) => tag.slice(0, 2)).find(isLanguage) ?? "en";
}

async function loadCatalogue(language: Language): Promise<void> {
  if (language === "it" && !i18next.hasResourceBundle("it", "translation")) {
    const { it, itSchema } = await import("@/i18n/it");
    i18next.addResourceBundle("it", "translation", it);
    i18next.addResourceBundle("it", "schema", itSchema);
  }
}

export async function startTranslations(): Promise<void> {
  await i18next.use(initReactI18next).init({
    lng: "en",
    fallbackLng: "en",
    resources: { en: { translation: en } },
    interpolation: { escapeValue: false },
  });
  await switchLanguage(firstLanguage(), false);
}

async function switchLanguage(language: Language, isChoice: boolean): Promise<void> {
  await loadCatalogue(language);
  await i18next.changeLanguage(language);
  document.documentElement.lang = language;
  if (isChoice) localStorage.setItem(CHOSEN, language);
}

export const chooseLanguage = (language: Language) => switchLanguage(language, true);

export function currentLanguage(): Language {
  return isLanguage(i18next.language) ? i18next.language : "en";
}
