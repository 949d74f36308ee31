/** Settings of `[[notify]]` that cannot be used: they stop the start, since a notification that never comes goes unseen. */
export class NotifySettingsError extends Error {
  override readonly name = 'NotifySettingsError';
  readonly code:
    | 'notify/bad-address'
    | 'notify/secret-unset'
    | 'notify/secret-unusable'
    | 'notify/name-taken';

  constructor(code: NotifySettingsError['code'], message: string) {
    super(message);
    this.code = code;
  }
}

/** Why one try to deliver failed; a sentence without secrets. */
export class DeliveryError extends Error {
  override readonly name = 'DeliveryError';
  readonly code = 'notify/undelivered';
  /** How long the other side wants to be left alone, milliseconds, if it said so. */
  readonly patience: number | undefined;

  constructor(message: string, patience?: number) {
    super(message);
    this.patience = patience;
  }
}
