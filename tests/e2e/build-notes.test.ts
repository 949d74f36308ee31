/** What a program of a sealed build says of itself: an id that every linker gives, and whose program it is. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { bytesSource } from '../../src/binary/bytes.ts';
import { readExecutable } from '../../src/binary/executable.ts';
import { lockfileOf, manifest, sealedProject, triple, unsealed } from '../support/sealed.ts';

const files = {
  'Cargo.toml': '[workspace]\nresolver = "2"\nmembers = ["one", "two"]\n',
  'Cargo.lock': lockfileOf({ one: [], two: [] }),
  'one/Cargo.toml': manifest('one'),
  'one/build.rs': 'fn main() {}\n',
  'one/src/main.rs': 'fn main() { println!("one"); }\n',
  'two/Cargo.toml': manifest('two', '[lib]\ncrate-type = ["cdylib", "rlib"]'),
  'two/src/lib.rs': '#[no_mangle]\npub extern "C" fn two() {}\n',
};

/** A linker that knows no such words, and gives no id. */
const old = {
  'cc.sh':
    '#!/bin/sh\ncase "$*" in *package-metadata*) echo "ld: unrecognized option" >&2; exit 1 ;; esac\nexec cc "$@" -Wl,--build-id=none\n',
  '.cargo/config.toml': `[target.${triple}]\nlinker = "/build/source/cc.sh"\n`,
};

const noteOf = (path: string) => {
  const [image] = readExecutable(bytesSource(readFileSync(path)));
  const notes = image?.notes.filter(({ kind }) => kind === 'package') ?? [];
  return { id: image?.buildId, notes: notes.map(({ json }) => JSON.parse(json) as unknown) };
};

const isLoaded = (path: string) =>
  / NOTE .*\n(?:.*\n)*? +\d+ .*\.note\.package/.test(
    spawnSync('readelf', ['-lW', path], { encoding: 'utf8' }).stdout,
  );

const about = (name: string) => [
  { type: 'cargo', name, version: '0.1.0', architecture: triple.split('-')[0] },
];

describe('a program of a sealed build', { skip: unsealed }, () => {
  it('has a build-id and the name of its package in its memory, the same in the SBOM', async (t) => {
    const project = sealedProject(t, files);
    const ran = await project.build();
    assert.equal(ran.code, 0, ran.stderr);
    for (const [file, name] of [
      ['one', 'one'],
      ['libtwo.so', 'two'],
    ] as const) {
      const path = join(project.output, file);
      const { id, notes } = noteOf(path);
      assert.match(id ?? '', /^[0-9a-f]{40}$/);
      assert.deepEqual(notes, about(name));
      assert.ok(isLoaded(path), file);
      const sbom = readFileSync(join(project.output, `${file}.cdx.json`), 'utf8');
      assert.ok(sbom.includes(id ?? '?'), file);
      const seen = spawnSync('readelf', ['-n', path], { encoding: 'utf8' }).stdout;
      assert.ok(seen.includes(`Build ID: ${id}`) && seen.includes('FDO_PACKAGING_METADATA'), seen);
    }
    assert.equal(spawnSync(join(project.output, 'one'), { encoding: 'utf8' }).stdout, 'one\n');
  });

  it('has both in the file where the linker knows neither, once, and keeps them when it is stripped', async (t) => {
    const project = sealedProject(t, { ...files, ...old });
    spawnSync('chmod', ['+x', join(project.dir, 'cc.sh')]);
    const ran = await project.build(['--format', 'json'], ['-p', 'one']);
    assert.equal(ran.code, 0, ran.stderr);
    const path = join(project.output, 'one');
    const before = noteOf(path);
    assert.match(before.id ?? '', /^[0-9a-f]{40}$/);
    assert.deepEqual(before.notes, about('one'));
    assert.ok(!isLoaded(path));
    assert.equal(spawnSync('strip', [path]).status, 0);
    assert.deepEqual(noteOf(path), before);
    assert.equal(spawnSync(path, { encoding: 'utf8' }).stdout, 'one\n');
  });

  it('says what the compiler says where it does not link', async (t) => {
    const project = sealedProject(t, { ...files, 'one/src/main.rs': 'fn main() { missing() }\n' });
    const ran = await project.build([], ['-p', 'one']);
    assert.equal(ran.code, 1, ran.stderr);
    assert.equal(ran.stderr.split('cannot find function `missing`').length, 2, ran.stderr);
  });
});
