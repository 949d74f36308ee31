import { isAllowed } from '../../inventory/verdict.ts';
import {
  type AddedJson,
  type ArtefactJson,
  addedSchema,
  artefactDiffSchema,
  artefactReportSchema,
  artefactsSchema,
  type ComponentJson,
  type ComponentsJson,
  componentsSchema,
} from '../../server/artefact-contract.ts';
import { findServer, type ServerOptions } from '../shared/address.ts';
import { ask, queryText } from '../shared/api.ts';
import { installedLine } from '../shared/installed.ts';
import { type Columns, type ListOptions, noteNext, printList } from '../shared/list.ts';
import { type Cell, table } from '../shared/table.ts';
import { note, paint, print, printable } from '../shared/terminal.ts';
import { sayTime } from '../shared/when.ts';
import { PartsSender } from './parts-sender.ts';
import { readArtefacts, type Told } from './read-artefact.ts';
import { trustCell, verdictCell, vouchedFacts } from './vouched.ts';

export interface InventoryOptions extends ServerOptions {
  readonly format: 'text' | 'json';
}

export interface AddOptions extends InventoryOptions, Told {}

export interface ArtefactOptions extends ListOptions {
  readonly name?: string;
  readonly project?: string;
  readonly target?: string;
  readonly commit?: string;
  readonly trust?: string;
  readonly verdict?: string;
  readonly refused?: boolean;
  readonly partlyKnown?: boolean;
  readonly crate?: string;
}

export interface PageOptions extends InventoryOptions {
  readonly limit?: number;
  readonly after?: string;
}

/** Adds what the paths hold, one after another. */
export async function addArtefacts(paths: readonly string[], options: AddOptions): Promise<void> {
  const server = await findServer(options);
  const added: unknown[] = [];
  for (const path of paths)
    for (const { parts, ...statement } of await readArtefacts(path, options, () =>
      PartsSender.begin(server),
    )) {
      const { components: _, roots: __, bundles, ...head } = statement;
      const request = { method: 'POST', path: '/api/v1/artefacts', body: statement, acts: true } as const;
      const { value, json } =
        parts === undefined
          ? await ask(server, { ...request, patience: 300_000 }, addedSchema)
          : await parts.end(head, bundles);
      added.push(json);
      if (options.format === 'text') printAdded(value);
    }
  if (options.format === 'json') print(JSON.stringify({ added }, null, 2));
}

const outcomes = { added: 'Added', known: 'Known already', extended: 'More is known now' } as const;

function printAdded({ outcome, artefact, components, unverified }: AddedJson): void {
  const { verdict } = artefact;
  print(`${outcomes[outcome]}: ${artefactLine(artefact)}`);
  if (unverified !== null) print(paint('yellow', `  its signatures do not count: ${printable(unverified)}`));
  print(`  ${components} components${basis[artefact.trust]}`);
  if (verdict !== null && !isAllowed(verdict.word))
    print(
      paint(
        'yellow',
        `  its verdict is not to let it in: ${verdict.word}${verdict.signed ? '' : ' (unsigned)'}`,
      ),
    );
  print(`  safeguard inventory show ${artefact.id.slice(0, 12)}`);
}

const basis = {
  signed: ', signed by whom this server goes by',
  unsigned: ', unsigned: on the word of the list alone',
  recovered: ' recovered from traces in it; there may be more that left none',
} as const;

/** Lists artefacts, the newest first. */
export async function listArtefacts({
  name,
  project,
  target,
  commit,
  trust,
  verdict,
  refused,
  partlyKnown,
  crate,
  ...options
}: ArtefactOptions): Promise<void> {
  const [wanted, version] = splitCrate(crate);
  const of = { name, project, target, commit, trust, verdict, crate: wanted, version };
  await printList(options, {
    path: '/api/v1/artefacts',
    query: { ...of, refused: yes(refused), 'partly-known': yes(partlyKnown) },
    schema: artefactsSchema,
    entries: ({ artefacts }) => artefacts,
    count: ({ count }) => count,
    none: 'No artefacts of that kind. `safeguard inventory add` takes binaries and SBOMs in.',
    columns: artefactColumns,
    show: (artefacts, { trusts }) => {
      for (const line of table(artefactHead, artefacts.map(artefactRow))) print(line);
      const { signed, unsigned, recovered } = trusts;
      note(`${signed} signed, ${unsigned} unsigned, ${recovered} recovered from traces.`);
    },
  });
}

function yes(flag: boolean | undefined): 'yes' | undefined {
  return flag === true ? 'yes' : undefined;
}

const artefactColumns: Columns<ArtefactJson> = {
  id: ({ id }) => id,
  name: ({ name }) => name,
  version: ({ version }) => version,
  target: ({ target }) => target,
  project: ({ project }) => project,
  commit: ({ commit }) => commit,
  built: ({ built }) => built,
  trust: ({ trust }) => trust,
  verdict: ({ verdict }) => verdict?.word ?? null,
  'verdict-signed': ({ verdict }) => (verdict === null ? null : verdict.signed ? 'yes' : 'no'),
  'verdict-policy': ({ verdict }) => verdict?.policy ?? null,
  refused: ({ refused }) => refused.length,
  completeness: ({ completeness }) => completeness,
  'build-id': ({ buildId }) => buildId,
  size: ({ size }) => size,
  added: ({ added }) => added,
  by: ({ by }) => by,
};

const artefactHead = ['ID', 'NAME', 'TARGET', 'TRUST', 'VERDICT', 'ADDED', 'COMMIT'];

