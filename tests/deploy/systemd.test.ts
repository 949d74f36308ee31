/** The unit of the agent: that it may do what the agent needs, and little else. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { it } from 'node:test';

const file = new URL('../../deploy/systemd/safeguard-agent.service', import.meta.url);
const settings = readFileSync(file, 'utf8')
  .split('\n')
  .filter((line) => line !== '' && !/^[#[]/.test(line))
  .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)] as const);
const of = (name: string) => settings.flatMap(([key, value]) => (key === name ? [value] : []));

it('the agent’s unit gives it the two capabilities that it needs, as a user of its own', () => {
  for (const name of ['AmbientCapabilities', 'CapabilityBoundingSet'])
    assert.deepEqual(of(name), ['CAP_SYS_PTRACE CAP_DAC_READ_SEARCH'], name);
  assert.deepEqual(
    [of('DynamicUser'), of('NoNewPrivileges'), of('ProtectSystem')],
    [['yes'], ['yes'], ['strict']],
  );
});

it('… hides from it no process, keeps its queue over restarts, and lets its engine compile', () => {
  for (const name of [
    'ProtectProc',
    'ProcSubset',
    'MemoryDenyWriteExecute',
    'PrivateUsers',
    'PrivatePIDs',
    'PrivateNetwork',
  ])
    assert.deepEqual(of(name), [], name);
  assert.deepEqual([of('StateDirectory'), of('Restart')], [['safeguard-agent'], ['always']]);
});

it('… names every setting once, and no token', () => {
  const names = settings.map(([key]) => key).filter((key) => key !== 'Environment');
  assert.deepEqual(names, [...new Set(names)]);
  assert.doesNotMatch(readFileSync(file, 'utf8'), /SAFEGUARD_TOKEN=/);
});
