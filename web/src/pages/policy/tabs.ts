export const policyTabs = ['settings', 'trial', 'waivers', 'history'] as const;
export type PolicyTab = (typeof policyTabs)[number];
