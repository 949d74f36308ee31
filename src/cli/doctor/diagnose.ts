import { cargoPlace } from '../cargo-config/hierarchy.ts';
import { findServer, type ServerOptions } from '../shared/address.ts';
import { exit } from '../shared/error.ts';
import { paint, print, printable } from '../shared/terminal.ts';
import { checkCargoConfig } from './cargo-config.ts';
import type { Check, CheckStatus } from './check.ts';
import { checkData } from './data.ts';
import { checkLockfile } from './lockfile.ts';
import { ownIndexes } from './own-index.ts';
import { checkServer } from './server.ts';
import { checkToolchain } from './toolchain.ts';

export interface DoctorOptions extends ServerOptions {
  readonly format: 'text' | 'json';
}

export async function diagnose(options: DoctorOptions): Promise<void> {
  const server = await findServer(options);
  const place = cargoPlace();
  const own = await ownIndexes(server);
  const groups = await Promise.all([
    checkToolchain(place.folder),
    checkServer(server),
    checkCargoConfig(place, server, own),
    checkLockfile(place, own),
    checkData(options.data),
  ]);
  const checks = groups.flat();
  const bad = checks.some(({ status }) => status === 'problem');
  process.exitCode = bad ? exit.problem : exit.ok;
  if (options.format === 'json') return print(JSON.stringify({ server: server.url, checks }, null, 2));
  for (const line of report(checks)) print(line);
}

const styles = { ok: 'green', warning: 'yellow', problem: 'red', unknown: 'magenta' } as const;

function report(checks: readonly Check[]): string[] {
  const lines = checks.flatMap(({ status, message, next }) => [
    `${paint(styles[status], status.padEnd(7))}  ${printable(message)}`,
    ...(next === undefined ? [] : [`         → ${printable(next)}`]),
  ]);
  return [...lines, '', summary(checks)];
}

function summary(checks: readonly Check[]): string {
  const counted = (status: CheckStatus) => checks.filter((check) => check.status === status).length;
  const [problems, warnings, unknown] = [counted('problem'), counted('warning'), counted('unknown')];
  if (problems + warnings + unknown === 0) return 'All is well.';
  const parts = [
    [problems, problems === 1 ? 'problem' : 'problems'],
    [warnings, warnings === 1 ? 'warning' : 'warnings'],
    [unknown, 'unknown'],
  ] as const;
  return `${parts
    .filter(([count]) => count > 0)
    .map(([count, word]) => `${count} ${word}`)
    .join(', ')}.`;
}
