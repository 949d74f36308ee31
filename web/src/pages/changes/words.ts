import type { ChangeOutlineJson, KeptChangeJson } from '../../../../src/server/changes-contract.ts';

export type Change = KeptChangeJson['report']['changes'][number];
export type Finding = KeptChangeJson['report']['debt'][number];

export const verdicts: Readonly<Record<ChangeOutlineJson['verdict'], string>> = {
  allow: 'passes',
  hold: 'has to wait',
  review: 'waits for a person',
  deny: 'refused',
};

export const kinds: Readonly<Record<Change['kind'], string>> = {
  added: 'comes in',
  removed: 'goes',
  upgraded: 'goes up',
  downgraded: 'goes down',
  present: 'is there',
  source: 'comes from elsewhere',
  checksum: 'has other bytes',
  features: 'is built otherwise',
  config: 'file that decides the build',
};

/** How a change stands among states of releases: by form and colour. */
export const looks: Readonly<Record<ChangeOutlineJson['verdict'], string>> = {
  allow: 'promoted',
  hold: 'held',
  review: 'review',
  deny: 'blocked',
};

/** `1.0.0 → 1.1.0`; what there is of it. */
export function versionsOf({ from, to }: Change): string {
  return from !== undefined && to !== undefined && from !== to ? `${from} → ${to}` : (to ?? from ?? '');
}

/** `Cargo.lock:12:3`, where a finding or a change points. */
export function placeOf(
  span:
    | {
        readonly file?: string | undefined;
        readonly line?: number | undefined;
        readonly column?: number | undefined;
      }
    | undefined,
): string {
  if (span?.file === undefined) return '';
  return [span.file, span.line, span.column].filter((one) => one !== undefined).join(':');
}
