/** What the rules say of the samples, new and as an update of something harmless that was approved. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Approval } from '../../src/facts/approval.ts';
import { readCodeOf } from '../../src/facts/code.ts';
import { approvalsFrom } from '../../src/gate/judgement/approvals.ts';
import { approvalsOf } from '../../src/gate/review/approve.ts';
import { type ReviewedVersion, reviewRelease } from '../../src/gate/review/review.ts';
import { printAllowList } from '../../src/policy/allow-list.ts';
import type { Decision } from '../../src/policy/effect.ts';
import { loadLayers } from '../../src/policy/policy.ts';
import { reviewPackage } from '../../src/rust/package-review.ts';
import { packageSource } from '../../src/rust/package-source.ts';
import { harmless, malice } from '../rust/samples/index.ts';
import type { Sample } from '../rust/samples/sample.ts';

const policy = loadLayers({});
const now = Date.UTC(2026, 10, 25);
const yes = { by: 'Ada', reason: 'Read it.', at: now };

function versionOf(files: Sample['files'], version: string): ReviewedVersion {
  return {
    crate: 'sample',
    version,
    source: packageSource(files['Cargo.toml'] ?? '', (path) => files[path]),
  };
}

/** The release before it: a script that does nothing, macros that give back what they get, an empty library. */
function before({ files }: Sample): ReviewedVersion {
  const { source } = versionOf(files, '1.0.0');
  const root = source.library ?? 'src/lib.rs';
  const macros =
    'use proc_macro::TokenStream;\n#[proc_macro]\npub fn same(input: TokenStream) -> TokenStream { input }\n';
  return versionOf(
    {
      'Cargo.toml': files['Cargo.toml'] ?? '',
      ...Object.fromEntries(source.buildScripts.map((path) => [path, 'fn main() {}\n'])),
      [root]: source.procMacro ? macros : '//! Nothing yet.\n',
    },
    '1.0.0',
  );
}

function verdict(sample: Sample, old: ReviewedVersion | undefined, approved: readonly Approval[]): Decision {
  const list = approvalsFrom({
    file: 'safeguard/allow.toml',
    text: printAllowList(approved),
    compared: false,
  });
  return reviewRelease(versionOf(sample.files, '1.0.1'), old, { approvals: list, policy, partOf: [], now })
    .verdict;
}

/** As an update of what was there before and approved. */
function updated(sample: Sample): Decision {
  const old = before(sample);
  const approved = approvalsOf('sample', '1.0.0', readCodeOf(reviewPackage(old.source)), yes);
  return verdict(sample, old, approved);
}

describe('the verdict on samples', () => {
  for (const sample of malice) {
    it(`asks at least for a review of ${sample.name}`, () => {
      const { source } = versionOf(sample.files, '1.0.1');
      // A new library without anything that runs at build time is for the rules about new crates.
      if (source.procMacro || source.buildScripts.length > 0)
        assert.ok(['review', 'deny'].includes(verdict(sample, undefined, [])));
      assert.ok(['review', 'deny'].includes(updated(sample)), updated(sample));
    });
  }

  for (const sample of harmless) {
    it(`does not deny ${sample.name}`, () => {
      assert.notEqual(verdict(sample, undefined, []), 'deny');
      assert.notEqual(updated(sample), 'deny');
    });
  }

  it('denies most of them as updates', () => {
    assert.ok(malice.filter((sample) => updated(sample) === 'deny').length >= 19);
  });
});
