/** What a file of CI costs to read grows with its length and no faster. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { ciValues } from '../../../src/gate/surroundings/ci-values.ts';
import { surroundingChanges } from '../../../src/gate/surroundings/surroundings.ts';
import { CountedWork } from '../../support/counted-work.ts';
import { sideOf } from './sides.ts';

const times = (count: number, text: (i: number) => string) =>
  Array.from({ length: count }, (_, i) => text(i)).join('');

/** What follows `cargo build`, by how often. */
const long: Readonly<Record<string, (count: number) => string>> = {
  options: (n) => times(n, (i) => ` --o${i} v${i}`),
  targets: (n) => times(n, (i) => ` --target a${i}`),
  settings: (n) => times(n, (i) => ` --config a${i}=b`),
  features: (n) => times(n, (i) => ` -F a${i}`),
  calls: (n) => times(n, (i) => `; cargo build -p a${i}`),
  variables: (n) => times(n, (i) => `; A=-C${i}; cargo build $A`),
};

const files: Readonly<Record<string, (command: string) => Readonly<Record<string, string>>>> = {
  Dockerfile: (command) => ({ Dockerfile: `FROM x\nRUN cargo build${command}\n` }),
  Jenkinsfile: (command) => ({ Jenkinsfile: `sh '''cargo build${command}'''` }),
  workflow: (command) => ({
    '.github/workflows/a.yml': `jobs:\n  a:\n    steps:\n      - run: cargo build${command}\n`,
  }),
  Makefile: (command) => ({ Makefile: `a:\n\tcargo build${command}\n` }),
};

describe('a long command', () => {
  let work: CountedWork;
  before(() => {
    work = new CountedWork();
  });
  after(() => work.close());

  for (const [kind, file] of Object.entries(files))
    for (const [name, command] of Object.entries(long))
      it(`of ${name} in a ${kind} costs twice as much where it is twice as long`, () => {
        const growth = work.growth(
          200,
          (size) => void surroundingChanges(undefined, sideOf(file(command(size)))),
        );
        assert.ok(growth < 2.7, `${growth.toFixed(2)} times`);
      });
});

it('goes through variables that lead to each other in two ways each once', () => {
  const text = times(60, (i) => `A${i}=$A${i + 1}; A${i}=\${A${i + 1}}\n`);
  assert.deepEqual(ciValues('shell', `${text}A60=--release`)('$A0'), ['--release']);
});
