// DWARF 5, 7.5.3 and 7.5.4, of what is read here.

export const tag = {
  compileUnit: 0x11,
  inlinedSubroutine: 0x1d,
  subprogram: 0x2e,
  namespace: 0x39,
  skeletonUnit: 0x4a,
} as const;

export const attribute = {
  name: 0x03,
  lowPc: 0x11,
  language: 0x13,
  abstractOrigin: 0x31,
  declaration: 0x3c,
  specification: 0x47,
  ranges: 0x55,
  linkageName: 0x6e,
  strOffsetsBase: 0x72,
  addrBase: 0x73,
  dwoName: 0x76,
  mipsLinkageName: 0x2007,
  gnuDwoName: 0x2130,
  gnuDwoId: 0x2131,
  gnuAddrBase: 0x2133,
} as const;

/** What is read of a function. */
export const ofFunctions: ReadonlySet<number> = new Set([
  attribute.name,
  attribute.linkageName,
  attribute.mipsLinkageName,
  attribute.lowPc,
  attribute.abstractOrigin,
  attribute.specification,
  attribute.ranges,
  attribute.declaration,
]);
