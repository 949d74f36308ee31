import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { loadPolicy } from '../../src/policy/policy.ts';
import { folder, safeguard } from './support.ts';

describe('safeguard policy', () => {
  it('init writes the defaults as comments, check accepts them, and nothing is overwritten', async (t) => {
    const cwd = folder(t);
    assert.equal((await safeguard(['policy', 'init'], { cwd })).code, 0);
    const text = readFileSync(join(cwd, 'safeguard.toml'), 'utf8');
    assert.equal(loadPolicy({ file: 'x', text }).digest, loadPolicy({ file: 'x', text: '' }).digest);
    // Every default that it shows is one: with the comment signs gone it says the same.
    const bare = text.replaceAll(/^# (?=\S+ = )/gm, '');
    assert.equal(loadPolicy({ file: 'x', text: bare }).digest, loadPolicy({ file: 'x', text: '' }).digest);
    const again = await safeguard(['policy', 'init'], { cwd });
    assert.equal(again.code, 64);
    assert.equal(readFileSync(join(cwd, 'safeguard.toml'), 'utf8'), text);
    assert.match((await safeguard(['policy', 'check'], { cwd })).stdout, /^safeguard\.toml is right/);
  });

  it('check says file, line and what was meant', async (t) => {
    const cwd = folder(t);
    writeFileSync(join(cwd, 'safeguard.toml'), '[cooldown]\nrelese = "3d"\n');
    const { code, stderr } = await safeguard(['policy', 'check'], { cwd });
    assert.equal(code, 64);
    assert.match(stderr, /safeguard\.toml:2:1: unknown key `cooldown\.relese`; did you mean `release`\?/);
  });

  it('show says for every value where it comes from', async (t) => {
    const cwd = folder(t);
    writeFileSync(join(cwd, 'safeguard.toml'), '[cooldown]\nrelease = "1d"\nnew-crate = "9d"\n');
    writeFileSync(join(cwd, 'org.toml'), '[cooldown]\nrelease = "5d"\n');
    const args = ['policy', 'show', '--organisation', 'org.toml'];
    const { stdout } = await safeguard(args, { cwd });
    assert.match(
      stdout,
      /^cooldown\.release +"5d" +organisation \(org\.toml:2\); the project’s "1d" is weaker$/m,
    );
    assert.match(stdout, /^cooldown\.new-crate +"9d" +project \(safeguard\.toml:3\)$/m);
    assert.match(stdout, /^yank-burst\.count +3 +default$/m);
    const json = JSON.parse((await safeguard([...args, '--format', 'json'], { cwd })).stdout);
    assert.equal(json.settings['cooldown.release'].value, 5 * 86_400_000);
    assert.equal(json.settings['cooldown.release'].overruled, '1d');
  });

  it('schema prints a JSON Schema with every setting described', async (t) => {
    const schema = JSON.parse((await safeguard(['policy', 'schema'], { cwd: folder(t) })).stdout);
    assert.equal(schema.properties.cooldown.properties.release.default, '3d');
    assert.equal(schema.additionalProperties, false);
    assert.doesNotMatch(JSON.stringify(schema), /stricter/);
  });
});
