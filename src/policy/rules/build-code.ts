import { z } from 'zod';
import type { ApprovalFact } from '../../facts/approval.ts';
import type { CodeFact, ReviewedLibrary } from '../../facts/code.ts';
import type { Capability } from '../../rust/capability/capability.ts';
import { shapeOf } from '../../rust/digest.ts';
import {
  type CodeStanding,
  codeWords,
  type Standing,
  sayParts,
  standingsOf,
} from '../build-code-standing.ts';
import type { Effect } from '../effect.ts';
import { effectSetting } from '../effect-setting.ts';
import type { Evidence } from '../finding.ts';
import { defineRule, type RuleFinding } from '../rule.ts';
import { kindOf } from '../shapes.ts';
import { readNext } from '../unknown.ts';

const settings = z.strictObject({
  unreviewed: effectSetting('review').describe('A build script or macros that nobody approved.'),
  unadopted: effectSetting('warn').describe(
    'The same in a project that keeps no list of approvals yet, of what was there before it began one.',
  ),
  grown: effectSetting('review').describe('It can do more than what was approved.'),
  'newly-dangerous': effectSetting('deny').describe(
    'It can do more on the network, with programs, or to hide what it does.',
  ),
  surface: effectSetting('review').describe(
    'Macros offer other exports, or other things run with them; a library that is compiled into them is other code.',
  ),
  changed: effectSetting('warn').describe('Other code of a build script, which can do no more than before.'),
  lapsed: effectSetting('review').describe('The approval has expired.'),
  unread: effectSetting('review').describe('Code that could not be read: too much of it, or broken.'),
  grandfathered: effectSetting('allow').describe(
    'What was there when the list was begun, and nobody has read.',
  ),
  'own-approvals': effectSetting('warn').describe(
    'The change that is judged brings the approval along itself.',
  ),
});

type Settings = z.output<typeof settings>;

/** Nothing runs at build time that nobody said yes to. */
export const buildCode = defineRule({
  id: 'build-code',
  doc:
    'Asks for a person’s approval of every build script and every library of macros in the graph, as safeguard/allow.toml ' +
    'or the organisation keeps them. An approval holds as long as nothing relevant changes: a build script with the same ' +
    'tokens, and macros with the same surface (exports, capabilities, what runs with them), are carried over to other ' +
    'versions. So are the libraries that are compiled into either, where they make code or can do something grave. What can do more needs a new approval, and what can do more on the network, with programs or to hide is ' +
    'denied until somebody gives it. An approval quiets this rule alone: advisories, age and publishers are judged as ever.',
  section: 'build-code',
  settings,
  contexts: ['change'],
  needs: ['code', 'approval', 'partOf'],
  evaluate({ subject, facts, settings, now }) {
    if (facts.approval.kind === 'unknown')
      return finding(
        settings.unread,
        `What people approved of is not known: ${facts.approval.reason}.`,
        {},
        reviewNext(subject),
      );
    const approvals = facts.approval.value;
    if (facts.code.kind === 'unknown')
      return finding(
        settings.unread,
        `What of it runs at build time is not known: ${facts.code.reason}.`,
        {},
        facts.code.source === 'git' ? readNext(facts.code) : reviewNext(subject),
      );
    const code = facts.code.value;
    // What nobody knows of counts as if it ran with something.
    const partOf = facts.partOf.kind === 'known' ? facts.partOf.value.crates : ['other crates'];
    return standingsOf(code, subject.version, approvals.approvals, now, partOf).flatMap((one) =>
      findingsOf(one, { code, partOf, approvals, settings, subject }),
    );
  },
});

interface Subject {
  readonly crate: string;
  readonly version: string;
}

interface Judged {
  readonly code: CodeFact;
  readonly partOf: readonly string[];
  readonly approvals: ApprovalFact;
  readonly settings: Settings;
  readonly subject: Subject;
}

