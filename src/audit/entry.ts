// What is written down of those who decide, so that it can be proved later what was decided, by whom, and that nothing was edited.

/** What somebody did that decides something. */
export type AuditAction = (typeof auditActions)[number];

export const auditActions = [
  'release.blocked',
  'release.unblocked',
  'release.break-glass',
  'release.approved',
  'release.rejected',
  'release.taken-back',
  'release.requested',
  'token.created',
  'token.revoked',
  'session.opened',
  'session.closed',
  'session.refused',
  'statements.signed',
  'statements.refused',
  'person.signed-in',
  'link.created',
  'clock.trusted',
  'policy.activated',
  'policy.proposed',
  'settings.changed',
  'vex.stated',
  'vex.withdrawn',
  'exploited.marked',
  'exploited.withdrawn',
  'exploited.measure',
  'exploited.submitted',
  'exploited.unsubmitted',
  'host.retired',
  'deployment.stated',
  'deployment.withdrawn',
] as const;

/** One act, before it has its place in the log. */
export interface AuditEvent {
  /** Epoch milliseconds. */
  readonly at: number;
  /** Whose token, or `serve` for what starting the server changed. */
  readonly actor: string;
  /** Of the token; `null` where nobody's token was used. */
  readonly role: string | null;
  /** The address that the request came from; `null` where there was none. */
  readonly address: string | null;
  readonly action: AuditAction;
  /** What it is about: `registry crate@version`, a token's name, or `''` for the whole server. */
  readonly subject: string;
  /** What was, as far as the act changes it; `null`: nothing. */
  readonly before: AuditState | null;
  /** What is since. */
  readonly after: AuditState | null;
}

export type AuditState = Readonly<Record<string, unknown>>;

/** An act in its place. */
export interface AuditEntry extends AuditEvent {
  /** From 1, without gaps. */
  readonly seq: number;
  /** SHA-256 (hex) over everything above and the hash of the entry before. */
  readonly hash: string;
  /** Public key of who signed the head, as base64 of its SubjectPublicKeyInfo (DER). */
  readonly key: string;
  /** Signature of the head that this entry made, base64. */
  readonly signature: string;
}

/** That the log had so many entries, of which the last one had this hash: whoever keeps it elsewhere can prove what came before. */
export interface AuditHead {
  readonly count: number;
  readonly hash: string;
  /** Epoch milliseconds: when the last of them was written. */
  readonly at: number;
  readonly key: string;
  readonly signature: string;
}
