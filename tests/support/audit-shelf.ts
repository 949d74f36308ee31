/** A folder of audits and proofs of our own, and the server.toml that reads them. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { readCrateArchive } from '../../src/cargo/crate-archive.ts';
import { contentDigest } from '../../src/facts/crev/content-digest.ts';
import { cratesIoSource } from '../../src/facts/crev/proofs.ts';
import { type CrateOptions, makeCrate } from './crate.ts';
import { type Reviewer, reviewer } from './crev-proofs.ts';
import { type Cleanup, tempDir } from './temp.ts';

export interface AuditShelf {
  readonly folder: string;
  /** Text of server.toml: `[audits]` with two organisations and one's own, `[crev]` with `me` as the one trusted outright. */
  readonly config: string;
  readonly me: Reviewer;
  readonly ann: Reviewer;
  readonly stranger: Reviewer;
  /** Writes a file below the folder. */
  put(path: string, text: string): void;
  remove(path: string): void;
}

/** An audit of a version, or a violation of a range, as audits.toml has it. */
export function audit(crate: string, what: string, criteria = 'safe-to-deploy'): string {
  return `[[audits.${crate}]]\nwho = "Wu <wu@example.com>"\ncriteria = "${criteria}"\n${what}\nnotes = "Looked at it."\n\n`;
}

/** A review of the contents that `makeCrate` gives. */
export function reviewOf(who: Reviewer, crate: CrateOptions, rating: string): string {
  const digest = contentDigest(readCrateArchive(makeCrate(crate).bytes).files);
  const of = `package:\n  source: "${cratesIoSource}"\n  name: ${crate.name}\n  version: ${crate.version}\n  digest: ${digest}\n`;
  return who.proof(
    'package review',
    `${of}review:\n  thoroughness: high\n  understanding: high\n  rating: ${rating}\ncomment: "As seen."\n`,
  );
}

/** Every file says something that concerns no test: six audits each, so that one more or less is no shrinking. */
export function auditShelf(t: Cleanup): AuditShelf {
  const folder = tempDir(t);
  const [me, ann, stranger] = [reviewer('me'), reviewer('ann'), reviewer('stranger')];
  const put = (path: string, text: string) => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  };
  put('mozilla.toml', others);
  put('google.toml', others);
  put('supply-chain/audits.toml', others);
  put('proofs/me.crev', me.trust('high', [ann]));
  const path = (name: string) => JSON.stringify(join(folder, name));
  const config = [
    `[audits]\nown = ${path('supply-chain')}`,
    `[audits.imports.mozilla]\nurl = ${path('mozilla.toml')}`,
    `[audits.imports.google]\nurl = [${path('google.toml')}]`,
    `criteria-map = { "crypto-safe" = "safe-to-deploy" }`,
    `[crev]\nproofs = [${path('proofs')}]\nids = ["${me.id}"]`,
  ].join('\n');
  return {
    folder,
    config,
    me,
    ann,
    stranger,
    put,
    remove: (name) => rmSync(join(folder, name), { recursive: true }),
  };
}

/** Audits that concern no test. */
export const others = Array.from({ length: 6 }, (_, i) => audit(`other-${i}`, 'version = "1.0.0"')).join('');
