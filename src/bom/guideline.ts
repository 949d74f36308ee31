import { isEmail } from './contact.ts';
import type { ForeignBom, ForeignComponent } from './read/foreign.ts';
import { addressOf } from './url.ts';

/** One field that a guideline asks for, and what of a document lacks it. */
export interface GuidelineField {
  readonly id: string;
  /** What is asked for, in a few words. */
  readonly what: string;
  /** Who asks: BSI TR-03183-2 2.1.0 with the section, CISA's minimum elements (draft of 2025-08). */
  readonly asked: readonly string[];
  /** The components without it; `document` where the document itself lacks it. */
  readonly missing: 'document' | readonly ForeignComponent[] | undefined;
}

/** Every field of both guidelines, in their order. `missing` is absent where all is there. */
export function guidelineFields(bom: ForeignBom): readonly GuidelineField[] {
  const all = [...(bom.subject === undefined ? [] : [bom.subject]), ...bom.components];
  return [
    ...documentFields.map(
      ({ holds, ...field }): GuidelineField => ({
        ...field,
        missing: holds(bom) ? undefined : 'document',
      }),
    ),
    ...componentFields.map(({ holds, ...field }): GuidelineField => {
      const missing = all.filter((component) => !holds(component, bom));
      return { ...field, missing: missing.length === 0 ? undefined : missing };
    }),
  ];
}

type Field = Omit<GuidelineField, 'missing'>;

const documentFields: readonly (Field & { readonly holds: (bom: ForeignBom) => boolean })[] = [
  {
    id: 'format',
    what: 'CycloneDX 1.6 or SPDX 3.0.1, or a later version',
    asked: ['BSI 4'],
    holds: ({ format, version }) => isAtLeast(version, format === 'CycloneDX' ? [1, 6, 0] : [3, 0, 1]),
  },
  {
    id: 'creator',
    what: 'who answers for the document, as an e-mail address or a URL',
    asked: ['BSI 5.2.1', 'CISA'],
    holds: ({ creators }) => creators.some(isAddress),
  },
  {
    id: 'timestamp',
    what: 'when it was written',
    asked: ['BSI 5.2.1', 'CISA'],
    holds: ({ created }) => created !== undefined && !Number.isNaN(Date.parse(created)),
  },
  {
    id: 'tool',
    what: 'the tool that wrote it, with its version',
    asked: ['CISA'],
    holds: ({ tools }) => tools.some(({ version }) => version !== undefined),
  },
  {
    id: 'context',
    what: 'what was known then: before, during or after the build',
    asked: ['CISA'],
    holds: ({ context }) => context.length > 0,
  },
  {
    id: 'subject',
    what: 'what it is about',
    asked: ['BSI 5.1', 'CISA'],
    holds: ({ subject }) => subject !== undefined,
  },
  {
    id: 'completeness',
    what: 'whether the dependencies that it names are all',
    asked: ['BSI 5.2.2', 'CISA'],
    holds: ({ statesCompleteness }) => statesCompleteness,
  },
];

const componentFields: readonly (Field & {
  readonly holds: (component: ForeignComponent, bom: ForeignBom) => boolean;
})[] = [
  {
    id: 'component-creator',
    what: 'its maker, as an e-mail address or a URL',
    asked: ['BSI 5.2.2', 'CISA'],
    holds: ({ creators }) => creators.some((text) => isAddress(text) || /<[^<>]+@[^<>]+>/.test(text)),
  },
  { id: 'component-name', what: 'a name', asked: ['BSI 5.2.2', 'CISA'], holds: ({ name }) => name !== '' },
  {
    id: 'component-version',
    what: 'a version',
    asked: ['BSI 5.2.2', 'CISA'],
    holds: ({ version }) => version !== undefined,
  },
  {
    id: 'component-filename',
    what: 'the name of the delivered file',
    asked: ['BSI 5.2.2'],
    holds: ({ filename }) => filename !== undefined,
  },
  {
    id: 'component-dependencies',
    what: 'what it depends on, even if that is nothing',
    asked: ['BSI 5.2.2', 'CISA'],
    holds: ({ ref }, { dependencies, format }) =>
      // SPDX states edges alone: a component without any says nothing of itself.
      ref !== undefined && (dependencies.has(ref) || format === 'SPDX'),
  },
  {
    id: 'component-license',
    what: 'a licence',
    asked: ['CISA'],
    holds: ({ licenses }) => licenses.length > 0,
  },
  {
    id: 'component-distribution-license',
    what: 'the licence to use it under (concluded)',
    asked: ['BSI 5.2.2'],
    holds: ({ distributionLicense }) => distributionLicense !== undefined,
  },
  {
    id: 'component-original-license',
    what: 'the licence that its maker gave it (declared)',
    asked: ['BSI 5.2.4'],
    holds: ({ originalLicense }) => originalLicense !== undefined,
  },
  {
    id: 'component-sha512',
    what: 'the SHA-512 of the delivered file',
    asked: ['BSI 5.2.2'],
    holds: ({ deliveredSha512 }) => deliveredSha512 !== undefined,
  },
  {
    id: 'component-hash',
    what: 'a cryptographic hash',
    asked: ['CISA'],
    holds: ({ hashes, deliveredSha512 }) => hashes.length > 0 || deliveredSha512 !== undefined,
  },
  {
    id: 'component-kind',
    what: 'whether the file is executable, an archive, structured',
    asked: ['BSI 5.2.2'],
    holds: ({ executable, archive, structured }) =>
      executable !== undefined && archive !== undefined && structured !== undefined,
  },
  {
    id: 'component-source',
    what: 'where its sources are',
    asked: ['BSI 5.2.4'],
    holds: ({ sourceAt }) => sourceAt !== undefined,
  },
  {
    id: 'component-delivery',
    what: 'where the delivered file is',
    asked: ['BSI 5.2.4'],
    holds: ({ deliveredAt }) => deliveredAt !== undefined,
  },
  {
    id: 'component-purl',
    what: 'an identifier (purl)',
    asked: ['BSI 5.2.4', 'CISA'],
    holds: ({ purl }) => purl !== undefined,
  },
];

function isAddress(text: string): boolean {
  return isEmail(text) || addressOf(text) !== undefined;
}

function isAtLeast(version: string, least: readonly number[]): boolean {
  const parts = version.split('.').map(Number);
  for (const [i, wanted] of least.entries()) {
    const part = parts[i] ?? 0;
    if (part !== wanted) return part > wanted;
  }
  return true;
}
