import { createHash } from 'node:crypto';
import { createReadStream, statSync } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { placeText } from '../../inventory/place.ts';
import {
  type DeploymentJson,
  deployedSchema,
  deploymentsSchema,
  undeployedSchema,
} from '../../server/deployment-contract.ts';
import { findServer } from '../shared/address.ts';
import { ask } from '../shared/api.ts';
import { CliError, exit } from '../shared/error.ts';
import { type Columns, type ListOptions, printList } from '../shared/list.ts';
import { table } from '../shared/table.ts';
import { print, printable } from '../shared/terminal.ts';
import { timeOf } from '../shared/time-option.ts';
import { sayTime } from '../shared/when.ts';

export interface DeployOptions extends ListOptions {
  readonly environment?: string;
  readonly service?: string;
  readonly team?: string;
  readonly host?: string;
  readonly since?: string;
  readonly beside?: boolean;
  readonly withdraw?: boolean;
  readonly reason?: string;
  readonly list?: boolean;
  readonly over?: boolean;
}

/** States that an artefact is deployed somewhere, that it is there no more, or lists what is stated. */
export async function deploy(file: string | undefined, options: DeployOptions): Promise<void> {
  if (options.list === true) return await listDeployments(file, options);
  const { environment } = options;
  if (file === undefined || environment === undefined)
    throw usage(
      'What is deployed, and where to?',
      'Name the binary and --environment; `safeguard inventory deploy --list` lists what is stated.',
    );
  if (options.format === 'csv')
    throw usage('Only a list is printed as CSV.', 'Add --list, or --format json.');
  const artefact = await artefactOf(file);
  return options.withdraw === true
    ? await withdraw({ artefact, environment }, options)
    : await state({ artefact, environment }, options);
}

interface What {
  readonly artefact: string;
  readonly environment: string;
}

async function state(what: What, { service, team, host, beside, ...options }: DeployOptions): Promise<void> {
  if (options.reason !== undefined) throw usage('--reason goes with --withdraw.', 'Leave it out.');
  const since = options.since === undefined ? undefined : timeOf(options.since, '--since');
  const server = await findServer(options);
  const body = { ...what, service, team, host, since, beside };
  const { value, json } = await ask(
    server,
    { method: 'POST', path: '/api/v1/deployments', body, acts: true },
    deployedSchema,
  );
  if (options.format === 'json') return print(JSON.stringify(json, null, 2));
  const { outcome, deployment, replaced } = value;
  print(`${outcome === 'known' ? 'Stated already' : 'Stated'}: ${deployedText(deployment)}`);
  for (const one of replaced) print(`  in place of ${artefactText(one)}, there since ${sayTime(one.since)}`);
}

async function withdraw(what: What, { service, host, ...options }: DeployOptions): Promise<void> {
  if (options.reason === undefined) throw usage('Why is it withdrawn?', 'Add --reason <text>.');
  const server = await findServer(options);
  const body = { ...what, service, host, reason: options.reason };
  const { value, json } = await ask(
    server,
    { method: 'POST', path: '/api/v1/deployments/withdraw', body, acts: true },
    undeployedSchema,
  );
  if (options.format === 'json') return print(JSON.stringify(json, null, 2));
  print(`Withdrawn: ${deployedText(value.deployment)}`);
}

async function listDeployments(
  file: string | undefined,
  { environment, service, team, host, over, ...options }: DeployOptions,
): Promise<void> {
  const artefact = file === undefined ? undefined : await artefactOf(file);
  await printList(options, {
    path: '/api/v1/deployments',
    query: { artefact, environment, service, team, host, state: over === true ? 'over' : 'there' },
    schema: deploymentsSchema,
    entries: ({ deployments }) => deployments,
    none:
      over === true
        ? 'None is over.'
        : 'Nothing is stated to be deployed. `safeguard inventory deploy` states it.',
    columns,
    show: (deployments) => {
      const rows = deployments.map((one) => [
        printable(one.environment),
        printable(one.service ?? '-'),
        printable(one.host ?? '-'),
        artefactText(one),
        sayTime(one.since),
        printable(one.stated.by),
        one.ended === null ? '-' : `${sayTime(one.ended.at)}: ${printable(one.ended.why)}`,
      ]);
      const head = ['ENVIRONMENT', 'SERVICE', 'HOST', 'ARTEFACT', 'SINCE', 'STATED BY', 'OVER'];
      for (const line of table(head, rows)) print(line);
    },
  });
}

const columns: Columns<DeploymentJson> = {
  id: ({ id }) => id,
  environment: ({ environment }) => environment,
  service: ({ service }) => service,
  team: ({ team }) => team,
  host: ({ host }) => host,
  artefact: ({ artefact }) => artefact.id,
  name: ({ artefact }) => artefact.name,
  target: ({ artefact }) => artefact.target,
  project: ({ artefact }) => artefact.project,
  commit: ({ artefact }) => artefact.commit,
  since: ({ since }) => since,
  'stated-by': ({ stated }) => stated.by,
  'stated-at': ({ stated }) => stated.at,
  ended: ({ ended }) => ended?.at,
  'ended-by': ({ ended }) => ended?.by,
  why: ({ ended }) => ended?.why,
};

function deployedText(one: DeploymentJson): string {
  return `${artefactText(one)} is deployed to ${printable(placeText(one))} since ${sayTime(one.since)}, stated by ${printable(one.stated.by)}`;
}

function artefactText({ artefact: { name, target, id } }: DeploymentJson): string {
  return printable(`${name}${target === null ? '' : ` for ${target}`} (${id.slice(0, 12)})`);
}

/** The digest of a file, or what stands for one: the id of an artefact. */
async function artefactOf(text: string): Promise<string> {
  if (isFile(text)) {
    const hash = createHash('sha256');
    await pipeline(createReadStream(text), hash);
    return hash.digest('hex');
  }
  if (/^(?:sha256:)?[0-9a-f]{8,64}$/i.test(text)) return text.toLowerCase();
  throw new CliError('cli/file', `${printable(text)} is neither a file nor the digest of one`, {
    next: 'Name the binary, or its SHA-256 as `safeguard inventory list` shows it.',
  });
}

function isFile(path: string): boolean {
  try {
    return statSync(path).isFile();
  } catch {
    // What is no path may be a digest.
    return false;
  }
}

function usage(message: string, next: string): CliError {
  return new CliError('cli/usage', message, { next, exit: exit.usage });
}
