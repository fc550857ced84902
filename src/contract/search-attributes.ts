/**
 * Search attributes that a later version sets on runs, so that a list of runs can be filtered, and their types as the
 * `temporal` command spells them. This version sets none: `pvlctl doctor` says which ones a server has.
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
