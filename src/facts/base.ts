/**
 * The release that another is compared with, and what was read of it. It is the one before it among all that the registry
 * lists, or the one that a lockfile had: never the one that happened to be read.
 */
export type Base<Read> = { readonly version: string } & (
  | { readonly read: Read }
  /** Why nothing could be read of it, as a clause. */
  | { readonly unread: string }
);

/** The release before, where it is there and nothing is known of what it held. */
export interface UnreadBase {
  readonly version: string;
  /** Why, as a clause. */
  readonly unread: string;
}

/** Whether a comparison has to do without the release before. */
export function isUnread(previous: object | undefined): previous is UnreadBase {
  return previous !== undefined && 'unread' in previous;
}
