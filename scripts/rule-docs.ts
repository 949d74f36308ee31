/** Writes docs/rules/ from the rules themselves: `node scripts/rule-docs.ts`. A test fails when it is stale. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { Context, Rule } from '../src/policy/rule.ts';
import { rules } from '../src/policy/rules/index.ts';

const contexts: Readonly<Record<Context, string>> = {
  index: 'when an index line is about to be served',
  release: "when a release's bytes are in hand",
  change: 'when a lockfile names it',
  project: 'about files of a project',
};

/** The pages by file name. */
export function rulePages(): ReadonlyMap<string, string> {
  const pages = new Map(rules.map((rule) => [`${rule.id}.md`, page(rule)]));
  return pages.set('README.md', overview());
}

function overview(): string {
  const rows = rules.map(
    (rule) => `| [\`${rule.id}\`](${rule.id}.md) | \`[${rule.section}]\` | ${firstSentence(rule.doc)} |`,
  );
  return [
    '# Rules',
    '',
    'Every rule looks at facts and says what it finds. The strictest finding is the verdict.',
    '',
    '| rule | settings | in short |',
    '| --- | --- | --- |',
    ...rows,
    '',
  ].join('\n');
}

function page(rule: Rule): string {
  const properties = Object.entries(propertiesOf(rule.settings));
  const settings =
    properties.length === 0
      ? ['It has no settings.']
      : [
          '| key | default | meaning |',
          '| --- | --- | --- |',
          ...properties.map(([key, schema]) => row(key, schema)),
        ];
  return [
    `# \`${rule.id}\``,
    '',
    rule.doc,
    '',
    `Asked ${inWords(rule.contexts.map((context) => contexts[context]))}. Needs the facts ${rule.needs.map((need) => `\`${need}\``).join(', ')}.`,
    '',
    `## Settings: \`[${rule.section}]\``,
    '',
    ...settings,
    '',
  ].join('\n');
}

function inWords(parts: readonly string[]): string {
  return parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`;
}

interface JsonProperty {
  readonly description?: string;
  readonly default?: unknown;
  readonly items?: unknown;
}

function propertiesOf(schema: z.ZodType): Record<string, JsonProperty> {
  return (
    (z.toJSONSchema(schema, { io: 'input' }) as { properties?: Record<string, JsonProperty> }).properties ??
    {}
  );
}

function row(key: string, property: JsonProperty): string {
  const fields = (property.items as { properties?: Record<string, JsonProperty> } | undefined)?.properties;
  const entries =
    fields === undefined
      ? ''
      : ` Each entry: ${Object.entries(fields)
          .map(([name, { description }]) => `\`${name}\` (${description ?? ''})`)
          .join('; ')}.`;
  return `| \`${key}\` | \`${JSON.stringify(property.default)}\` | ${property.description ?? ''}${entries} |`;
}

function firstSentence(text: string): string {
  return /^.*?[.](?= |$)/.exec(text)?.[0] ?? text;
}

if (import.meta.main) {
  const folder = join(import.meta.dirname, '..', 'docs', 'rules');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of rulePages()) writeFileSync(join(folder, name), text);
}
