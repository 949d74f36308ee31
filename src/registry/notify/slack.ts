import type { NotificationJson } from './payload.ts';
import { postJson } from './post.ts';
import type { Target } from './target.ts';
import { sayNotification } from './text.ts';

/** What Slack takes in one section: characters. */
const mostInSection = 3000;

/** Posts to an incoming webhook of Slack, or of whatever takes the same (Mattermost, Rocket.Chat). */
export function slackSender(url: URL): Target['send'] {
  return ({ payload }, signal) => postJson(url, JSON.stringify(slackMessage(payload)), {}, signal);
}

/** A notification as `{ text, blocks }`; `text` is what shows where blocks do not. */
export function slackMessage(payload: NotificationJson) {
  const { subject, findings, rest } = sayNotification(payload);
  const sections = findings.map(({ head, lines }) =>
    section([`*${escaped(head)}*`, ...lines.map(escaped)].join('\n')),
  );
  return {
    text: escaped(subject),
    blocks: [
      section(`*${escaped(subject)}*`),
      ...sections,
      ...(rest.length === 0 ? [] : [section(rest.map(escaped).join('\n'))]),
    ],
  };
}

function section(text: string) {
  const short = text.length > mostInSection ? `${text.slice(0, mostInSection - 1)}…` : text;
  return { type: 'section', text: { type: 'mrkdwn', text: short } } as const;
}

/** Slack reads these three as its own; unescaped, a message from outside could call everybody in. */
function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
