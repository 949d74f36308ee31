/** Runs `safeguard check` as a person does, by the facts of a stage's server. */
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { z } from 'zod';
import { gateVerdictSchema } from '../../src/gate/report/schema.ts';
import { folder, type Ran, safeguard } from '../cli/support.ts';
import type { Stage } from './stage.ts';

type Verdict = z.output<typeof gateVerdictSchema>;

/** Past every cool-down. */
export const old = { pubtime: '2020-01-01T00:00:00Z' };

/** Runs `check` in a project, by the facts of the stage's server. */
export async function run(s: Stage, cwd: string, ...args: readonly string[]): Promise<Ran> {
  return await safeguard(['check', '--server', s.mirror.url, ...args], { cwd });
}

export async function judged(
  s: Stage,
  cwd: string,
  ...args: readonly string[]
): Promise<Verdict & { code: number | null }> {
  const ran = await run(s, cwd, '--format', 'json', ...args);
  assert.ok(ran.stdout.startsWith('{'), ran.stderr + ran.stdout);
  return { ...gateVerdictSchema.parse(JSON.parse(ran.stdout)), code: ran.code };
}

export const manifest = (dependencies: string) =>
  `[package]\nname = "app"\nversion = "0.1.0"\nedition = "2021"\n[dependencies]\n${dependencies}\n`;

/** An advisory of our own in RustSec's format, in a folder of its own. */
export function advisories(
  t: TestContext,
  ...list: readonly { id: string; crate: string; patched: string; more: string }[]
) {
  const root = folder(t);
  for (const { id, crate, patched, more } of list) {
    mkdirSync(join(root, 'crates', crate), { recursive: true });
    const front = `[advisory]\nid = "${id}"\npackage = "${crate}"\ndate = "2026-08-01"\n${more}\n[versions]\npatched = [${patched}]`;
    writeFileSync(
      join(root, 'crates', crate, `${id}.md`),
      `\`\`\`toml\n${front}\n\`\`\`\n\n# It lets others in\n\nIn short.\n`,
    );
  }
  return root;
}

export const severe = 'cvss = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"';
