/** Where and when code asks whether it runs, so that it does something only there and then. */
import { describe, it } from 'node:test';
import { assertReach, type Reach, type ReachRole, roles } from './reach.ts';

const clock = ['clock ?'];
const cases: readonly Reach[] = [
  { how: 'now', body: 'let _ = std::time::SystemTime::now();', says: clock },
  { how: 'the age of the epoch', body: 'std::time::UNIX_EPOCH.elapsed().ok();', says: clock },
  {
    how: 'the age of the epoch by its type',
    body: 'std::time::SystemTime::UNIX_EPOCH.elapsed().ok();',
    says: clock,
  },
  {
    how: 'the age of the epoch by another name',
    head: 'use std::time::UNIX_EPOCH as START;',
    body: 'let from = START; from.elapsed().ok();',
    says: clock,
    roles: ['script', 'macro'],
  },
  {
    how: 'the age of the epoch by a path',
    body: 'std::time::SystemTime::elapsed(&std::time::UNIX_EPOCH).ok();',
    says: clock,
  },
  {
    how: 'the age of a file',
    body: 'let made = std::fs::metadata("Cargo.toml").unwrap().modified().unwrap(); made.elapsed().ok();',
    says: clock,
    roles: ['script', 'macro'],
  },
  {
    how: 'how long something took',
    body: 'let from = std::time::Instant::now(); from.elapsed();',
    says: [],
    never: clock,
  },
  {
    how: 'a file’s time as a number',
    body: 'let made = std::fs::metadata("a").unwrap().modified().unwrap(); made.duration_since(std::time::UNIX_EPOCH).ok();',
    says: [],
    never: clock,
  },
  ...['/.dockerenv', '/run/.containerenv', '/github/workspace', '/home/runner/work', '/builds/x'].map(
    (place): Reach => ({
      how: `whether there is ${place}`,
      body: `if std::path::Path::new("${place}").exists() {}`,
      says: [`detects-ci ${place.replace(/\/(?:work|x)$/, '')}`],
      roles: ['script', 'macro'],
    }),
  ),
  {
    how: 'a folder of its own that is called like one',
    body: 'if std::path::Path::new("builds/x").exists() {}',
    says: [],
    never: ['detects-ci *'],
  },
];

describe('reach by date and place', () => {
  for (const reach of cases)
    for (const role of reach.roles ?? (roles as readonly ReachRole[]))
      it(`is told: ${reach.how}, in a ${role}`, () => assertReach(reach, role));
});
