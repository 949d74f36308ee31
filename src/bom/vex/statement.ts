/**
 * What somebody says of an advisory, a release and a product that has it (VEX). The statuses are those that CISA's
 * "Minimum Requirements for VEX" (2023) has in all formats. Plain JSON.
 */
export interface VexStatement {
  /** Its id, as said; and others of the same. */
  readonly advisory: string;
  readonly aliases: readonly string[];
  /** The release that has the flaw: a purl with a version. */
  readonly release: string;
  readonly product: VexProduct;
  readonly status: VexStatus;
  /** Of `not_affected` alone. */
  readonly justification?: VexJustification | undefined;
  /** Why it does not strike, in words. */
  readonly impact?: string | undefined;
  /** What is to be done, in words. */
  readonly action?: string | undefined;
  readonly author?: string | undefined;
  /** RFC 3339: when it was said, and until when it holds. */
  readonly stated?: string | undefined;
  readonly until?: string | undefined;
}

/** What a statement is about: the builds of one binary, by their source and target; or one file. Empty: it names none. */
export interface VexProduct {
  readonly project?: string | undefined;
  readonly target?: string | undefined;
  readonly name?: string | undefined;
  readonly sha256?: string | undefined;
  /** The purl that others have for it, in the place of ours. */
  readonly purl?: string | undefined;
  /** As a document calls it that names something else. */
  readonly label?: string | undefined;
}

export const vexStatuses = ['not_affected', 'affected', 'fixed', 'under_investigation'] as const;
export type VexStatus = (typeof vexStatuses)[number];

/** The words of OpenVEX and CSAF, and those of CycloneDX that have no counterpart there. */
export const vexJustifications = [
  'component_not_present',
  'vulnerable_code_not_present',
  'vulnerable_code_not_in_execute_path',
  'vulnerable_code_cannot_be_controlled_by_adversary',
  'inline_mitigations_already_exist',
  'requires_configuration',
  'requires_dependency',
  'requires_environment',
  'protected_by_compiler',
  'protected_at_runtime',
  'protected_at_perimeter',
  'protected_by_mitigating_control',
] as const;
export type VexJustification = (typeof vexJustifications)[number];

/** A document of statements that somebody wrote. What cannot be taken as one is named with its reason. */
export interface VexDocument {
  readonly format: VexFormat;
  /** Its own id. */
  readonly id?: string | undefined;
  readonly author?: string | undefined;
  readonly statements: readonly VexStatement[];
  readonly unread: readonly UnreadVex[];
}

export interface UnreadVex {
  /** Where it stands: `vulnerabilities[2]`. */
  readonly where: string;
  /** One clause. */
  readonly reason: string;
}

export const vexFormats = ['openvex', 'cyclonedx', 'csaf'] as const;
export type VexFormat = (typeof vexFormats)[number];

/** Of whom and when a document is written. */
export interface VexWriting {
  /** Who answers for it. */
  readonly author: string;
  /** An address of theirs. */
  readonly namespace: string;
  /** RFC 3339. */
  readonly at: string;
  /** Version of this program. */
  readonly version: string;
}

/** Why a statement says too little to be taken: one clause; `undefined` where it says enough. */
export function whyTooLittle({
  status,
  justification,
  impact,
  action,
}: Pick<VexStatement, 'status' | 'justification' | 'impact' | 'action'>): string | undefined {
  if (justification !== undefined && status !== 'not_affected')
    return `a justification says why something is not affected, and its status is ${status}`;
  if (status === 'not_affected' && justification === undefined && impact === undefined)
    return 'it says that something is not affected and gives neither a justification nor a reason';
  if (status === 'affected' && action === undefined)
    return 'it says that something is affected and not what to do about it';
  return undefined;
}
