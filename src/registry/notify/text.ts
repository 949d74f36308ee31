import type { Alarm } from './alarm.ts';
import type { NotificationJson, ToldFindingJson } from './payload.ts';

/** Findings that a chat or a mail shows; the rest is counted. */
const shown = 20;

/** A finding as a person reads it: what, why, what to do, where to look. */
export interface SaidFinding {
  readonly head: string;
  readonly lines: readonly string[];
}

/** A notification in sentences. Names and messages come from outside: each stays one line without control characters. */
export function sayNotification({ type, data }: NotificationJson): {
  readonly subject: string;
  readonly findings: readonly SaidFinding[];
  readonly rest: readonly string[];
} {
  const more = Math.max(0, data.findings.length - shown) + data.moreFindings;
  const rest = [
    ...(more === 0 ? [] : [`And ${more} more findings.`]),
    ...(type !== 'findings' ? [] : ['All that is held back: safeguard quarantine list']),
  ];
  return {
    subject: `${type === 'test' ? '[test] ' : ''}Safeguard: ${oneLine(data.summary)}`,
    findings: [
      ...data.alarms.slice(0, shown).map(sayAlarm),
      ...data.findings.slice(0, shown).map(sayFinding),
    ],
    rest,
  };
}

function sayAlarm({ alarm, message, next }: Alarm): SaidFinding {
  return { head: oneLine(`alarm: ${alarm}`), lines: [message, `What to do: ${next}`].map(oneLine) };
}

function sayFinding(finding: ToldFindingJson): SaidFinding {
  const { crate, registry, versions, moreVersions, state, rule, message, next, url, until, page } = finding;
  const more = moreVersions === 0 ? '' : ` and ${moreVersions} more`;
  return {
    head: oneLine(`${crate} ${versions.join(', ')}${more} (${registry}): ${state}`),
    lines: [
      `${rule}: ${message}`,
      ...(until === undefined ? [] : [`It ends by itself: ${until}.`]),
      `What to do: ${next}`,
      ...(url === undefined ? [] : [url]),
      ...(page === undefined ? [`safeguard quarantine show ${crate}@${versions[0] ?? ''}`] : [page]),
    ].map(oneLine),
  };
}

function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu, '?');
}
