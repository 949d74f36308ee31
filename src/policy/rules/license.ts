import type { Fact } from '../../facts/fact.ts';
import { type LicenseTerm, parseLicensee, termText } from '../../facts/license/expression.ts';
import { isCopyleft, isDeprecated } from '../../facts/license/ids.ts';
import { evaluate, meets, satisfies } from '../../facts/license/satisfy.ts';
import type { PlaceFact } from '../../facts/place.ts';
import { isAbout } from '../crate-spec.ts';
import type { Evidence } from '../finding.ts';
import { type KnownLicense, readingOf } from '../license-reading.ts';
import { licenseSettings } from '../license-settings.ts';
import { defineRule, type RuleFinding } from '../rule.ts';
import { readNext } from '../unknown.ts';

/** Whether the organisation may use what it builds. */
export const license = defineRule({
  id: 'license',
  doc:
    'Compares the licence of a release with what the policy accepts. The licence is the SPDX expression of its own ' +
    'Cargo.toml (`/` is read as OR, as cargo did); where that is missing or wrong, the licences whose texts its licence ' +
    'files are like, all of them. Ids are taken to the letter: `GPL-2.0-or-later` accepts neither `GPL-2.0-only` nor ' +
    '`GPL-3.0-only`, and `Apache-2.0` does not accept `Apache-2.0 WITH LLVM-exception`; only `X+` accepts later ' +
    'versions of X. What is denied is met more widely: by the deprecated ids of the same GNU licence and by its `+`. Without an `allow` list every known licence is accepted and only a missing one is warned of: which ' +
    'licences an organisation can live with is its own decision, and a guess here would stop builds for no reason of ' +
    'safety. With a list, nothing else is accepted. `exceptions` accept more for single crates; `clarify` says what a ' +
    'person found out, and holds only while the files that were read are the same.',
  section: 'license',
  settings: licenseSettings,
  contexts: ['release', 'change'],
  needs: ['license', 'place'],
  evaluate({ facts, subject, settings }) {
    if (!settings['dev-dependencies'] && isForTestsOnly(facts.place)) return [];
    if (facts.license.kind === 'unknown') {
      return [
        {
          effect: 'hold',
          message: `Its licence is unknown: ${facts.license.reason}.`,
          next: readNext(facts.license),
        },
      ];
    }
    const { license: found, remarks } = readingOf(facts.license.value, subject, settings);
    const findings = remarks.map(
      (message): RuleFinding => ({
        effect: 'warn',
        message,
        next: 'Read the files and say what the licence is in a `clarify` entry of [license] in the policy.',
      }),
    );
    if (found === undefined) {
      findings.push({
        effect: settings.unlicensed ?? (settings.allow === undefined ? 'warn' : 'deny'),
        message: 'It has no licence that could be known.',
        evidence: { file: 'Cargo.toml', values: pins(facts.license.value.texts) },
        next: 'Without a licence nobody may use it: ask its author, or clarify it in [license] of the policy.',
      });
      return findings;
    }
    const evidence = (failing: readonly LicenseTerm[]): Evidence => ({
      file: found.file,
      ...(found.from === 'Cargo.toml' &&
      facts.license.kind === 'known' &&
      facts.license.value.line !== undefined
        ? { line: facts.license.value.line }
        : {}),
      values: { license: found.text, from: found.from, failing: failing.map(termText).join(', ') },
    });
    const excepted = settings.exceptions
      .filter((entry) => isAbout(entry, subject))
      .flatMap(({ allow }) => allow);
    const isListed = (list: readonly string[], term: LicenseTerm) =>
      list.some((entry) => {
        const accepted = parseLicensee(entry);
        return accepted !== undefined && satisfies(accepted, term);
      });
    const isDenied = (list: readonly string[], term: LicenseTerm) =>
      list.some((entry) => {
        const denied = parseLicensee(entry);
        return denied !== undefined && meets(denied, term);
      });
    const accepts = (term: LicenseTerm) =>
      isListed(excepted, term) ||
      (!isDenied(settings.deny, term) && (settings.allow === undefined || isListed(settings.allow, term)));
    const judged = evaluate(found.expression, accepts);
    if (judged.kind === 'refused') {
      findings.push({
        effect: settings.refused,
        message: `${says(found)}, and the policy does not accept ${names(judged.failing)}.`,
        evidence: evidence(judged.failing),
        next: nextFor(judged.failing),
      });
      return findings;
    }
    if (settings.copyleft === 'allow') return findings;
    const free = (term: LicenseTerm) =>
      accepts(term) &&
      (!isCopyleft(term.license) || isListed([...excepted, ...(settings.allow ?? [])], term));
    const withoutCopyleft = evaluate(found.expression, free);
    if (withoutCopyleft.kind === 'refused') {
      findings.push({
        effect: settings.copyleft,
        message: `${says(found)}: ${names(withoutCopyleft.failing)} asks that what is built with it is given away under the same terms.`,
        evidence: evidence(withoutCopyleft.failing),
        next: 'Ask whoever decides on licences; an entry in `exceptions` of [license] accepts it for this crate.',
      });
    }
    return findings;
  },
});

/** Where the graph is not known, a release may be for anything. */
function isForTestsOnly(place: Fact<PlaceFact>): boolean {
  return (
    place.kind === 'known' &&
    place.value.kinds.length > 0 &&
    place.value.kinds.every((kind) => kind === 'dev')
  );
}

function says({ text, from }: KnownLicense): string {
  if (from === 'files') return `Its licence files are those of “${text}”`;
  return from === 'clarify' ? `Its licence was clarified as “${text}”` : `Its licence is “${text}”`;
}

function names(terms: readonly LicenseTerm[]): string {
  const texts = [...new Set(terms.map(termText))];
  const last = texts.pop() ?? '';
  return texts.length === 0 ? last : `${texts.join(', ')} or ${last}`;
}

function nextFor(failing: readonly LicenseTerm[]): string {
  const old = failing.find((term) => isDeprecated(term.license));
  const add =
    'Use another crate, or add what is acceptable to `allow` or `exceptions` of [license] in the policy';
  return old === undefined
    ? `${add}.`
    : `${add}; \`${old.license}\` is a deprecated id, to be listed as it is written.`;
}

/** The digests that a `clarify` entry wants. */
function pins(texts: readonly { readonly file: string; readonly sha256: string }[]): Record<string, string> {
  return Object.fromEntries(texts.map(({ file, sha256 }) => [file, sha256]));
}
