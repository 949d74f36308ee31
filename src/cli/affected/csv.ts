import type { AffectedJson } from '../../server/affected-contract.ts';
import { printCsv } from '../shared/csv.ts';

const columns = [
  'asked',
  'artefact',
  'name',
  'target',
  'project',
  'commit',
  'component',
  'fixed',
  'path',
  'scope',
  'confidence',
  'stated',
  'statement',
  'host',
  'environment',
  'team',
  'program',
  'processes',
  'restart',
  'stated-by',
  'ranked',
] as const;

/**
 * Prints a page of an answer as CSV: a line for each release in an artefact and each host that runs it or place to
 * which it is stated to be deployed, and for each program that has one loaded.
 */
export function printAffectedCsv(value: AffectedJson, isFirst: boolean): void {
  if (isFirst) printCsv(columns);
  const fixes = new Map(value.releases.map(({ component, fixed }) => [component, fixed]));
  for (const { artefact, findings, running, deployed } of value.artefacts)
    for (const { component, path, scope, confidence, said, ranked } of findings) {
      const behind = ranked?.reason;
      const of = [
        value.of,
        artefact.id,
        artefact.name,
        artefact.target,
        artefact.project,
        artefact.commit,
        component,
        fixes.get(component),
        path.join(' > '),
        scope,
        confidence,
        said === null ? null : said.holds === 'yes' ? said.status : `${said.status}, ${said.holds}`,
        said?.id,
      ];
      if (running.length + deployed.length === 0)
        printCsv([...of, null, null, null, null, 0, 0, null, behind]);
      for (const { host, environment, team, path: program, processes, restart } of running)
        printCsv([...of, host, environment, team, program, processes, restart, null, behind]);
      for (const { host, environment, team, by } of deployed)
        printCsv([...of, host, environment, team, artefact.name, 0, 0, by, behind]);
    }
  for (const { host, environment, team, path: program, processes, restart, objects } of value.loaded.programs)
    for (const { component, path } of objects)
      printCsv([
        value.of,
        ...[null, null, null, null, null],
        component,
        fixes.get(component),
        path,
        ...['loaded', null, null, null],
        ...[host, environment, team, program, processes, restart, null, null],
      ]);
}
