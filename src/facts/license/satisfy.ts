import type { LicenseExpression, LicenseTerm } from './expression.ts';
import { gnuForm } from './gnu.ts';

/** Whether what one accepts is what a term asks for. Exceptions must be the same, or absent on both sides. */
export function satisfies(accepted: LicenseTerm, asked: LicenseTerm): boolean {
  const license =
    accepted.license === asked.license || (asked.orLater && isLaterVersion(accepted.license, asked.license));
  return license && accepted.exception === asked.exception;
}

/**
 * Whether a term is what somebody denies. That goes further than `satisfies` does: what a licence is called, of old or with a
 * `+`, is no way around it.
 */
export function meets(denied: LicenseTerm, asked: LicenseTerm): boolean {
  const [old, now] = [renamed(denied), renamed(asked)];
  const [no, is] = [gnuForm(old), gnuForm(now)];
  if (no === undefined || is === undefined)
    return old.license === now.license && old.exception === now.exception;
  if (no.base !== is.base || no.exception !== is.exception) return false;
  return no.form === is.form || no.form === 'any' || is.form === 'any';
}

/** What SPDX says instead of deprecated ids that are none of GNU's own (SPDX licence list, each deprecated page). */
const names: Readonly<Record<string, Pick<LicenseTerm, 'license'> & Partial<LicenseTerm>>> = {
  'BSD-2-Clause-FreeBSD': { license: 'BSD-2-Clause-Views' },
  'BSD-2-Clause-NetBSD': { license: 'BSD-2-Clause' },
  'StandardML-NJ': { license: 'SMLNJ' },
  'bzip2-1.0.5': { license: 'bzip2-1.0.6' },
  'eCos-2.0': { license: 'GPL-2.0-or-later', exception: 'eCos-exception-2.0' },
  wxWindows: { license: 'LGPL-2.0-or-later', exception: 'WxWindows-exception-3.1' },
};

function renamed(term: LicenseTerm): LicenseTerm {
  return { ...term, ...names[term.license] };
}

export type Judged =
  | { readonly kind: 'satisfied' }
  /** `failing` are the terms that are not accepted and would have to be, in the order of the text. */
  | { readonly kind: 'refused'; readonly failing: readonly LicenseTerm[] };

/** Whether enough terms of an expression are accepted. */
export function evaluate(expression: LicenseExpression, accepts: (term: LicenseTerm) => boolean): Judged {
  if (expression.kind === 'term') {
    const { term } = expression;
    return accepts(term) ? { kind: 'satisfied' } : { kind: 'refused', failing: [term] };
  }
  const parts = expression.operands.map((operand) => evaluate(operand, accepts));
  const refused = parts.filter((part) => part.kind === 'refused');
  const isRefused = expression.kind === 'and' ? refused.length > 0 : refused.length === parts.length;
  return isRefused
    ? { kind: 'refused', failing: refused.flatMap(({ failing }) => failing) }
    : { kind: 'satisfied' };
}

/** Ids that differ only in parts that are versions, each at least as high: `MPL-2.0` for `MPL-1.1+`. */
function isLaterVersion(id: string, than: string): boolean {
  const [parts, lowest] = [id.split('-'), than.split('-')];
  return (
    parts.length === lowest.length &&
    parts.every((part, index) => part === lowest[index] || isHigher(part, lowest[index] ?? ''))
  );
}

function isHigher(version: string, than: string): boolean {
  if (!isVersion(version) || !isVersion(than)) return false;
  const [a, b] = [version.split('.').map(Number), than.split('.').map(Number)];
  for (let i = 0; i < Math.max(a.length, b.length); i++) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return false;
}

function isVersion(part: string): boolean {
  return /^\d+(\.\d+)*$/.test(part);
}
