import type { ArtefactJson } from '../../../../src/server/inventory-contract.ts';

/** How far what is said of an artefact is to be believed. */
export const trusts: Readonly<Record<ArtefactJson['trust'], string>> = {
  signed: 'signed',
  unsigned: 'on somebody’s word',
  recovered: 'by traces in it',
};

export const completenesses: Readonly<Record<ArtefactJson['completeness'], string>> = {
  complete: 'all components are known',
  incomplete: 'some components are missing',
  unknown: 'it is not known whether those are all',
};
