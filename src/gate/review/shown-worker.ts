import { readFileSync } from 'node:fs';
import { worker } from 'workerpool';
import { GateError } from '../error.ts';
import { sourceOfBytes } from './release-source.ts';
import type { ReviewedVersion } from './review.ts';
import { type ShownCode, showCode } from './shown.ts';
import type { AskedVersion, ShownAnswer } from './shown-pool.ts';

/** Reviews the code of a release in a process of its own: whatever the bytes are, the answer is a value. */
function show({ of, against }: { of: AskedVersion; against?: AskedVersion }): ShownAnswer {
  try {
    const before = against === undefined ? undefined : opened(against);
    const code: ShownCode = showCode(opened(of), before);
    return { kind: 'shown', code };
  } catch (error) {
    if (!(error instanceof GateError)) throw error;
    return { kind: 'unreadable', reason: error.message };
  }
}

function opened({ crate, version, ...place }: AskedVersion): ReviewedVersion {
  const bytes = 'path' in place ? readFileSync(place.path) : place.bytes;
  return { crate, version, source: sourceOfBytes(bytes, { name: crate, version }) };
}

worker({ show });
