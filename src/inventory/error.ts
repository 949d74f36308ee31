export type InventoryErrorCode =
  /** A statement that contradicts itself: an edge that leads nowhere, a file that is not the one that a document is about. */
  | 'inventory/statement'
  /** More components than are taken. */
  | 'inventory/too-many'
  /** A part that is not there, or is another one. */
  | 'inventory/part'
  /** More uploads than one may have begun. */
  | 'inventory/uploads'
  /** No upload of an id. */
  | 'inventory/no-upload'
  /** Nothing to be found under a name. */
  | 'inventory/no-artefact'
  /** Nobody states that it is deployed there. */
  | 'inventory/no-deployment'
  /** A name that several have. */
  | 'inventory/ambiguous'
  /** A question that names neither an advisory nor a crate. */
  | 'inventory/question'
  /** No advisory of that id in any database that is read. */
  | 'inventory/no-advisory'
  /** Nothing runs by that id: no clock was started, or it was taken back. */
  | 'inventory/no-clock'
  /** No advisory database to go by. */
  | 'inventory/no-advisories';

/** A question to the inventory, or an addition, that cannot be taken. The message says what, `next` what to do. */
export class InventoryError extends Error {
  override readonly name = 'InventoryError';
  readonly code: InventoryErrorCode;
  readonly next: string | undefined;

  constructor(code: InventoryErrorCode, message: string, next?: string) {
    super(message);
    this.code = code;
    this.next = next;
  }
}
