import { z } from 'zod';
import type { ApprovalFact, ApprovedKind, KeptApproval } from '../../facts/approval.ts';
import type { CodeFact, ReviewedLibrary } from '../../facts/code.ts';
import type { Capability } from '../../rust/capability/capability.ts';
import { shapeOf } from '../../rust/digest.ts';
import {
  type CodeStanding,
  codeWords,
  runningCode,
  type Standing,
  sayParts,
  standingsOf,
} from '../build-code-standing.ts';
import type { Effect } from '../effect.ts';
import { effectSetting } from '../effect-setting.ts';
import type { Evidence } from '../finding.ts';
import { defineRule, type RuleFinding } from '../rule.ts';
import { isGrave, kindOf } from '../shapes.ts';
import { readNext } from '../unknown.ts';

const settings = z.strictObject({
  unreviewed: effectSetting('review').describe('A build script or macros that nobody approved.'),
  unadopted: effectSetting('warn').describe(
    'The same in a project that keeps no list of approvals yet, where it is not just what ran before the change.',
  ),
  grave: effectSetting('review').describe(
    'Something grave (the network, programs that are not the toolchain’s, secrets, writes outside, hidden or unreadable places) that runs at build time and nobody approved, where a change brings it in or a release is reviewed.',
  ),
  grown: effectSetting('review').describe(
    'It can do more than what was approved, and that is grave. Of a variable more, a library more to link and their like it is told, and not asked.',
  ),
  'newly-dangerous': effectSetting('deny').describe(
    'It can do more on the network, with programs, or to hide what it does.',
  ),
  wider: effectSetting('review').describe(
    'The approval is from before the files beside the Rust code counted, and those can do something grave. It is asked once.',
  ),
  unreadable: effectSetting('review').describe(
    'Macros that have places nobody can read, and whose code is other code than what was approved.',
  ),
  surface: effectSetting('warn').describe(
    'Macros offer other exports, or other things run with them; a library that is compiled into them is other code. They can do no more.',
  ),
  changed: effectSetting('warn').describe(
    'Other code of a build script, or other files that it runs or hands to tools, which can do no more than before.',
  ),
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
    'tokens and the same files that it can run, include or hand to a tool, and macros with the same surface (exports, ' +
    'capabilities, what runs with them), are carried over to other versions. So are the libraries that are compiled into ' +
    'either, where they make code or can do something grave. What can do more that is grave needs a new approval, and what can ' +
    'do more on the network, with programs or to hide is denied until somebody gives it. Where no list is kept, something grave ' +
    'that a change brings in, or adds to what was there, is asked about all the same; of other code it is told, and what ran just so ' +
    'before is not mentioned. An approval quiets this rule alone: ' +
    'advisories, age and publishers are judged as ever.',
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

type Find = (effect: Effect | 'allow', message: string, evidence?: Evidence) => readonly RuleFinding[];

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
  { code, partOf, approvals, settings, subject }: Judged,
): readonly RuleFinding[] {
  const part = kind === 'helper' ? ` (a part of ${sayParts(partOf)})` : '';
  const what = `${codeWords[kind]}${part}`;
  const review = runningCode(code, partOf)[kind];
  const find: Find = (effect, message, evidence = {}) =>
    finding(
      effect,
      message,
      { ...evidence, values: { code: kind, standing: standing.kind, ...evidence.values } },
      reviewNext(subject),
    );
  /** Where what was added stands, else what matters most. */
  const evidence = (added: readonly string[]) => evidenceOf(review, (one) => added.includes(shapeOf(one)));
  switch (standing.kind) {
    case 'approved':
    case 'carried':
      return approvedFindings(standing, what, settings, approvals.file);
    case 'changed': {
      const others = {
        code: 'is other code',
        files: 'has other files to run or to hand to tools',
        'code and files': 'is other code with other files',
      };
      return find(
        settings.changed,
        `Its ${what} ${others[standing.differs]} than in ${sayApproved(standing.approval)}; ${little(standing.added)}.`,
        evidence(standing.added),
      );
    }
    case 'surface': {
      const other =
        kind === 'helper' ? 'is other code' : 'have another surface (exports, what is compiled into them)';
      return find(
        settings.surface,
        `Its ${what} ${other} than in ${sayApproved(standing.approval)}; ${little(standing.added)}.`,
        evidence(standing.added),
      );
    }
    case 'unreadable':
      return find(
        settings.unreadable,
        `Its ${what} are other code than in ${sayApproved(standing.approval)}, around ${review?.opaque ?? 0} places that nobody can read: ${listed(review?.shapes.filter((shape) => shape.startsWith('opaque: ')) ?? [])}.`,
        evidence([]),
      );
    case 'wider':
      return find(
        settings.wider,
        `The approval of its ${what} did not look at the files beside the Rust code, which can do more: ${listed(standing.added)}.`,
        evidence(standing.added),
      );
    case 'grown': {
      const { added, grave, approval } = standing;
      const effect = grave.length > 0 ? settings['newly-dangerous'] : settings.grown;
      const can = `Its ${what} can do more than in ${sayApproved(approval)}: ${listed(added)}`;
      return find(effect, `${can}.`, evidence(added));
    }
    case 'lapsed':
      return find(
        settings.lapsed,
        `The approval of its ${what} ended on ${standing.approval.expires ?? '?'}.`,
      );
    case 'unread':
      return find(settings.unread, `What of it runs at build time could not be read: ${standing.reason}.`);
    case 'missing':
      return missingFindings(kind, what, { code, partOf, approvals, settings, subject }, find);
  }
}

/**
 * What nobody approved. Without a list, what is grave is asked about where it comes in, or comes to be able to do it;
 * and what ran just so before is nothing that a change brings.
 */
function missingFindings(
  kind: ApprovedKind,
  what: string,
  judged: Judged,
  find: Find,
): readonly RuleFinding[] {
  const { code, partOf, settings } = judged;
  const { adopted, replaced } = judged.approvals;
  const review = runningCode(code, partOf)[kind];
  const summary = review?.summary ?? 'not read';
  const before = replaced?.ran?.find((one) => one.kind === kind)?.capabilities;
  const grave = (review?.shapes ?? []).filter(
    (shape) => isGrave(shape, kind) && before?.includes(shape) !== true,
  );
  const evidence = evidenceOf(review, (one) => grave.includes(shapeOf(one)));
  if (adopted) return find(settings.unreviewed, `Nobody has approved its ${what}: ${summary}`, evidence);
  if (grave.length > 0) {
    const news =
      replaced === undefined
        ? ''
        : replaced.ran === undefined
          ? `, and nobody knows what ${replaced.version} could do`
          : `, which ${replaced.version} could not do`;
    return find(
      settings.grave,
      `Nobody has approved its ${what}, and it is grave (${listed(grave)})${news}: ${summary}`,
      evidence,
    );
  }
  const news = sinceReplaced(kind, judged);
  return news === undefined
    ? []
    : find(settings.unadopted, `Nobody has approved its ${what}${news}: ${summary}`, evidence);
}

/** How it differs from what ran before, as a clause; `undefined` where nothing relevant does. */
function sinceReplaced(
  kind: ApprovedKind,
  { code, partOf, approvals: { replaced }, subject }: Judged,
): string | undefined {
  if (replaced === undefined) return '';
  const { version, ran } = replaced;
  if (ran === undefined) return `, and nobody knows what ${version} ran`;
  const is = kind === 'proc-macro' ? 'are' : 'is';
  const standing = standingsOf(code, subject.version, ran, 0, partOf).find(
    (one) => one.code === kind,
  )?.standing;
  switch (standing?.kind) {
    case 'approved':
    case 'carried':
      return undefined;
    case 'changed': {
      const { differs, added } = standing;
      // What runs nothing but the toolchain's programs can do nothing with another `ci.yml` beside it.
      const isGraveNow =
        runningCode(code, partOf)[kind]?.shapes.some((shape) => isGrave(shape, kind)) !== false;
      if (differs === 'files' && added.length === 0 && !isGraveNow) return undefined;
      const other = differs === 'files' ? 'has other files to run or to hand to tools' : `${is} other code`;
      return `, which ${other} than in ${version}; ${little(added)}`;
    }
    case 'surface':
      return `, which ${is} other code than in ${version}; ${little(standing.added)}`;
    case 'grown':
    case 'wider':
      return `, which can do more than in ${version} (${listed(standing.added)})`;
    case 'unreadable':
      return `, which ${is} other code than in ${version}, around places that nobody can read`;
    default:
      return `, and ${version} had none`;
  }
}

/** `1.0.0, which was approved`; what nobody read is never called so. */
function sayApproved({ version, grandfathered }: KeptApproval): string {
  return `${version}, which was ${grandfathered === true ? 'taken over unread' : 'approved'}`;
}

function little(added: readonly string[]): string {
  return added.length === 0 ? 'it can do no more' : `new is nothing grave: ${listed(added)}`;
}

function approvedFindings(
  { approval }: Extract<Standing, { readonly kind: 'approved' | 'carried' }>,
  what: string,
  settings: Settings,
  file: string,
): readonly RuleFinding[] {
  const { by, reason, fresh, grandfathered, together } = approval;
  const how = together === true ? ', together with others' : '';
  return [
    ...(fresh === true && grandfathered !== true
      ? finding(
          settings['own-approvals'],
          `The approval of its ${what} comes with this change itself, by ${by}${how}: ${reason}`,
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
