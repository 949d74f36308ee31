import { type Counted, keyOf, type NoiseData, type Said } from './noise-data.ts';

/** docs/noise.md, as it follows from the data. */
export function noisePage({ updates, labels }: NoiseData): string {
  const ones = updates.filter(({ named }) => named.kind === 'one crate');
  const releases = updates.filter(({ named }) => named.kind === 'release');
  const projects = new Set(updates.map(({ named }) => named.project.replace(/ .*/, '')));
  const worth = (said: Said) => labels.get(keyOf(said))?.worth === 'yes';
  return `${[
    '# How much a check says of ordinary updates',
    '',
    `${ones.length} updates of one crate${releases.length === 0 ? '' : ` and ${releases.length} of whole projects, from one release to the next,`} were judged by`,
    '`safeguard check --base` with the default policy and no list of approvals. They are of',
    `${projects.size} tools on crates.io whose archives have a \`Cargo.lock\`: what a release changed in it, and what`,
    '`cargo update -p CRATE --precise VERSION` makes of one crate alone. A cool-down has long ended for most of them, so that holds are rarer',
    'here than on the day. Written by `node scripts/noise.ts` from [its data](../tests/docs/noise), which name every update and finding.',
    '',
    '## What one change gets',
    '',
    ...table(
      [
        'updates',
        'judged',
        'fail',
        'warnings: none',
        'median',
        'of ten nine at most',
        'most',
        'lines of warnings: median',
        'most',
        'whole report, lines: median',
        'most',
      ],
      [
        ...(ones.length === 0 ? [] : [['one crate', ...totals(ones)]]),
        ...(releases.length === 0 ? [] : [['whole project', ...totals(releases)]]),
      ],
    ),
    '',
    'Warnings of one rule are one line of a report (two with what to do), however many there are, but for those on a change that fails, which is',
    'told in full. The report’s lines are those of a terminal of 80 columns.',
    '',
    ...byRule('Updates of one crate, by rule', ones, worth),
    ...byRule('Whole projects, by rule', releases, worth),
    '## Whether a reviewer should have seen it',
    '',
    'The difference of each update was read, once for the same finding on the same release. A finding was worth seeing where what it says is',
    'of this very change, and matters to who answers for the build: what runs at build time does or writes something else, something comes in',
    'that was not there, an advisory, a licence or a maintainer differs. It was not worth it where the text differs and does the same, or where',
    'it would read so for any update of that crate.',
    '',
    ...table(['rule', 'worth seeing', 'findings', 'kinds', 'why', 'for example'], reasons(updates, labels)),
    '',
    ...changed,
  ].join('\n')}\n`;
}

const changed: readonly string[] = [
  '## What was changed because of it',
  '',
  '- [`build-code`](rules/build-code.md) told a project without a list of approvals of every build script and macro whose version',
  '  changed. It compares them with the release that the lockfile had: what runs just so is not mentioned, and of the rest it is said what',
  '  differs. Of 26 build scripts that it had spoken of in updates of one crate, 12 were the same to the byte.',
  '- Some scripts were told of by files beside them that changed, such as `.github/workflows/ci.yml`, because nobody knows which file a',
  '  computed path means. Where a script can do nothing grave, and could not before, such a file is not mentioned either.',
  '- What one act answers is said once for all warnings of a rule, and warnings have their own part of the report, below what decides.',
  '- What was there before is a number, unless the change makes it worse.',
];

function table(head: readonly string[], body: readonly (readonly (string | number)[])[]): readonly string[] {
  const row = (cells: readonly (string | number)[]) =>
    `| ${cells.map((cell) => String(cell).replaceAll('|', '\\|')).join(' | ')} |`;
  return [row(head), row(head.map(() => '---')), ...body.map(row)];
}

function warningsOf({ findings }: Counted): readonly Said[] {
  return findings.filter(({ effect }) => effect === 'warn');
}

function totals(updates: readonly Counted[]): readonly number[] {
  const warnings = updates.map((update) => warningsOf(update).length);
  const [folded, lines] = [updates.map((update) => update.folded), updates.map((update) => update.lines)];
  return [
    updates.length,
    updates.filter(({ verdict }) => verdict !== 'allow').length,
    warnings.filter((count) => count === 0).length,
    at(warnings, 0.5),
    at(warnings, 0.9),
    at(warnings, 1),
    at(folded, 0.5),
    at(folded, 1),
    at(lines, 0.5),
    at(lines, 1),
  ];
}

/** The value that the given share of all do not exceed; 0 of none. */
function at(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0;
}

function byRule(
  title: string,
  updates: readonly Counted[],
  worth: (said: Said) => boolean,
): readonly string[] {
  const keys = new Set(
    updates.flatMap(({ findings }) => findings.map(({ rule, effect }) => `${rule}\t${effect}`)),
  );
  const body = [...keys].sort().map((key) => {
    const [rule = '', effect = ''] = key.split('\t');
    const each = updates.map(({ findings }) =>
      findings.filter((one) => one.rule === rule && one.effect === effect),
    );
    const some = each.filter((list) => list.length > 0);
    const all = some.flat();
    const counts = some.map((list) => list.length);
    const seen = all.filter(worth).length;
    const share = `${seen} (${Math.round((100 * seen) / all.length)} %)`;
    return [
      `[\`${rule}\`](rules/${rule}.md)`,
      effect,
      some.length,
      all.length,
      at(counts, 0.5),
      at(counts, 1),
      share,
    ];
  });
  return [
    `## ${title}`,
    '',
    ...table(
      ['rule', 'effect', 'changes with it', 'findings', 'in one: median', 'most', 'worth seeing'],
      body,
    ),
    '',
  ];
}

function reasons(
  updates: readonly Counted[],
  labels: NoiseData['labels'],
): readonly (readonly (string | number)[])[] {
  const all = updates.flatMap(({ findings }) => findings);
  const groups = Map.groupBy(all, (said) => {
    const label = labels.get(keyOf(said));
    return [said.rule, label?.worth ?? '?', label?.reason ?? ''].join('\t');
  });
  return [...groups]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, list]) => {
      const [rule = '', worth = '', reason = ''] = key.split('\t');
      const kinds = new Set(list.map(keyOf)).size;
      return [`\`${rule}\``, worth, list.length, kinds, reason, list[0]?.subject ?? ''];
    });
}
