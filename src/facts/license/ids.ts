import data from './license-ids.json' with { type: 'json' };

const licenses = setOf(data.licenses);
const exceptions = setOf(data.exceptions);
const deprecated = setOf(data.deprecated);
const gnu = setOf(data.gnu);
const copyleft = setOf(data.copyleft);
const imprecise = Object.entries(data.imprecise).map(([name, id]) => ({ name: name.toLowerCase(), id }));

/** Whether it is an id of the list, spelled as the list spells it. */
export function isLicenseId(id: string): boolean {
  return licenses.has(id);
}

export function isExceptionId(id: string): boolean {
  return exceptions.has(id);
}

/** Ids that SPDX keeps for old files only: `GPL-2.0` says neither `-only` nor `-or-later`. */
export function isDeprecated(id: string): boolean {
  return deprecated.has(id);
}

/** GPL, LGPL, AGPL and GFDL: their "or later" is a suffix of the id, never a `+`. */
export function isGnu(id: string): boolean {
  return gnu.has(id);
}

export function isCopyleft(id: string): boolean {
  return copyleft.has(id);
}

/** What the start of a text means that names no id exactly (`apache 2.0`, `GPLv3`), and how long that start is. */
export function impreciseId(text: string): { readonly id: string; readonly length: number } | undefined {
  const found = imprecise.find(({ name }) => text.slice(0, name.length).toLowerCase() === name);
  return found === undefined ? undefined : { id: found.id, length: found.name.length };
}

/** The id of the list that is equal but for case, for a hint in a message. */
export function nearestId(text: string): string | undefined {
  const lower = text.toLowerCase();
  return [...licenses].find((id) => id.toLowerCase() === lower) ?? impreciseId(text)?.id;
}

function setOf(names: string): ReadonlySet<string> {
  return new Set(names.split(' '));
}
