/** A value as a policy has it. */
export function tomlOf(value: unknown): string {
  if (value === null || value === undefined) return 'not set';
  if (Array.isArray(value)) return `[${value.map(tomlOf).join(', ')}]`;
  if (typeof value === 'object') {
    const pairs = Object.entries(value).map(([key, one]) => `${keyOf(key)} = ${tomlOf(one)}`);
    return pairs.length === 0 ? '{}' : `{ ${pairs.join(', ')} }`;
  }
  return JSON.stringify(value);
}

function keyOf(key: string): string {
  return /^[A-Za-z0-9_-]+$/.test(key) ? key : JSON.stringify(key);
}

/** What was typed, as TOML: a text that nobody quoted is quoted where the setting's value is one. */
export function writtenAs(typed: string, like: unknown): string {
  const value = typed.trim();
  return typeof like === 'string' && !/^["']/.test(value) ? JSON.stringify(value) : value;
}
