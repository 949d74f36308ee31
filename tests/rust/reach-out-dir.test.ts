/** What begins in OUT_DIR and leads elsewhere: cut, joined to what begins anew, by links, by another OUT_DIR. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { summaryOf } from '../../src/rust/summary.ts';
import { assertReach, type Reach, reviewOf } from './reach.ts';

const text = 'let mut t = std::env::var("OUT_DIR").unwrap();';
const out = 'let mut o = std::path::PathBuf::from(std::env::var("OUT_DIR").unwrap());';
const write = (path: string) => `std::fs::write(${path}, "").ok();`;
const above = ['writes above OUT_DIR'];
const link = 'std::os::unix::fs::symlink("/srv/x", o.join("l")).ok();';

const leaving: readonly Reach[] = [
  { how: 'truncate', body: `${text} t.truncate(9); ${write('t')}`, says: above },
  { how: 'drain', body: `${text} t.drain(9..); ${write('t')}`, says: above },
  {
    how: 'what was drained',
    body: `${text} let s: String = t.drain(..9).collect(); ${write('s')}`,
    says: above,
  },
  { how: 'replace_range', body: `${text} t.replace_range(9.., "x"); ${write('t')}`, says: above },
  { how: 'signs', body: `${text} let s: String = t.chars().take(9).collect(); ${write('s')}`, says: above },
  {
    how: 'parts',
    body: `${out} let p: std::path::PathBuf = o.iter().take(3).collect(); ${write('p')}`,
    says: above,
  },
  { how: 'get', body: `${text} ${write('t.get(..9).unwrap()')}`, says: above },
  { how: 'a range from a number', body: `${text} ${write('&t[0..9]')}`, says: above },
  {
    how: 'bytes',
    body: `${text} let b = std::str::from_utf8(&t.as_bytes()[..9]).unwrap(); ${write('b')}`,
    says: above,
  },
  { how: 'a word replaced', body: `${text} ${write('t.replace("/out", "/x")')}`, says: above },
  { how: 'dots put in', body: `${text} ${write('t.replace("-", "/../")')}`, says: above },
  {
    how: 'the part that goes up',
    body: `${out} ${write('o.join(std::path::Component::ParentDir).join("x")')}`,
    says: above,
  },
  {
    how: 'the root',
    body: `${out} ${write('o.join(std::path::Component::RootDir).join("x")')}`,
    says: ['writes /'],
  },
  {
    how: 'a name turned round',
    body: `${out} let n: String = "x/..".chars().rev().collect(); ${write('o.join(n)')}`,
    says: above,
  },
  {
    how: 'a name that is worked out',
    body: `${out} let n: Vec<u8> = b"xyz".iter().map(|b| b ^ 7).collect(); ${write('o.join(String::from_utf8(n).unwrap())')}`,
    says: above,
  },
  { how: 'a link to a file', body: `${out} ${link} ${write('o.join("l")')}`, says: ['writes /srv/x'] },
  {
    how: 'a link to a folder',
    body: `${out} ${link} std::fs::copy("a", o.join("l").join("b")).ok();`,
    says: ['writes /srv/x'],
  },
  {
    how: 'a link that is opened',
    body: `${out} ${link} std::fs::OpenOptions::new().append(true).open(o.join("l/b")).ok();`,
    says: ['writes /srv/x'],
  },
  {
    how: 'another OUT_DIR',
    body: `std::env::set_var("OUT_DIR", "/srv/x"); ${out} ${write('o.join("y")')}`,
    says: ['writes /srv/x'],
  },
];

const staying: readonly Reach[] = [
  { how: 'slashes of Windows', body: `${text} ${write(String.raw`t.replace('\\', "/") + "/x"`)}`, says: [] },
  {
    how: 'slashes of Windows, by a text',
    body: `${text} ${write(String.raw`t.replace("\\", "/") + "/x"`)}`,
    says: [],
  },
  { how: 'without its first signs', body: `${text} ${write('format!("{}/x", &t[4..])')}`, says: [] },
  {
    how: 'an option that is taken',
    body: `${out} let mut o = Some(o); ${write('o.take().unwrap().join("x")')}`,
    says: [],
  },
  {
    how: 'a name that is put together',
    body: `${out} for l in ["a", "b"] { ${write('o.join([l, ".lib"].concat())')} }`,
    says: [],
  },
  {
    how: 'a link instead of a copy',
    body: `${out} if cfg!(windows) { std::fs::copy("/srv/x", o.join("l")).ok(); } else { ${link} }`,
    says: [],
  },
  { how: 'a link that is removed', body: `${out} std::fs::remove_file(o.join("l")).ok(); ${link}`, says: [] },
  {
    how: 'a link to its own',
    body: `${out} std::os::unix::fs::symlink("a", o.join("l")).ok(); ${write('o.join("l")')}`,
    says: [],
  },
  {
    how: 'a folder of OUT_DIR',
    body: `${out} std::env::set_var("OUT_DIR", o.join("x")); let p = std::env::var("OUT_DIR").unwrap(); ${write('p + "/y"')}`,
    says: [],
  },
];

describe('what begins in OUT_DIR', () => {
  for (const reach of leaving)
    for (const role of ['script', 'macro'] as const)
      it(`leads out of it in a ${role}: ${reach.how}`, () => assertReach(reach, role));

  for (const reach of staying)
    it(`stays there: ${reach.how}`, () => assertReach({ ...reach, never: ['writes *'] }, 'script'));

  it('is not said to be all that is written to where OUT_DIR is another folder', () => {
    const body = `for (n, v) in [("OUT_DIR", x())] { std::env::set_var(n, v); } ${out} ${write('o.join("y")')}`;
    const said = summaryOf(reviewOf({ how: '', body, says: [] }, 'script'));
    assert.match(said, /^Writes into OUT_DIR, /);
  });
});
