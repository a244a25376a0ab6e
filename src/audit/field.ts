/** A field deep in plain JSON; undefined where the way ends early. The caller names the type that the schema gives the field. */
export function field<T>(object: unknown, ...path: string[]): T | undefined {
  let value = object;
  for (const key of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) { return undefined; }
    value = (value as { [key: string]: unknown })[key];
  }
  return (value ?? undefined) as T | undefined;
}
