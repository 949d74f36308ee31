/** Just enough TOML writing for manifests: nested tables, strings, booleans, numbers and arrays. */

/** Renders a table; keys whose value is `undefined` are left out. */
export function toToml(table: Readonly<Record<string, unknown>>, path: readonly string[] = []): string {
  const entries = Object.entries(table).filter(([, value]) => value !== undefined);
  const own = entries
    .filter(([, value]) => !isTable(value))
    .map(([name, value]) => `${key(name)} = ${inline(value)}\n`);
  const below = entries.flatMap(([name, value]) => (isTable(value) ? [toToml(value, [...path, name])] : []));
  const title =
    path.length > 0 && (own.length > 0 || below.length === 0) ? `[${path.map(key).join('.')}]\n` : '';
  return [title + own.join(''), ...below].filter((part) => part !== '').join('\n');
}

/** JSON's strings and arrays are TOML's too, once the one control character TOML refuses raw is escaped. */
function inline(value: unknown): string {
  return JSON.stringify(value).replaceAll('\x7f', '\\u007f');
}

function key(name: string): string {
  return /^[A-Za-z0-9_-]+$/.test(name) ? name : JSON.stringify(name);
}

function isTable(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