function findingsOf(
  { code: kind, standing }: CodeStanding,
  { code, partOf, approvals: { adopted, file }, settings, subject }: Judged,
): readonly RuleFinding[] {
  const part = kind === 'helper' ? ` (a part of ${sayParts(partOf)})` : '';
  const what = `${codeWords[kind]}${part}`;
  const review = { 'build-script': code.buildScript, 'proc-macro': code.macros, helper: code.library }[kind];
  const next = reviewNext(subject);
  const find = (effect: Effect | 'allow', message: string, evidence: Evidence = {}) =>
    finding(
      effect,
      message,
      { ...evidence, values: { code: kind, standing: standing.kind, ...evidence.values } },
      next,
    );
  switch (standing.kind) {
    case 'approved':
    case 'carried':
      return approvedFindings(standing, what, settings, file);
    case 'changed':
      return find(
        settings.changed,
        `Its build script is other code than in ${standing.approval.version}, which was approved; it can do no more.`,
      );
    case 'surface':
      return find(
        settings.surface,
        kind === 'helper'
          ? `Its ${what} is other code than in ${standing.approval.version}, which was approved.`
          : `Its macros have another surface than in ${standing.approval.version}, which was approved.`,
        evidenceOf(review, () => false),
      );
    case 'grown': {
      const { added, grave, approval } = standing;
      const effect = grave.length > 0 ? settings['newly-dangerous'] : settings.grown;
      const can = `Its ${what} can do more than in ${approval.version}, which was approved: ${listed(added)}`;
      const isAdded = (one: Capability) => added.includes(shapeOf(one));
      return find(effect, `${can}.`, evidenceOf(review, isAdded));
    }
    case 'lapsed':
      return find(
        settings.lapsed,
        `The approval of its ${what} ended on ${standing.approval.expires ?? '?'}.`,
      );
    case 'unread':
      return find(settings.unread, `What of it runs at build time could not be read: ${standing.reason}.`);
    case 'missing':
      return find(
        adopted ? settings.unreviewed : settings.unadopted,
        `Nobody has approved its ${what}: ${review?.summary ?? 'not read'}`,
        evidenceOf(review, () => false),
      );
  }
}

function approvedFindings(
  { approval }: Extract<Standing, { readonly kind: 'approved' | 'carried' }>,
  what: string,
  settings: Settings,
  file: string,
): readonly RuleFinding[] {
  const { by, reason, fresh, grandfathered } = approval;
  return [
    ...(fresh === true && grandfathered !== true
      ? finding(
          settings['own-approvals'],
          `The approval of its ${what} comes with this change itself, by ${by}: ${reason}`,
          { file, project: true, line: 1 },
          'See that somebody else than the author of the change has read it.',
        )
      : []),
    ...(grandfathered === true
      ? finding(
          settings.grandfathered,
          `Its ${what} was there when the list of approvals was begun; nobody has read it.`,
          {},
          'Read it with `safeguard review --pending`.',
        )
      : []),
  ];
}

/** Where to look: what was added, else what matters most. */
function evidenceOf(review: ReviewedLibrary | undefined, isMeant: (one: Capability) => boolean): Evidence {
  const first = review?.evidence.find(isMeant) ?? review?.evidence[0];
  if (first === undefined) return {};
  return { file: first.file, line: first.line, values: { code: first.code } };
}

/** What runs, in few words. */
function listed(shapes: readonly string[]): string {
  const words = shapes.map((shape) => (kindOf(shape) === undefined ? shape : shape.replace(/ \?$/, '')));
  const shown = words.slice(0, 4).join(', ');
  return words.length > 4 ? `${shown} and ${words.length - 4} more` : shown;
}

function reviewNext({ crate, version }: Subject): string {
  return `Read it with \`safeguard review ${crate}@${version}\`, then approve it or leave it out.`;
}

function finding(
  effect: Effect | 'allow',
  message: string,
  evidence: Evidence,
  next: string,
): readonly RuleFinding[] {
  return effect === 'allow' ? [] : [{ effect, message, evidence, next }];
}
