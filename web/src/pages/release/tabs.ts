/** What of a release is shown at once; the first where nothing is said. */
export const releaseTabs = ['verdict', 'code', 'facts', 'history'] as const;
export type ReleaseTab = (typeof releaseTabs)[number];
