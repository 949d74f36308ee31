/** Stores of a few lines, for tests that look at one thing. */

import { type VetPackage, vetGraph } from '../../src/facts/vet/packages.ts';
import { reportJson } from '../../src/facts/vet/report.ts';
import { resolve } from '../../src/facts/vet/resolve.ts';
import { readStore, type StoreFiles, type VetStore } from '../../src/facts/vet/store.ts';
import type { TextFile } from '../../src/facts/vet/toml-file.ts';
import { parseVetVersion, type VetVersion } from '../../src/facts/vet/version.ts';

export interface Texts {
  readonly audits?: string;
  readonly config?: string;
  readonly imports?: string;
  /** What organisations publish now, by name. */
  readonly live?: Readonly<Record<string, string>>;
}

/** Reads the texts; throws where one has a problem. */
export function storeOf(texts: Texts): VetStore {
  const { store, problems } = readStore(fileTexts(texts));
  if (problems.length > 0) throw new Error(JSON.stringify(problems));
  return store;
}

export function fileTexts({ audits, config, imports, live = {} }: Texts): StoreFiles {
  return {
    audits: file('audits.toml', audits),
    config: file('config.toml', config),
    imports: file('imports.lock', imports),
    live: new Map(Object.entries(live).map(([name, text]) => [name, [{ file: `${name}.toml`, text }]])),
  };
}

export function version(text: string): VetVersion {
  const parsed = parseVetVersion(text);
  if (parsed === undefined) throw new Error(`${text} is not a version`);
  return parsed;
}

/** One member that is built with some releases, each `name version` and optionally a kind. */
export function appWith(...releases: readonly string[]): VetPackage[] {
  const kinds = { build: ['build'], dev: ['dev'] } as const;
  const parts = releases.map((text) => text.split(' '));
  return [
    {
      name: 'app',
      version: version('0.1.0'),
      fromCratesIo: false,
      workspaceMember: true,
      dependencies: parts.map(([, , kind], index) => ({
        package: index + 1,
        kinds: kinds[kind as keyof typeof kinds] ?? (['normal'] as const),
      })),
    },
    ...parts.map(([name = '', text = '']) => ({
      name,
      version: version(text),
      fromCratesIo: true,
      workspaceMember: false,
      dependencies: [],
    })),
  ];
}

/** The answer in short: `success`, `fail: a 1.0.0 safe-to-run`, `violation: a:1.0.0`. */
export function answerOf(packages: readonly VetPackage[], texts: Texts): string {
  const store = storeOf(texts);
  const conclusion = resolve(vetGraph(packages, store.policies), store);
  switch (conclusion.kind) {
    case 'success':
      return 'success';
    case 'fail':
      return `fail: ${conclusion.failures.map(({ name, version, missing }) => `${name} ${version} ${missing}`).join('; ')}`;
    case 'violations':
      return `violation: ${Object.keys(reportJson(conclusion).violations as object).join()}`;
  }
}

function file(name: string, text: string | undefined): TextFile | undefined {
  return text === undefined ? undefined : { file: name, text };
}
