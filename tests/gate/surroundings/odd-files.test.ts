import assert from 'node:assert/strict';
import { it } from 'node:test';
import { commandChanges } from '../../../src/gate/surroundings/ci.ts';
import { sideOf } from './sides.ts';

for (const [what, files] of [
  [
    'here-documents within each other',
    {
      'ci.sh': `#!/bin/sh\ncargo build\n${'<<E\n'.repeat(30_000)}`,
      '.gitlab-ci.yml': 'a:\n  script: ./ci.sh\n',
    },
  ],
  [
    'one command with many here-documents',
    { Dockerfile: `FROM a\nRUN cargo build ${'<<A '.repeat(10_000)}\n` },
  ],
  ['many calls in a line of a makefile', { Makefile: `A = ${'$(shell cargo build) '.repeat(10_000)}\n` }],
  ['empty lines', { Makefile: `${'\n'.repeat(200_000)}a:\n\tcargo build\n` }],
] as const)
  it(`reads a file of CI with ${what} to its end, and sees the command in it`, () => {
    const found = commandChanges(undefined, sideOf(files));
    assert.ok(found.length > 0);
  });
