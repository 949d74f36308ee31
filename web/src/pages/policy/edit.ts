/**
 * The text of a policy with a setting changed: in its line where there is one, else below its section, else at the end.
 * All else stays as it is, comments too. `value` is TOML; absent: the setting is taken out, and its default counts.
 */
export function withSetting(text: string, section: string, key: string, value: string | undefined): string {
  const lines = text === '' ? [] : text.split('\n');
  const header = lines.findIndex((line) => isHeader(line, section));
  const written = value === undefined ? [] : [`${key} = ${value}`];
  if (header === -1) {
    if (value === undefined) return text;
    const before = text === '' || text.endsWith('\n') ? text : `${text}\n`;
    return `${before}${before === '' ? '' : '\n'}[${section}]\n${written.join('\n')}\n`;
  }
  const next = lines.findIndex(
    (line, at) => at > header && /^\s*\[/.test(line) && !isInside(lines, header, at),
  );
  const end = next === -1 ? lines.length : next;
  const from = lines.findIndex((line, at) => at > header && at < end && keyOf(line) === key);
  if (from === -1) return lines.toSpliced(header + 1, 0, ...written).join('\n');
  const rest = lines.slice(from, end);
  return lines.toSpliced(from, lengthOf(rest), ...written).join('\n');
}

function isHeader(line: string, section: string): boolean {
  return new RegExp(`^\\s*\\[\\s*"?${section.replaceAll(/[^\w-]/g, '\\$&')}"?\\s*\\]\\s*(#.*)?$`).test(line);
}

function keyOf(line: string): string | undefined {
  const [, bare, quoted] = /^\s*(?:([\w-]+)|"([^"]*)")\s*=/.exec(line) ?? [];
  return bare ?? quoted;
}

/** Whether a line stands inside of a value that began above it, as the items of a list do. */
function isInside(lines: readonly string[], header: number, at: number): boolean {
  for (let from = header + 1; from < at; ) {
    const length = keyOf(lines[from] ?? '') === undefined ? 1 : lengthOf(lines.slice(from));
    if (from + length > at) return true;
    from += length;
  }
  return false;
}

/** Lines that the value takes which begins in the first of them. */
function lengthOf(lines: readonly string[]): number {
  let depth = 0;
  let quote = '';
  for (const [at, line] of lines.entries()) {
    const start = at === 0 ? line.indexOf('=') + 1 : 0;
    for (let i = start; i < line.length; i++) {
      const three = line.slice(i, i + 3);
      const sign = line[i] ?? '';
      if (quote !== '') {
        if (quote.startsWith('"') && sign === '\\') i++;
        else if (line.startsWith(quote, i)) {
          i += quote.length - 1;
          quote = '';
        }
      } else if (three === '"""' || three === "'''") {
        quote = three;
        i += 2;
      } else if (sign === '"' || sign === "'") quote = sign;
      else if (sign === '#') break;
      else if (sign === '[' || sign === '{') depth++;
      else if (sign === ']' || sign === '}') depth--;
    }
    if (quote.length === 1) quote = '';
    if (depth <= 0 && quote === '') return at + 1;
  }
  return lines.length;
}
