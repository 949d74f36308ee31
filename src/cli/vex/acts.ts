import { BomError } from '../../bom/error.ts';
import { cargoPurl, purlText } from '../../bom/purl.ts';
import { readVex } from '../../bom/vex/document.ts';
import { productName } from '../../bom/vex/product.ts';
import type { VexStatement, VexStatus } from '../../bom/vex/statement.ts';
import { isCrateName } from '../../cargo/index-path.ts';
import { artefactReportSchema } from '../../server/artefact-contract.ts';
import { type TakenJson, takenSchema, withdrawnSchema } from '../../server/vex-contract.ts';
import { findServer, type ServerAddress, type ServerOptions } from '../shared/address.ts';
import { ask } from '../shared/api.ts';
import { CliError, exit } from '../shared/error.ts';
import { textOrInput } from '../shared/named-file.ts';
import { paint, print, printable } from '../shared/terminal.ts';
import { timeOf } from '../shared/time-option.ts';

interface ProductOptions extends ServerOptions {
  readonly format: 'text' | 'json';
  readonly project?: string;
  readonly target?: string;
  readonly name?: string;
  readonly all?: boolean;
}

export interface AddVexOptions extends ProductOptions {
  readonly crate: string;
  readonly status: VexStatus;
  readonly justification?: VexStatement['justification'];
  readonly reason?: string;
  readonly action?: string;
  readonly until: string;
  readonly artefact?: string;
}

export interface ImportVexOptions extends ProductOptions {
  readonly until?: string;
}

export interface ListVexOptions extends ServerOptions {
  readonly format: 'text' | 'json';
  readonly advisory?: string;
  readonly crate?: string;
  readonly state?: string;
  readonly project?: string;
  readonly target?: string;
  readonly name?: string;
  readonly limit?: number;
  readonly after?: string;
}

export interface WithdrawVexOptions extends ServerOptions {
  readonly format: 'text' | 'json';
  readonly reason: string;
}

export interface ExportVexOptions extends ServerOptions {
  readonly as: string;
  readonly author?: string;
  readonly advisory?: string;
  readonly crate?: string;
  readonly project?: string;
  readonly target?: string;
  readonly name?: string;
  readonly product?: string;
  readonly output?: string;
}

/** Statements that go with one request. */
const batch = 100;

/** States how an advisory stands to a release in all artefacts that are named. */
export async function addVex(advisory: string, options: AddVexOptions): Promise<void> {
  const server = await findServer(options);
  const { crate, status, justification, reason, action, until, project, target, name, all, artefact } =
    options;
  const sha256 = artefact === undefined ? undefined : await digestOf(server, artefact);
  const product = { project, target, name, sha256 };
  if (all !== true && Object.values(product).every((value) => value === undefined))
    throw new CliError('cli/usage', 'no artefacts are named', {
      next: 'Give --project, --target, --name or --artefact; or --all for every artefact that has the release.',
      exit: exit.usage,
    });
  const statement = {
    advisory,
    release: releaseOf(crate),
    product,
    all,
    status,
    justification,
    impact: reason,
    action,
    until: timeOf(until, '--until'),
  };
  const results = await send(server, [statement], options.format);
  if (results.some(({ kind }) => kind === 'left')) process.exitCode = exit.problem;
}

/** Takes in what documents say. Sets exit code 1 where something of them is left. */
export async function importVex(files: readonly string[], options: ImportVexOptions): Promise<void> {
  const server = await findServer(options);
  const { project, target, name, all, format } = options;
  const until = options.until === undefined ? undefined : timeOf(options.until, '--until');
  const isLimited = [project, target, name].some((value) => value !== undefined);
  for (const file of files) {
    const read = readDocument(file);
    const endless = read.statements.filter((one) => one.until === undefined).length;
    if (endless > 0 && until === undefined)
      throw new CliError(
        'cli/usage',
        `${file}: ${endless === 1 ? '1 statement says' : `${endless} statements say`} nothing of when it ends`,
        { next: 'Give --until, a day on which somebody looks at it again.', exit: exit.usage },
      );
    if (format === 'text')
      for (const { where, reason } of read.unread)
        print(`${paint('yellow', 'Not taken:')} ${printable(`${file}: ${where}: ${reason}`)}.`);
    if (read.unread.length > 0) process.exitCode = exit.problem;
    const statements = read.statements.map((one) => {
      const { project: from, target: to, name: called, sha256 } = one.product;
      const isNamed = [from, to, called, sha256].some((value) => value !== undefined);
      return {
        ...one,
        stated: isoOf(one.stated),
        until: isoOf(one.until) ?? until,
        product: isNamed || !isLimited ? one.product : { project, target, name },
        all: isNamed ? undefined : all,
        document: read.id,
      };
    });
    for (let i = 0; i < statements.length; i += batch) {
      const results = await send(server, statements.slice(i, i + batch), format);
      if (results.some(({ kind }) => kind === 'left')) process.exitCode = exit.problem;
    }
  }
}

