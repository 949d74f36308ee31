export type CheckStatus = 'ok' | 'warning' | 'problem' | 'unknown';

/** One thing that was looked at. */
export interface Check {
  readonly id: string;
  readonly status: CheckStatus;
  /** What was found, one sentence. */
  readonly message: string;
  /** What to do about it; absent where nothing is to be done. */
  readonly next?: string;
}

export function ok(id: string, message: string): Check {
  return { id, status: 'ok', message };
}

export function notOk(id: string, status: Exclude<CheckStatus, 'ok'>, message: string, next: string): Check {
  return { id, status, message, next };
}
