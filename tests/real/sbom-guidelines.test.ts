/**
 * SPDX 3.0.1 as we write it, held against BSI TR-03183-2 2.1.0 by SPDX's own checker (PyPI's ntia-conformance-checker,
 * which reads the fields where the guideline's tables for SPDX have them). Part of `./test --all`.
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { Bom } from '../../src/bom/document.ts';
import { spdxJson } from '../../src/bom/spdx/json.ts';
import { sampleBom } from '../samples/bom.ts';
import { PeerMissing, pythonPackage } from '../support/peers.ts';
import { tempDir } from '../support/temp.ts';

const whole = sampleBom();
const crate = whole.components.find(({ file }) => file !== undefined) ?? whole.subject;
/** A crate that says all, and a program of the same. */
const full: Bom = {
  ...whole,
  subject: { ...crate, ref: whole.subject.ref },
  components: [crate],
  dependencies: [
    { ref: whole.subject.ref, dependsOn: [crate.ref] },
    { ref: crate.ref, dependsOn: [] },
  ],
};
const noAuthors = { ...full.subject, authors: [] };

describe('SPDX 3.0.1, held against BSI TR-03183-2', { timeout: 10 * 60_000 }, () => {
  it('has all that must be there, and is refused where one of it is not', async (t) => {
    let folder: string;
    try {
      folder = await pythonPackage('ntia-conformance-checker', '6.0.0', 'ntia_conformance_checker');
    } catch (error) {
      if (!(error instanceof PeerMissing)) throw error;
      return t.skip(error.message);
    }
    const dir = tempDir();
    const program = join(folder, '../../../../bin/ntia-checker');
    const judged = (bom: Bom): readonly string[] => {
      const [file, report] = [join(dir, 'one.spdx.json'), join(dir, 'report.json')];
      writeFileSync(file, spdxJson(bom));
      const words = ['--sbom-spec', 'spdx3', '--comply', 'bsi', '-r', 'json', '-o', report, file];
      try {
        execFileSync(program, words, { stdio: 'pipe' });
      } catch {
        // It ends with 1 where something is missing; the report says what.
      }
      const { isConformant, ...said } = JSON.parse(readFileSync(report, 'utf8'));
      assert.deepEqual(said.parsingError, []);
      const lacking = Object.entries<{ allProvided?: boolean }>(said).flatMap(([field, one]) =>
        one?.allProvided === false && mandatory.has(field) ? [field] : [],
      );
      return isConformant ? [] : ['refused', ...lacking];
    };
    assert.deepEqual(judged(full), []);
    assert.deepEqual(judged({ ...full, subject: noAuthors }), [], 'its repository answers for it');
    assert.deepEqual(judged({ ...full, creator: undefined }), ['refused']);
    assert.deepEqual(judged({ ...full, subject: { ...full.subject, license: undefined } }), [
      'refused',
      'componentConcludedLicenses',
    ]);
  });
});

/** Of what the report has, what the guideline calls required. */
const mandatory = new Set(['componentNames', 'componentVersions', 'componentConcludedLicenses']);
