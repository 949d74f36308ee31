import { expressionText, type LicenseExpression, readExpression } from '../facts/license/expression.ts';
import { currentId } from '../facts/license/gnu.ts';
import type { LicenseFact } from '../facts/license/release.ts';
import type { ReleaseSubject } from '../facts/subject.ts';
import { isAbout } from './crate-spec.ts';
import type { LicenseSettings } from './license-settings.ts';

/** Which licence a release is judged by, and what was odd on the way to it. */
export interface LicenseReading {
  /** Absent: no licence could be known. */
  readonly license?: KnownLicense | undefined;
  /** One sentence each. */
  readonly remarks: readonly string[];
}

export interface KnownLicense {
  readonly expression: LicenseExpression;
  /** As written where a person wrote it. */
  readonly text: string;
  readonly from: 'clarify' | 'Cargo.toml' | 'files';
  /** The file to point at. */
  readonly file: string;
}

/** In cargo-deny's order: what the policy clarifies, then the manifest's expression, then the licence files. */
export function readingOf(
  fact: LicenseFact,
  subject: ReleaseSubject,
  settings: Pick<LicenseSettings, 'clarify' | 'confidence'>,
): LicenseReading {
  const remarks: string[] = [];
  for (const entry of settings.clarify.filter((candidate) => isAbout(candidate, subject))) {
    const changed = entry.files.find(
      (pin) => !fact.texts.some((text) => text.file === pin.path && text.sha256 === pin.sha256),
    );
    const parsed = readExpression(entry.expression);
    if (changed !== undefined) {
      remarks.push(`A \`clarify\` entry no longer holds: ${changed.path} is not the file that it pins.`);
    } else if (parsed.kind === 'parsed') {
      const { expression } = parsed;
      return {
        license: {
          expression,
          text: entry.expression,
          from: 'clarify',
          file: changed ?? entry.files[0]?.path ?? '',
        },
        remarks,
      };
    }
  }
  if (fact.expression !== undefined) {
    const parsed = readExpression(fact.expression);
    if (parsed.kind === 'parsed') {
      const { expression } = parsed;
      return {
        license: { expression, text: fact.expression, from: 'Cargo.toml', file: 'Cargo.toml' },
        remarks,
      };
    }
    remarks.push(`Its licence “${short(fact.expression)}” is no SPDX expression: ${parsed.reason}.`);
  }
  return {
    license: ofTexts(fact, settings.confidence, remarks),
    remarks: [...remarks, ...fact.problems.map(sentence)],
  };
}

/** All of the licences whose texts are there: to take any of them for a choice would be a guess. */
function ofTexts(fact: LicenseFact, confidence: number, remarks: string[]): KnownLicense | undefined {
  const ids: string[] = [];
  for (const { file, id, confidence: likeness } of fact.texts) {
    if (id !== undefined && likeness >= Math.fround(confidence)) {
      const current = currentId(id);
      if (!ids.includes(current)) ids.push(current);
    } else {
      const most =
        id === undefined ? 'is like no known licence' : `is like ${id} to ${percent(likeness)} only`;
      remarks.push(`Its ${file} ${most}.`);
    }
  }
  const operands = ids.map(
    (license): LicenseExpression => ({ kind: 'term', term: { license, orLater: false } }),
  );
  const [first] = operands;
  if (first === undefined) return undefined;
  const expression: LicenseExpression = operands.length === 1 ? first : { kind: 'and', operands };
  const file = fact.texts.find(({ id }) => id !== undefined && currentId(id) === ids[0])?.file ?? '';
  return { expression, text: expressionText(expression), from: 'files', file };
}

function short(text: string): string {
  return text.length > 120 ? `${text.slice(0, 119)}…` : text;
}

function percent(part: number): string {
  return `${Math.floor(part * 100)} %`;
}

function sentence(problem: string): string {
  return problem.charAt(0).toUpperCase() + problem.slice(1);
}
