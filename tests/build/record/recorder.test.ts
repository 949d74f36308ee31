import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { findRecorder, recordedApart } from '../../../src/build/record/recorder.ts';

const missing = findRecorder().kind === 'none' ? 'nothing records here' : false;

describe('what records a build', () => {
  it('sees no processes but those of the build', { skip: missing }, (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'safeguard-recorder-'));
    t.after(() => rmSync(folder, { recursive: true, force: true }));
    const trace = join(folder, 'trace');
    const [program = '', ...args] = recordedApart(['/bin/sh', '-c', 'echo /proc/[0-9]*; exit 3'], trace);
    const ran = spawnSync(program, args, { encoding: 'utf8' });
    assert.equal(ran.status, 3, ran.stderr);
    assert.match(readFileSync(trace, 'utf8'), /execve\("\/bin\/sh"/);
    if (program === 'unshare') assert.deepEqual(ran.stdout.trim().split(' ').length, 2, ran.stdout);
  });
});