function artefactRow(artefact: ArtefactJson): readonly Cell[] {
  const { id, name, target, added, commit } = artefact;
  return [
    id.slice(0, 12),
    printable(name),
    target === null ? '-' : printable(target),
    trustCell(artefact),
    verdictCell(artefact),
    sayTime(added),
    commit === null ? '-' : printable(commit.slice(0, 12)),
  ];
}

/** Shows an artefact, and a page of what it is made of. */
export async function showArtefact(id: string, options: PageOptions): Promise<void> {
  const server = await findServer(options);
  const { after, limit } = options;
  const path = `/api/v1/artefacts/${encodeURIComponent(id)}${queryText({ after, limit })}`;
  const { value, json } = await ask(server, { path, acts: true }, artefactReportSchema);
  if (options.format === 'json') return print(JSON.stringify(json, null, 2));
  const { artefact, components } = value;
  print(paint('bold', artefactLine(artefact)));
  const { buildId, project, commit, built, by, added, trust, completeness } = artefact;
  const facts: readonly (readonly [string, string | null])[] = [
    ['build id', buildId],
    ['project', project],
    ['commit', commit],
    ['built', built === null ? null : sayTime(built)],
    ...vouchedFacts(value),
    ['added', `${sayTime(added)} by ${by}`],
  ];
  for (const [what, text] of facts) if (text !== null) print(`  ${what}: ${printable(text)}`);
  for (const place of value.installed) print(`  ${installedLine(place)}`);
  print(
    `  ${value.count} components${basis[trust]}${trust === 'recovered' ? '' : completeText[completeness]}`,
  );
  const rows = components.map(({ name, version, scope, relation, method, confidence, source }) => [
    `  ${printable(name)}`,
    version === null ? { text: 'unknown', style: 'yellow' as const } : printable(version),
    scope === 'build' ? 'build' : relation === 'unknown' ? '-' : relation,
    confidence === 'stated' ? method : `${method}, ${confidence}`,
    source === null ? 'local' : printable(source),
  ]);
  for (const line of table(['  NAME', 'VERSION', 'NEEDED', 'KNOWN BY', 'FROM'], rows)) print(line);
  noteNext(value.next, `${components.length} of ${value.count}`);
}

const completeText = {
  complete: '; it says that they are all',
  incomplete: '; it says that some are missing',
  unknown: '; it does not say whether they are all',
} as const;

/** Prints what differs between two artefacts. */
export async function diffArtefacts(old: string, current: string, options: PageOptions): Promise<void> {
  const server = await findServer(options);
  const base = `/api/v1/artefacts/${encodeURIComponent(old)}/diff/${encodeURIComponent(current)}`;
  const count = { added: 0, removed: 0, changed: 0 };
  for (let after = options.after; ; ) {
    const path = `${base}${queryText({ after, limit: options.limit })}`;
    const { value, json } = await ask(server, { path, acts: true }, artefactDiffSchema);
    if (options.format === 'json') return print(JSON.stringify(json, null, 2));
    const { added, removed, changed, same, next } = value;
    if (after === options.after)
      for (const side of [value.old, value.new])
        if (side.trust === 'recovered')
          note(
            `${printable(side.name)}: recovered from traces; what left none does not show as a difference.`,
          );
    for (const one of added) print(`${paint('green', '+')} ${componentText(one)}`);
    for (const one of removed) print(`${paint('red', '-')} ${componentText(one)}`);
    for (const { old: was, new: is } of changed)
      print(`${paint('yellow', '~')} ${componentText(was)} → ${printable(is.version ?? 'unknown')}`);
    count.added += added.length;
    count.removed += removed.length;
    count.changed += changed.length;
    if (next !== null && options.limit === undefined) {
      after = next;
      continue;
    }
    const { added: more, removed: less, changed: other } = count;
    print(`${more} added, ${less} removed, ${other} changed, ${same} the same.`);
    return noteNext(next, 'not all');
  }
}

/** Lists releases by a part of their name, with how many artefacts have each. */
export async function searchComponents(
  text: string,
  { kind, ...options }: ListOptions & { readonly kind?: string },
): Promise<void> {
  await printList(options, {
    path: '/api/v1/components',
    query: { text, kind },
    schema: componentsSchema,
    entries: ({ components }) => components,
    none: 'No artefact has a component of such a name.',
    columns: componentColumns,
    show: showComponents,
  });
}

type FoundJson = ComponentsJson['components'][number];

function showComponents(components: readonly FoundJson[]): void {
  const rows = components.map(({ name, version, source, artefacts }) => [
    printable(name),
    version === null ? { text: 'unknown', style: 'yellow' as const } : printable(version),
    source === null ? 'local' : printable(source),
    String(artefacts),
  ]);
  for (const line of table(['NAME', 'VERSION', 'FROM', 'ARTEFACTS'], rows)) print(line);
}

const componentColumns: Columns<FoundJson> = {
  component: ({ component }) => component,
  kind: ({ kind }) => kind,
  name: ({ name }) => name,
  version: ({ version }) => version,
  source: ({ source }) => source,
  artefacts: ({ artefacts }) => artefacts,
};

function componentText({ name, version }: ComponentJson): string {
  return `${printable(name)} ${version === null ? '(version unknown)' : printable(version)}`;
}

function artefactLine({ name, version, target, id }: ArtefactJson): string {
  const of = version === null ? '' : ` ${version}`;
  return printable(`${name}${of}${target === null ? '' : ` for ${target}`} (${id.slice(0, 12)})`);
}

function splitCrate(text: string | undefined): readonly [string | undefined, string | undefined] {
  const at = text?.indexOf('@') ?? -1;
  return text === undefined || at === -1 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}
