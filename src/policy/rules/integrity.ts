import { z } from 'zod';
import { defineRule, type RuleFinding } from '../rule.ts';

const settings = z.strictObject({});

/** The bytes are those that the index named first, and they are a sound archive. */
export const integrity = defineRule({
  id: 'integrity',
  doc:
    'Denies a release whose bytes are not what its index line names, whose line names another checksum than it did at ' +
    'first sight, or whose archive is broken or unsafe (links, devices, absolute paths, `..`, bombs). It warns of a ' +
    'release whose version differs from an earlier one in build metadata alone.',
  section: 'integrity',
  settings,
  waivable: false,
  contexts: ['index', 'release', 'change'],
  needs: ['line', 'archive'],
  evaluate({ facts, context, subject }) {
    const findings: RuleFinding[] = [];
    if (facts.line.kind === 'unknown') {
      findings.push({
        effect: 'hold',
        message: `Its index line is unknown: ${facts.line.reason}.`,
        next: 'Nothing to do: it is read again.',
      });
    } else {
      const { recordedChecksum, checksum, sameVersionAs } = facts.line.value;
      if (checksum !== recordedChecksum) {
        findings.push({
          effect: 'deny',
          message: 'The registry changed its checksum after publication.',
          evidence: { values: { recorded: recordedChecksum, now: checksum } },
          next: 'Treat it as an attack until the registry explains it; use another release.',
        });
      }
      if (sameVersionAs !== undefined) {
        findings.push({
          effect: 'warn',
          message: `Its version differs from ${sameVersionAs} in build metadata alone.`,
          evidence: { values: { other: sameVersionAs } },
          next: 'Cargo tells the two apart only in a lockfile; pin the one that you mean.',
        });
      }
    }
    if (context === 'index') return findings;
    if (facts.archive.kind === 'unknown') {
      findings.push({
        effect: 'hold',
        message: `Its archive is unknown: ${facts.archive.reason}.`,
        next: 'Nothing to do: it is fetched again.',
      });
      return findings;
    }
    const archive = facts.archive.value;
    if (archive.checksum !== subject.checksum) {
      findings.push({
        effect: 'deny',
        message: 'The downloaded bytes are not those that the index names.',
        evidence: { values: { index: subject.checksum, bytes: archive.checksum } },
        next: 'It is fetched again at the next poll; if this stays, use another release and tell the registry.',
      });
    }
    for (const problem of archive.problems) {
      findings.push({
        effect: 'deny',
        message: `Its archive is refused: ${problem}`,
        next: 'Use another release.',
      });
    }
    return findings;
  },
});
