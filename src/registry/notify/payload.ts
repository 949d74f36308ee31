import { z } from 'zod';
import { compareEffects } from '../../policy/effect.ts';
import type { ToldRecord } from '../../store/records.ts';
import type { Alarm } from './alarm.ts';
import type { Told } from './found.ts';

// What a notification says, as webhooks get it; chat and e-mail are written from the same.

const time = z.iso.datetime().describe('RFC 3339');

/** One finding on some releases of a crate. */
export const toldFindingSchema = z.object({
  registry: z.string(),
  crate: z.string(),
  rule: z.string().describe('the rule, or `withdrawn` where the registry deleted it'),
  effect: z.enum(['warn', 'hold', 'review', 'deny']),
  state: z.enum(['held', 'review', 'blocked', 'withdrawn']).describe('what became of the releases'),
  message: z.string().describe('one sentence'),
  next: z.string().describe('what to do next, one sentence'),
  advisory: z.string().optional(),
  url: z.string().optional().describe('where the advisory, or whatever it is, can be read'),
  until: time.optional().describe('when a hold ends by itself'),
  versions: z.array(z.string()).describe('the releases, at most 20 of them'),
  moreVersions: z.number().describe('how many releases there are beside those'),
  page: z.string().optional().describe('where the first of them can be looked up, where public-url is set'),
});

/** Something to look at now that is about no release. */
const alarmSchema = z.object({
  alarm: z
    .string()
    .describe(
      'what kind it is: `session-replayed`, `session-late`, `session-other-build`, `exposure-began`, `exposure-ended`, `tampered-began`, `tampered-ended`, `exploited-started`, `exploited-due`, `exploited-overdue`, `exploited-unlisted`, `release-requested`, `request-answered`',
    ),
  message: z.string().describe('one sentence'),
  next: z.string().describe('what to do next, one sentence'),
});

/** The body of a webhook, in the form that Standard Webhooks proposes. */
export const notificationSchema = z.object({
  type: z.enum(['findings', 'alarms', 'test']).describe('alarms: there are no findings beside them'),
  timestamp: time.describe('when the first of it was found'),
  data: z.object({
    summary: z.string().describe('one sentence'),
    releases: z.number(),
    crates: z.number(),
    findings: z.array(toldFindingSchema).describe('strictest first, at most 50'),
    moreFindings: z.number().describe('how many there are beside those'),
    alarms: z.array(alarmSchema).describe('at most 50'),
  }),
});

export type NotificationJson = z.infer<typeof notificationSchema>;
export type ToldFindingJson = z.infer<typeof toldFindingSchema>;

const mostFindings = 50;
const mostVersions = 20;

/** What one notification says. The same rows give the same bytes, so that a second try repeats the first. */
export function payloadOf(rows: readonly ToldRecord[], pageOf: PageOf): NotificationJson {
  const all = rows.map((row) => ({ row, told: JSON.parse(row.body) as Told | Alarm }));
  const alarms = all.flatMap(({ told }) => ('alarm' in told ? [told] : []));
  const groups = Map.groupBy(
    all.flatMap(({ row, told }) => ('alarm' in told ? [] : [{ row, told }])),
    ({ row: { registry, key }, told: { rule, effect, state, advisory, message, until } }) =>
      JSON.stringify([registry, key, rule, effect, state, advisory, message, until]),
  );
  const findings = [...groups.values()]
    .flatMap((group) => findingOf(group, pageOf))
    .sort((a, b) => compareEffects(b.effect, a.effect));
  const found = rows.filter(({ registry }) => registry !== '');
  const releases = new Set(found.map(({ registry, key, version }) => `${registry}/${key}@${version}`)).size;
  const names = new Set(findings.map(({ registry, crate }) => `${registry}/${crate}`));
  return {
    type: findings.length === 0 && alarms.length > 0 ? 'alarms' : 'findings',
    timestamp: new Date(Math.min(...rows.map(({ at }) => at))).toISOString(),
    data: {
      summary: [
        ...alarmWords(alarms),
        ...(found.length > 0 || alarms.length === 0 ? [summaryOf(findings, releases, names.size)] : []),
      ].join(' '),
      releases,
      crates: names.size,
      findings: findings.slice(0, mostFindings),
      moreFindings: Math.max(0, findings.length - mostFindings),
      alarms: alarms.slice(0, mostFindings),
    },
  };
}

/** The address of a release's page, where there is one. */
export type PageOf = (release: {
  readonly registry: string;
  readonly crate: string;
  readonly version: string;
}) => string | undefined;

/** What a test says: marked as one, about nothing. */
export function testPayload(now: number): NotificationJson {
  return {
    type: 'test',
    timestamp: new Date(now).toISOString(),
    data: {
      summary: 'This is a test: Safeguard can reach you here. Nothing was found.',
      releases: 0,
      crates: 0,
      findings: [],
      moreFindings: 0,
      alarms: [],
    },
  };
}

function findingOf(
  group: readonly { readonly row: ToldRecord; readonly told: Told }[],
  pageOf: PageOf,
): ToldFindingJson[] {
  const [first] = group;
  if (first === undefined || first.told.state === 'promoted') return [];
  const { registry } = first.row;
  const { crate, rule, effect, state, message, next, advisory, url, until } = first.told;
  const versions = group.map(({ row }) => row.version);
  const page = pageOf({ registry, crate, version: first.row.version });
  return [
    {
      registry,
      crate,
      rule,
      effect,
      state,
      message,
      next,
      ...(advisory === undefined ? {} : { advisory }),
      ...(url === undefined ? {} : { url }),
      ...(until === undefined ? {} : { until }),
      versions: versions.slice(0, mostVersions),
      moreVersions: Math.max(0, versions.length - mostVersions),
      ...(page === undefined ? {} : { page }),
    },
  ];
}

function alarmWords([first, ...more]: readonly Alarm[]): readonly string[] {
  if (first === undefined) return [];
  return [first.message, ...(more.length === 0 ? [] : [`There are ${more.length} more alarms.`])];
}

function summaryOf(findings: readonly ToldFindingJson[], releases: number, crates: number): string {
  const [first] = findings;
  const what =
    releases === 1 && first !== undefined
      ? `${first.crate} ${first.versions[0] ?? ''} is`
      : crates === 1 && first !== undefined
        ? `${releases} releases of ${first.crate} are`
        : `${releases} releases of ${crates} crates are`;
  const rules = [...new Set(findings.map(({ rule }) => rule))];
  const shown = rules.slice(0, 4).join(', ');
  return `${what} not handed out any more (${shown}${rules.length > 4 ? ', …' : ''}).`;
}
