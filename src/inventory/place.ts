import type { Place } from '../store/deployments/records.ts';

/** Where something is stated to be deployed, for people: `production, service shop, host edge`. */
export function placeText({ environment, service, host }: Place): string {
  return [
    environment,
    ...(service === null ? [] : [`service ${service}`]),
    ...(host === null ? [] : [`host ${host}`]),
  ].join(', ');
}
