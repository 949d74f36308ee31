/** Where something is deployed: what replaces it there is at the same place. */
export interface Place {
  readonly environment: string;
  readonly service: string | null;
  /** Of a host, or of a fleet of them: a label, as whoever states it calls it. */
  readonly host: string | null;
}

/** That an artefact is deployed somewhere, on the word of whoever states it: nobody saw it there. */
export interface DeploymentRecord extends Place {
  readonly id: number;
  readonly artefactId: number;
  readonly team: string | null;
  /** Since when it is said to be there, and when that was said: epoch milliseconds. */
  readonly since: number;
  readonly statedAt: number;
  /** Name of the token that stated it. */
  readonly by: string;
  /** `null`: it is there, as far as anybody says. */
  readonly endedAt: number | null;
  readonly endedBy: string | null;
  /** One clause: what took its place, or why it was withdrawn. */
  readonly endedWhy: string | null;
}
