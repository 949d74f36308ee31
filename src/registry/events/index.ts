import { artifactory } from './artifactory.ts';
import { cloudsmith } from './cloudsmith.ts';
import type { EventSource, EventSourceName } from './delivery.ts';
import { kellnr } from './kellnr.ts';

/** Every registry whose events are understood, by the last part of its address, `/events/<name>`. */
export const eventSources: Readonly<Record<EventSourceName, EventSource>> = {
  kellnr,
  cloudsmith,
  artifactory,
};
