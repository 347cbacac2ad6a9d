/** What a function makes of some names, made once: a format takes far longer to make than to use. */
export function madeOnce<T>(make: (...names: string[]) => T): (...names: string[]) => T {
  const made = new Map<string, T>();
  return (...names) => {
    const key = names.join(" ");
    const known = made.get(key) ?? make(...names);
    made.set(key, known);
    return known;
  };
}
