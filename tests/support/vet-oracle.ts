/** Asks cargo-vet and the resolver the same question. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkStore } from '../../src/facts/vet/check.ts';
import { type VetPackage, vetGraph } from '../../src/facts/vet/packages.ts';
import { reportJson } from '../../src/facts/vet/report.ts';
import { resolve } from '../../src/facts/vet/resolve.ts';
import { readStore } from '../../src/facts/vet/store.ts';
import type { Problem } from '../../src/facts/vet/toml-file.ts';
import type { VetCase } from './vet-cases.ts';
import { askCargoVet, formatStore, packagesOf, type StoreTexts, writeWorkspace } from './vet-workspace.ts';

/** The last cargo-vet that the resolver was compared with. */
export const cargoVetVersion = '0.10.3';

/** A question as cargo-vet saw it, and its answer. */
export interface VetAnswer {
  readonly packages: readonly VetPackage[];
  readonly store: StoreTexts;
  readonly answer: unknown;
}

/** Builds the workspace, asks cargo-vet, and takes the workspace away. */
export async function askAbout({ packages, store }: VetCase, program: string): Promise<VetAnswer> {
  const dir = mkdtempSync(join(tmpdir(), 'safeguard-vet-'));
  try {
    writeWorkspace(dir, packages);
    const formatted = await formatStore(dir, program, store);
    return {
      packages: await packagesOf(dir),
      store: formatted,
      answer: await askCargoVet(dir, program),
    };
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

/** The resolver's answer in cargo-vet's form, as it reads back from JSON. */
export function ownAnswer(packages: readonly VetPackage[], texts: StoreTexts): unknown {
  const { store } = readStore(filesOf(texts));
  return JSON.parse(JSON.stringify(reportJson(resolve(vetGraph(packages, store.policies), store))));
}

/** What is wrong with a store, as of a day. */
export function problemsOf(texts: StoreTexts, today: string): readonly Problem[] {
  const { store, problems } = readStore(filesOf(texts));
  return [...problems, ...checkStore(store, today)];
}

export function filesOf({ audits, config, imports }: StoreTexts) {
  return {
    audits: { file: 'audits.toml', text: audits },
    config: { file: 'config.toml', text: config },
    imports: { file: 'imports.lock', text: imports },
  };
}
