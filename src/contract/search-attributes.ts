/**
 * Search attributes that runs carry where all of them are registered in the namespace, so that a list of runs can be
 * filtered by the server, and their types as the `temporal` command spells them.
 */
export const SEARCH_ATTRIBUTES = {
  PvlAccount: 'Keyword',
  PvlRegionId: 'Keyword',
  PvlVpcId: 'Keyword',
  PvlServiceId: 'Keyword',
  PvlEndpointId: 'Keyword',
  PvlPhase: 'Keyword',
  PvlFailureClass: 'Keyword',
} as const;

export type SearchAttributeName = keyof typeof SEARCH_ATTRIBUTES;

/** Where runs keep their {@link FleetEntry}. */
export type FleetPlace = 'searchAttributes' | 'memo';

/** Memo field of a {@link FleetEntry}, where the search attributes are not registered. */
export const FLEET_MEMO = 'pvl';

/** What a run writes of itself for the list of all runs. Ids are those of the request and of the service. */
export interface FleetEntry {
  readonly account?: string;
  readonly RegionId?: string;
  readonly VpcId?: string;
  /** The name of the service where the request gives only that. */
  readonly ServiceId?: string;
  readonly EndpointId?: string;
  readonly phase?: string;
  /** Of a run that failed: what its code means, or `deadline` or `state`. */
  readonly failureClass?: string;
}

export type FleetField = keyof FleetEntry;

/** The search attribute of each field. */
export const FLEET_ATTRIBUTES = {
  account: 'PvlAccount',
  RegionId: 'PvlRegionId',
  VpcId: 'PvlVpcId',
  ServiceId: 'PvlServiceId',
  EndpointId: 'PvlEndpointId',
  phase: 'PvlPhase',
  failureClass: 'PvlFailureClass',
} as const satisfies Record<FleetField, SearchAttributeName>;

export const FLEET_FIELDS = Object.keys(FLEET_ATTRIBUTES) as readonly FleetField[];

/** Longest Keyword that every store of a Temporal server takes: on PostgreSQL and MySQL it is a VARCHAR(255). */
const KEYWORD_LENGTH = 255;

/** A text as a Keyword holds it: no id is that long, but a request may say anything. */
export function keyword(text: string): string {
  return text.slice(0, KEYWORD_LENGTH);
}

/** Numbers of types of search attributes in the protocol, in the spelling of the `temporal` command. */
const TYPES: Readonly<Record<number, string>> = {
  1: 'Text',
  2: 'Keyword',
  3: 'Int',
  4: 'Double',
  5: 'Bool',
  6: 'Datetime',
  7: 'KeywordList',
};

/** Search attributes of ours that a namespace lacks. */
export interface LackingAttributes {
  readonly missing: readonly SearchAttributeName[];
  /** Registered with another type, which is named. */
  readonly mistyped: readonly { readonly name: SearchAttributeName; readonly type: string }[];
}

/**
 * Hold what a namespace has against what runs would write. They write all of it or nothing: a write of one that is missing
 * would hold the run up.
 *
 * @param registered - As the server lists them: types as numbers of the protocol.
 */
export function lackingAttributes(registered: Readonly<Record<string, number | null | undefined>>): LackingAttributes {
  const names = Object.keys(SEARCH_ATTRIBUTES) as SearchAttributeName[];
  return {
    missing: names.filter((name) => registered[name] == null),
    mistyped: names.flatMap((name) => {
      const number = registered[name];
      if (number == null || TYPES[number] === SEARCH_ATTRIBUTES[name]) return [];
      return [{ name, type: TYPES[number] ?? `type ${number}` }];
    }),
  };
}

/** Whether a namespace has all of them. */
export function areAllRegistered(registered: Parameters<typeof lackingAttributes>[0]): boolean {
  const { missing, mistyped } = lackingAttributes(registered);
  return missing.length === 0 && mistyped.length === 0;
}
