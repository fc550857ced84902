/** What a removal left of an endpoint. */
export interface RemainingEndpoint {
  readonly EndpointId: string;
  readonly EndpointStatus?: string;
  /** Absent where they could not be read. */
  readonly zones?: readonly { readonly ZoneId: string; readonly ZoneStatus?: string }[];
}

/** The same for a person: id, status, and each zone with its own. */
export function remainsText({ EndpointId, EndpointStatus = '(no status)', zones }: RemainingEndpoint): string {
  const shown = zones?.map(({ ZoneId, ZoneStatus = '(no status)' }) => `${ZoneId} ${ZoneStatus}`);
  const text = shown === undefined ? 'zones not read' : shown.length === 0 ? 'no zones' : `zones ${shown.join(', ')}`;
  return `${EndpointId} ${EndpointStatus}, ${text}`;
}
