import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Duty, promptDuty } from '../../src/registry/duties/duty.ts';
import { serverLog } from '../../src/server/log.ts';
import { Punctuality } from '../../src/server/punctuality.ts';
import { testStopwatch } from '../support/stopwatch.ts';

test('a loop is late whose turn does not end, or whose work waits; it is told once, and when that is over', () => {
  const stopwatch = testStopwatch();
  const lines: string[] = [];
  const log = serverLog(
    'text',
    (line) => lines.push(line.trimEnd()),
    () => 0,
  );
  const punctuality = new Punctuality(stopwatch, 120_000);
  const loop = (name: string, more: Partial<Duty> = {}) => ({ ...promptDuty(name, async () => {}), ...more });
  const waiting = loop('promotions');
  const work = { behind: 0 };
  const endLog = punctuality.watch(loop('log'));
  const endWaiting = punctuality.watch(Object.defineProperty(waiting, 'behind', { get: () => work.behind }));
  const excused = loop('polls of far', { behind: 900_000, excuse: () => 'far cannot be reached' });
  const endExcused = punctuality.watch(excused);
  const late = () => punctuality.late().map(({ loop, by }) => [loop, by]);
  const told = () => {
    punctuality.tell(log);
    return lines.splice(0).map((line) => line.replace(/^\S+ /, ''));
  };
  assert.deepEqual([late(), told()], [[], []]);
  stopwatch.advance(120_000);
  endWaiting();
  endExcused();
  assert.deepEqual([late(), told()], [[], []]);
  stopwatch.advance(1);
  assert.deepEqual([late(), told()], [[['log', 120_001]], ['ALARM log: late by 3 minutes']]);
  work.behind = 600_000;
  assert.deepEqual(told(), ['ALARM promotions: late by 10 minutes']);
  assert.deepEqual(told(), []);
  endLog();
  work.behind = 0;
  assert.deepEqual([late(), told()], [[], ['log: in time again', 'promotions: in time again']]);
  assert.deepEqual(
    punctuality.all().map(({ loop, by, excuse }) => [loop, by, excuse]),
    [
      ['log', 0, undefined],
      ['promotions', 1, undefined],
      ['polls of far', 900_000, 'far cannot be reached'],
    ],
  );
});
