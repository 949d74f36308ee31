import { z } from 'zod';
import { tryParseRequirement } from '../cargo/requirement.ts';
import type { ReleaseSubject } from '../facts/subject.ts';
import { releaseId } from '../facts/subject.ts';
import { isAbout } from './crate-spec.ts';
import { durationSetting, sayDuration } from './duration.ts';
import type { Finding } from './finding.ts';
import { crateOrFile } from './names.ts';

/** A dated, reasoned, expiring exception to a rule, by a named person. */
export const waiverSchema = z.strictObject({
  rule: z.string().min(1).describe('Id of the rule whose findings are excepted.'),
  crate: crateOrFile.describe('The crate that it is about; for rules about files of the project, the file.'),
  version: z
    .string()
    .refine(
      (text) => tryParseRequirement(text) !== undefined,
      'expected a version requirement, as in Cargo.toml',
    )
    .default('*')
    .describe('Which versions, as a requirement; pre-releases by naming one.'),
  advisory: z.string().optional().describe('Only findings with this advisory id.'),
  reason: z.string().trim().min(1),
  by: z.string().trim().min(1).describe('Who answers for it.'),
  expires: z.iso.date().describe('The day on which it ends (UTC).'),
});

export type Waiver = z.output<typeof waiverSchema>;

/** How far waivers may go. */
export const waiverSettings = z.strictObject({
  longest: durationSetting('90d')
    .meta({ stricter: 'smaller' })
    .describe('How far ahead a waiver may expire.'),
  project: z.boolean().default(true).meta({ stricter: 'false' }).describe('Whether a project may waive.'),
});

export type WaiverSettings = z.output<typeof waiverSettings>;

/** A finding that a waiver excepts, with the waiver; it no longer counts, and it stays visible. */
export function applyWaivers(
  findings: readonly Finding[],
  subject: ReleaseSubject,
  waivers: readonly Waiver[],
  settings: WaiverSettings,
  waivable: (rule: string) => boolean,
  now: number,
): readonly Finding[] {
  const own = waivers.filter((waiver) => concerns(waiver, subject));
  if (own.length === 0) return findings;
  const marked = findings.map((finding) => {
    const waiver = own.find(
      (candidate) =>
        excepts(candidate, finding) && problemOf(candidate, settings, waivable, now) === undefined,
    );
    if (waiver === undefined) return finding;
    const { by, reason, expires } = waiver;
    return { ...finding, waived: { by, reason, expires } };
  });
  return [
    ...marked,
    ...own.flatMap((waiver) => complaint(waiver, subject, findings, settings, waivable, now)),
  ];
}

/** Whether a waiver is about a release, whatever the rule. */
export function concerns(
  { crate: name, version }: Waiver,
  subject: Pick<ReleaseSubject, 'crate' | 'version'>,
): boolean {
  return isAbout({ name, ...(version === '*' ? {} : { version }) }, subject);
}

/** Whether a finding on a release that a waiver is about is one that it excepts. */
export function excepts(waiver: Waiver, finding: Finding): boolean {
  if (waiver.rule !== finding.rule) return false;
  return waiver.advisory === undefined || waiver.advisory === finding.evidence.advisory;
}

/** Why a waiver does not count; one clause. */
function problemOf(
  waiver: Waiver,
  settings: WaiverSettings,
  waivable: (rule: string) => boolean,
  now: number,
): string | undefined {
  const end = Date.parse(waiver.expires);
  if (!waivable(waiver.rule)) return `the rule ${waiver.rule} cannot be waived`;
  if (end <= now) return `it expired on ${waiver.expires}`;
  if (end > now + settings.longest)
    return `it runs for longer than the policy allows (${sayDuration(settings.longest)})`;
  return undefined;
}

/** A waiver that would except something and does not count is itself worth a word. */
function complaint(
  waiver: Waiver,
  subject: ReleaseSubject,
  findings: readonly Finding[],
  settings: WaiverSettings,
  waivable: (rule: string) => boolean,
  now: number,
): Finding[] {
  const problem = problemOf(waiver, settings, waivable, now);
  if (problem === undefined || !findings.some((finding) => excepts(waiver, finding))) return [];
  return [
    {
      rule: 'waiver',
      effect: 'warn',
      subject: releaseId(subject),
      message: `The waiver of ${waiver.rule} by ${waiver.by} does not count: ${problem}.`,
      evidence: { values: { reason: waiver.reason, expires: waiver.expires } },
      next: 'Renew it with a reason, or take it out of the policy.',
    },
  ];
}
