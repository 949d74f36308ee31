/** One layer of the defence, shown alone: what it met and what it did. */
export interface Chapter {
  readonly title: string;
  /** What is switched off, in a sentence. */
  readonly alone: string;
  readonly lines: readonly Line[];
  /** Whether the layer kept the attack out by itself. */
  readonly stopped: boolean;
}

/** Something that happened or was said. */
export interface Line {
  /** RFC 3339; absent for what belongs to the line before. */
  readonly at?: string;
  /** `attack`: done by the attacker or upstream; `safeguard`: done here; `reason`: why; `code`: source that is shown. */
  readonly kind: 'attack' | 'safeguard' | 'reason' | 'code';
  readonly text: string;
}
