/** A signed text as a proof file holds it; nothing of it is checked yet. */
export interface Envelope {
  /** What was signed: YAML, each line ended by `\n`. */
  readonly body: string;
  readonly signature: string;
  /** The kind that an old envelope names in its first line; new ones name it in the body. */
  readonly legacyKind: string | undefined;
  /** 1-based line of its first line. */
  readonly line: number;
}

/** The envelopes of a file in order, and the lines on which something broken begins. */
export interface Envelopes {
  readonly envelopes: readonly Envelope[];
  readonly broken: readonly number[];
}

/**
 * Splits a proof file (crev-data: proof/mod.rs, `Proof::parse_from`). New envelopes read `----- BEGIN CREV PROOF -----`,
 * `----- SIGN CREV PROOF -----`, `----- END CREV PROOF -----`; old ones name the kind: `-----BEGIN CREV TRUST-----`.
 * Where crev gives up on a file, this goes on at the next first line.
 */
export function readEnvelopes(text: string): Envelopes {
  const envelopes: Envelope[] = [];
  const broken: number[] = [];
  let open: Open | undefined;
  // One stretch of stray lines is one broken thing.
  let stray = false;
  for (const [index, raw] of text.split('\n').entries()) {
    const line = raw.endsWith('\r') ? raw.slice(0, -1) : raw;
    const mark = markOf(line);
    if (mark?.kind === 'begin') {
      if (open !== undefined) broken.push(open.line);
      open = { legacyKind: mark.legacyKind, line: index + 1, body: [], signature: [], part: 'body' };
      stray = false;
    } else if (open === undefined) {
      if (line.trim() !== '' && !stray) broken.push(index + 1);
      stray = stray || line.trim() !== '';
    } else if (mark !== undefined && mark.legacyKind !== open.legacyKind) {
      broken.push(open.line);
      [open, stray] = [undefined, true];
    } else if (mark?.kind === 'sign' && open.part === 'body') {
      open.part = 'signature';
    } else if (mark?.kind === 'end' && open.part === 'signature') {
      const envelope = close(open);
      if (envelope === undefined) broken.push(open.line);
      else envelopes.push(envelope);
      open = undefined;
    } else {
      open[open.part].push(line);
    }
  }
  if (open !== undefined) broken.push(open.line);
  return { envelopes, broken };
}

interface Open {
  readonly legacyKind: string | undefined;
  readonly line: number;
  readonly body: string[];
  readonly signature: string[];
  part: 'body' | 'signature';
}

interface Mark {
  readonly kind: 'begin' | 'sign' | 'end';
  readonly legacyKind: string | undefined;
}

// crev's own limits.
const maxBodyBytes = 32_000;
const maxSignatureLength = 2_000;

function close({ body, signature, legacyKind, line }: Open): Envelope | undefined {
  const envelope = {
    body: body.map((each) => `${each}\n`).join(''),
    signature: signature.join('\n').trim(),
    legacyKind,
    line,
  };
  const fits =
    Buffer.byteLength(envelope.body) <= maxBodyBytes && envelope.signature.length <= maxSignatureLength;
  return fits ? envelope : undefined;
}

function markOf(line: string): Mark | undefined {
  if (!line.includes('CREV ')) return undefined;
  const trimmed = line.trim();
  const modern = /^----- (BEGIN|SIGN|END) CREV PROOF -----$/.exec(trimmed);
  if (modern !== null) return { kind: kinds[modern[1] ?? ''] ?? 'begin', legacyKind: undefined };
  const legacy = /^-----(BEGIN|END) CREV (.+?)( SIGNATURE)? ?-----$/.exec(trimmed);
  if (legacy === null) return undefined;
  const legacyKind = (legacy[2] ?? '').toLowerCase();
  if (legacy[3] !== undefined) return legacy[1] === 'BEGIN' ? { kind: 'sign', legacyKind } : undefined;
  return { kind: legacy[1] === 'BEGIN' ? 'begin' : 'end', legacyKind };
}

const kinds: Readonly<Record<string, Mark['kind']>> = { BEGIN: 'begin', SIGN: 'sign', END: 'end' };
