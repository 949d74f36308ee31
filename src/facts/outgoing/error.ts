import { SlowTransfer } from '../transfer.ts';

/** Why something was not asked, or an answer not followed. Stable. */
export type OutgoingErrorCode =
  | 'outgoing/not-public'
  | 'outgoing/not-secret'
  | 'outgoing/redirects'
  | 'outgoing/too-large';

/**
 * A request that is not made. The message is a clause about whoever led there ("it leads to …") and holds nothing of an
 * answer: those who see it may not be those who may see that.
 */
export class OutgoingError extends Error {
  override readonly name = 'OutgoingError';
  readonly code: OutgoingErrorCode;

  constructor(code: OutgoingErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

/**
 * What kept an answer away, as a clause that holds nothing of what came over the network: no host that an answer named,
 * no name out of a certificate.
 */
export function failureText(error: unknown): string {
  const at = innermost(error);
  if (at instanceof OutgoingError || at instanceof SlowTransfer) return at.message;
  const code = (at as { readonly code?: unknown } | undefined)?.code;
  if (typeof code !== 'string') return 'the connection failed';
  const known = clauses.find(([codes]) => codes.test(code))?.[1];
  return known === undefined ? `the connection failed (${code})` : `${known} (${code})`;
}

const clauses: readonly (readonly [codes: RegExp, clause: string])[] = [
  [/^ECONNREFUSED$/, 'it refuses connections'],
  [/^(?:ECONNRESET|EPIPE|UND_ERR_SOCKET)$/, 'it broke the connection'],
  [/^(?:ENOTFOUND|EAI_)/, 'its name does not resolve'],
  [/^(?:EHOSTUNREACH|ENETUNREACH|ENETDOWN|EADDRNOTAVAIL)$/, 'there is no way to it from here'],
  [/TIMEOUT$|^ETIMEDOUT$/, 'it does not answer in time'],
  [/^ERR_TLS_CERT_ALTNAME_INVALID$/, "its certificate is another host's"],
  [/^CERT_HAS_EXPIRED$|^CERT_NOT_YET_VALID$/, 'its certificate is out of date'],
  [/CERT|SELF_SIGNED/, 'its certificate is not trusted here'],
  [/^(?:ERR_SSL|EPROTO|ERR_TLS)/, 'it does not speak TLS as expected'],
  [/^(?:HPE_|ERR_HTTP2|UND_ERR)/, 'it does not speak HTTP as expected'],
];

function innermost(error: unknown): unknown {
  let at = error;
  for (;;) {
    if (at instanceof AggregateError && at.errors[0] instanceof Error) at = at.errors[0];
    else if (at instanceof Error && at.cause instanceof Error) at = at.cause;
    else return at;
  }
}
