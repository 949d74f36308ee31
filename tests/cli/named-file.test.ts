/** Files that are named on the command line: what cannot be read or written is said in words, and `-` is standard input. */
import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { folder, safeguard, safeguardWith } from './support.ts';

const document = (name: string) =>
  JSON.stringify({
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    version: 1,
    components: [{ type: 'library', name, version: '1.0.0' }],
  });

const key = generateKeyPairSync('ed25519').publicKey.export({ type: 'spki', format: 'pem' }).toString();

describe('a file that is named', () => {
  it('and cannot be read is told of in words', async (t) => {
    const cwd = folder(t, { 'key.pub': key, 'a.json': document('a') });
    mkdirSync(join(cwd, 'dir'));
    symlinkSync('loop', join(cwd, 'loop'));
    for (const [file, said] of [
      ['dir', 'dir: it is a folder.'],
      ['a.json/x', 'a.json/x: there is no such file.'],
      ['loop', 'loop: its links lead in a circle.'],
    ] as const)
      for (const words of [
        ['sbom', 'check', file],
        ['sbom', 'diff', 'a.json', file],
        ['verify', file, '--key', 'key.pub'],
        ['verify', 'a.json', '--key', file],
      ]) {
        const { code, stderr } = await safeguard(words, { cwd });
        assert.equal(code, 64, words.join(' '));
        assert.ok(stderr.includes(said), stderr);
        assert.doesNotMatch(stderr, /E[A-Z]{4,}:|\n\s+at /);
      }
  });

  it('and cannot be written either', async (t) => {
    const cwd = folder(t, {
      'Cargo.toml': '[package]\nname = "a"\nversion = "0.1.0"\nedition = "2021"\n',
      'Cargo.lock': 'version = 4\n\n[[package]]\nname = "a"\nversion = "0.1.0"\n',
      'src/lib.rs': '',
    });
    for (const [output, said] of [
      ['none/a.json', 'none/a.json: there is no folder for it.'],
      ['src', 'src: it is a folder.'],
    ] as const) {
      const { code, stderr } = await safeguard(['sbom', '--offline', '--output', output], { cwd });
      assert.equal(code, 64, stderr);
      assert.ok(stderr.includes(said), stderr);
    }
  });

  it('is standard input where it is -', async (t) => {
    const cwd = folder(t, { 'a.json': document('a') });
    const check = await safeguardWith(`\uFEFF${document('b')}`, ['sbom', 'check', '-'], { cwd });
    assert.equal(check.code, 1, check.stderr);
    assert.match(check.stdout, /^-: CycloneDX 1\.6, 1 components/);
    const diff = await safeguardWith(document('b'), ['sbom', 'diff', 'a.json', '-'], { cwd });
    assert.equal(diff.stdout, '+ b 1.0.0\n- a 1.0.0\n1 added, 1 removed, 0 changed, 0 the same.\n');
    const twice = await safeguardWith(document('b'), ['sbom', 'diff', '-', '-'], { cwd });
    assert.equal(twice.code, 64);
    assert.match(twice.stderr, /standard input is one document, and two are compared/);
    const none = await safeguardWith('no document', ['sbom', 'check', '-'], { cwd });
    assert.match(none.stderr, /standard input: it is no JSON/);
  });
});
