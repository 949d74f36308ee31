import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ClockGuard, isAgreed } from '../../../src/registry/clock/guard.ts';

const minute = 60_000;
const hour = 60 * minute;
const start = Date.parse('2026-08-01T00:00:00Z');

function clocks() {
  let [wall, monotonic] = [start, 0];
  const guard = new ClockGuard({ wall: () => wall, monotonic: () => monotonic });
  return {
    guard,
    /** Time passes, and the wall clock leaps by so much beside. */
    pass: (by: number, leap = 0) => {
      monotonic += by;
      wall += by + leap;
    },
    /** Minutes since the start. */
    judging: () => (guard.judging() - start) / minute,
    seeing: () => (guard.seeing() - start) / minute,
    heard: (minutes: number, by = 'other') => guard.hear({ wall: start + minutes * minute, by }, 'own'),
    told: (ahead: number) => isAgreed(guard.doubt() ?? assert.fail(), [{ ahead, at: monotonic }]),
  };
}

test('time that passes, and steps of up to ten minutes, are believed', () => {
  const c = clocks();
  c.pass(30 * 24 * hour);
  c.pass(minute, 10 * minute);
  c.pass(minute, -20 * minute);
  assert.equal(c.guard.doubt(), undefined);
  assert.equal(c.guard.judging(), c.guard.seeing());
});

test('many small steps are one leap', () => {
  const c = clocks();
  for (let i = 0; i < 3; i++) {
    c.pass(minute, 5 * minute);
    c.guard.doubt();
  }
  assert.match(c.guard.doubt()?.reason ?? '', /15 minutes ahead of this server’s clock/);
});

test('after a leap forward time stands still for judgements, and runs on for what is first seen', () => {
  const c = clocks();
  c.pass(5 * minute);
  c.pass(0, 96 * hour);
  assert.deepEqual([c.judging(), c.seeing()], [5, 5 + 96 * 60]);
  c.pass(hour);
  assert.deepEqual([c.judging(), c.seeing()], [5, 5 + 97 * 60]);
  c.guard.agree();
  assert.deepEqual([c.judging(), c.seeing()], [5 + 97 * 60, 5 + 97 * 60]);
});

test('after a leap back judgements go by the earlier time, and what is first seen by the later one', () => {
  const c = clocks();
  c.pass(hour, -2 * hour);
  assert.deepEqual([c.judging(), c.seeing()], [-60, 60]);
  c.pass(5 * minute);
  assert.deepEqual([c.judging(), c.seeing()], [-55, 65]);
});

test('a heartbeat that is ahead, or long behind at a start, is a doubt; one that is missed while running is none', () => {
  for (const [minutes, doubted] of [
    [11, true],
    [10, false],
    [-10, false],
    [-11, true],
  ] as const) {
    const c = clocks();
    c.heard(minutes);
    assert.equal(c.guard.doubt() !== undefined, doubted, String(minutes));
  }
  const running = clocks();
  running.heard(0);
  running.pass(3 * hour);
  running.heard(0);
  assert.equal(running.guard.doubt(), undefined);
  running.heard(179);
  running.pass(minute);
  running.heard(179);
  assert.equal(running.guard.doubt(), undefined);
});

test('a heartbeat that is read long after it was written is none', () => {
  const c = clocks();
  c.heard(0);
  c.pass(3 * hour);
  c.heard(1, 'other');
  assert.equal(c.guard.doubt(), undefined);
});

test('another replica’s new heartbeat ends a doubt where it agrees; an old one, or one’s own, does not', () => {
  const c = clocks();
  c.heard(0);
  c.pass(minute, 60 * minute);
  c.heard(0);
  assert.ok(c.guard.doubt());
  c.heard(61, 'own');
  assert.ok(c.guard.doubt());
  c.heard(2);
  assert.ok(c.guard.doubt());
  c.heard(60);
  assert.equal(c.guard.doubt(), undefined);
});

test('upstreams agree where more of them do than not, by what they said since the doubt began', () => {
  const c = clocks();
  c.pass(minute, hour);
  assert.ok(c.told(0));
  assert.ok(!c.told(-hour));
  const doubt = c.guard.doubt() ?? assert.fail();
  const at = doubt.since;
  assert.ok(!isAgreed(doubt, []));
  assert.ok(!isAgreed(doubt, [{ ahead: 0, at: at - 1 }]));
  assert.ok(
    !isAgreed(doubt, [
      { ahead: 0, at },
      { ahead: hour, at },
    ]),
  );
  assert.ok(
    isAgreed(doubt, [
      { ahead: 0, at },
      { ahead: hour, at },
      { ahead: minute, at },
    ]),
  );
});