/** Takes a statement back. */
export async function withdrawVex(id: string, { reason, ...options }: WithdrawVexOptions): Promise<void> {
  const server = await findServer(options);
  const body = { id, reason };
  const { json } = await ask(
    server,
    { method: 'POST', path: '/api/v1/vex/withdraw', body, acts: true },
    withdrawnSchema,
  );
  print(
    options.format === 'json' ? JSON.stringify(json, null, 2) : `Statement ${printable(id)} is withdrawn.`,
  );
}

interface Sent extends Omit<VexStatement, 'aliases'> {
  readonly aliases?: readonly string[];
}

async function send(
  server: ServerAddress,
  statements: readonly Sent[],
  format: 'text' | 'json',
): Promise<TakenJson['results']> {
  const request = { method: 'POST', path: '/api/v1/vex', body: { statements }, acts: true } as const;
  const { value, json } = await ask(server, { ...request, patience: 120_000 }, takenSchema);
  if (format === 'json') print(JSON.stringify(json, null, 2));
  else
    for (const [i, result] of value.results.entries()) {
      const statement = statements[i];
      if (statement !== undefined) printResult(statement, result);
    }
  return value.results;
}

function printResult(
  { advisory, release, status, product }: Sent,
  { kind, id, covers, single, artefacts, reason }: TakenJson['results'][number],
): void {
  const what = printable(`${advisory} in ${release}: ${status}`);
  if (kind === 'left') {
    const of = Object.values(product).every((value) => value === undefined)
      ? ''
      : `, ${productName(product)}`;
    print(`${paint('yellow', 'Not taken:')} ${what}${printable(of)}: ${printable(reason ?? '')}.`);
    return;
  }
  if (kind === 'known') {
    print(`Known already (statement ${id}): ${what}`);
    return;
  }
  print(`Statement ${id}: ${what}`);
  const binaries = covers - single;
  print(
    `  for ${artefacts === 1 ? '1 artefact' : `${artefacts} artefacts`}${binaries > 0 ? ', and the next builds of them' : ''}`,
  );
  if (single > 0)
    print(
      `  ${paint('yellow', `${single} of them alone:`)} their project or target is not known, so that no next build can be told (\`safeguard inventory add\`, with --project and --target)`,
    );
}

function readDocument(file: string): ReturnType<typeof readVex> {
  const text = textOrInput(file);
  try {
    return readVex(text);
  } catch (error) {
    if (error instanceof BomError)
      throw new CliError('cli/file', `${printable(file)}: ${printable(error.message)}`, {
        next: 'Give a JSON document of OpenVEX, CycloneDX or CSAF.',
        exit: exit.usage,
        cause: error,
      });
    throw error;
  }
}

async function digestOf(server: ServerAddress, id: string): Promise<string> {
  const path = `/api/v1/artefacts/${encodeURIComponent(id)}?limit=1`;
  const { value } = await ask(server, { path, acts: true }, artefactReportSchema);
  if (value.artefact.digest === null)
    throw new CliError('cli/usage', `nobody showed the file of ${id}: a statement cannot name it alone`, {
      next: 'Name it by --project, --target and --name.',
      exit: exit.usage,
    });
  return value.artefact.digest;
}

/** Documents write times in many ways; what is none says nothing. */
function isoOf(text: string | undefined): string | undefined {
  const time = Date.parse(text ?? '');
  return Number.isFinite(time) ? new Date(time).toISOString() : undefined;
}

function releaseOf(text: string): string {
  if (text.startsWith('pkg:')) return text;
  const at = text.indexOf('@');
  const [name, version] = [text.slice(0, Math.max(at, 0)), text.slice(at + 1)];
  if (!isCrateName(name) || version === '')
    throw new CliError('cli/usage', `\`${text}\` is no release`, {
      next: 'Give --crate NAME@VERSION, or a purl with a version.',
      exit: exit.usage,
    });
  return purlText(cargoPurl(name, version));
}
