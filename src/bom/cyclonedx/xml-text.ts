/** An element of XML: its text, or its children. */
export interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly inner: string | readonly Element[];
}

/** A child that may be absent. */
export type Piece = Element | undefined;

export function element(
  name: string,
  attributes: Readonly<Record<string, string>>,
  inner: string | readonly Piece[],
): Element {
  return {
    name,
    attributes,
    inner: typeof inner === 'string' ? inner : inner.filter((piece) => piece !== undefined),
  };
}

/** A whole document, two spaces deep. What XML 1.0 has no character for (2.2) becomes U+FFFD. */
export function xmlText(root: Element): string {
  const lines = ['<?xml version="1.0" encoding="UTF-8"?>'];
  write(root, '', lines);
  return `${lines.join('\n')}\n`;
}

function write({ name, attributes, inner }: Element, indent: string, lines: string[]): void {
  const pairs = Object.entries(attributes).map(([key, value]) => ` ${key}="${escaped(value)}"`);
  const open = `${indent}<${name}${pairs.join('')}`;
  if (typeof inner === 'string') {
    lines.push(`${open}>${escaped(inner)}</${name}>`);
    return;
  }
  if (inner.length === 0) {
    lines.push(`${open}/>`);
    return;
  }
  lines.push(`${open}>`);
  for (const child of inner) write(child, `${indent}  `, lines);
  lines.push(`${indent}</${name}>`);
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
};

function escaped(text: string): string {
  return text
    .replace(/[\t\n\r]+/g, ' ')
    .replace(/[^\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '\uFFFD')
    .replace(/[&<>"]/g, (char) => entities[char] ?? char);
}
