import { useEffect, useRef } from "react";

/** Takes the focus while the component is there, and gives it back. */
export function useHeldFocus<Element extends HTMLElement>() {
  const held = useRef<Element>(null);
  useEffect(() => {
    const before = document.activeElement;
    held.current?.focus();
    return () => {
      if (before instanceof HTMLElement) before.focus();
    };
  }, []);
  return held;
}
