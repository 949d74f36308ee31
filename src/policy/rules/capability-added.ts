import { z } from 'zod';
import { isUnread } from '../../facts/base.ts';
import type { CodeFact, PreviousCode } from '../../facts/code.ts';
import type { Capability } from '../../rust/capability/capability.ts';
import { shapeOf } from '../../rust/digest.ts';
import { effectSetting } from '../effect-setting.ts';
import { defineRule, type RuleFinding } from '../rule.ts';
import { kindOf, sayShape, type Topic, topicOf, topics } from '../shapes.ts';
import { readNext, unknownFinding, unknownSetting } from '../unknown.ts';

const settings = z.strictObject({
  network: effectSetting('review').describe(
    'Code that speaks to the network, which had nothing to do with it before.',
  ),
  process: effectSetting('review').describe('Code that runs programs, where there was none.'),
  'hidden-code': effectSetting('review').describe(
    'Code that makes data callable, runs before `main`, carries encoded data, puts the names of programs together or cannot be read.',
  ),
  concealment: effectSetting('warn').describe(
    'Code that may hide or delay something in another way that it did not before: dates, waiting, decoding, machine code.',
  ),
  secrets: effectSetting('review').describe('A variable that holds a secret is read.'),
  unknown: unknownSetting,
  environment: effectSetting('allow').describe('Every variable is read at once, or some are changed.'),
});

type Part = 'buildScript' | 'macros' | 'library';

const parts: Readonly<Record<Part, string>> = {
  buildScript: 'build script',
  macros: 'macros',
  library: 'library',
};

/** A release can do something that the one before it could not. */
export const capabilityAdded = defineRule({
  id: 'capability-added',
  doc:
    'Compares what the code of a release can do with the release before it: its build script, its macros and its library, ' +
    'which many malicious releases had nothing but. A first use of the network or of programs, a secret that is read, and ' +
    'new ways to hide (encoded data, dates, machine code) are pointed at with the line that shows them. A crate without a ' +
    'release before it is for the rules about new crates. That release is the one before it among all that the registry lists, ' +
    'or the one that the lockfile had; where it cannot be had, what was added is not known (`unknown`).',
  section: 'capability-added',
  settings,
  contexts: ['release', 'change'],
  needs: ['code'],
  evaluate({ facts, settings }) {
    if (facts.code.kind === 'unknown')
      return unknownFinding(
        settings.unknown,
        'What its code can do',
        facts.code.reason,
        readNext(facts.code),
      );
    const code = facts.code.value;
    const { previous } = code;
    if (previous === undefined) return [];
    if (isUnread(previous))
      return unknownFinding(
        settings.unknown,
        `What ${previous.version}, the release before it, could do`,
        previous.unread,
        'Nothing to do: that release is asked for again.',
      );
    const unread = unreadIn(code, previous);
    const findings: RuleFinding[] = [];
    if (unread !== undefined && settings['hidden-code'] !== 'allow')
      findings.push({
        effect: settings['hidden-code'],
        message: `Its library cannot be read, and that of ${previous.version} could: ${unread}.`,
        next: 'Look what stands there, and ask what it is for.',
      });
    for (const topic of topics) {
      const effect = settings[topic];
      if (effect === 'allow') continue;
      for (const part of Object.keys(parts) as Part[]) {
        const added = addedIn(code, previous, part, topic);
        if (added.length > 0) findings.push({ effect, ...said(code, previous, part, added) });
      }
    }
    return findings;
  },
});

/** Why its library was not read, where that of the release before it was. */
function unreadIn({ unread, library }: CodeFact, { shapes }: PreviousCode): string | undefined {
  if (shapes.library === undefined || shapes.library.some(isOpaque)) return undefined;
  return unread ?? library?.shapes.find(isOpaque)?.slice(opaque.length);
}

const opaque = 'opaque: ';

function isOpaque(shape: string): boolean {
  return shape.startsWith(opaque);
}

/** The shapes of a topic that are there now, where none of them, or of concealment not this kind, was there before. */
function addedIn(
  code: CodeFact,
  { shapes: before }: PreviousCode,
  part: Part,
  topic: Topic,
): readonly string[] {
  // What was in the build script may have moved; what the crate could do at all is no news.
  const known = [before.buildScript, before.macros, before.library].flatMap((shapes) => shapes ?? []);
  const ofTopic = (shape: string) => topicOf(shape) === topic;
  const now = (code[part]?.shapes ?? []).filter(ofTopic);
  if (topic === 'network' || topic === 'process') return known.some(ofTopic) ? [] : now;
  const kinds = new Set(known.filter(ofTopic).map(topic === 'secrets' ? (shape) => shape : kindOf));
  return now.filter((shape) => !kinds.has(topic === 'secrets' ? shape : kindOf(shape)));
}

function said(
  code: CodeFact,
  { version }: PreviousCode,
  part: Part,
  added: readonly string[],
): Omit<RuleFinding, 'effect'> {
  const isAdded = (one: Capability) => added.includes(shapeOf(one));
  const place = code[part]?.evidence.find(isAdded);
  const does = [...new Set(added.map((shape) => sayShape(shape)))].slice(0, 3).join(', ');
  return {
    message: `Its ${parts[part]} ${does}; ${version} did not.`,
    evidence: {
      ...(place === undefined ? {} : { file: place.file, line: place.line }),
      values: { ...(place === undefined ? {} : { code: place.code }), added: added.slice(0, 8).join('; ') },
    },
    next: 'Read that line, and ask what it is for.',
  };
}
