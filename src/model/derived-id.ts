/**
 * Workflow ids that are derived from a request begin with one of these. A dry run has ids of its own, so that it is never
 * in the way of the run that it is about; behind the prefix both are the same.
 */
export const DERIVED_ID_PREFIXES = { run: 'provision', dryRun: 'dry-run' } as const;

/**
 * The id of the run that a dry run is about: the derived one where its own was derived, else its own.
 *
 * @param place - What a derived id has behind its prefix; another id that begins alike is taken as it is.
 */
export function realWorkflowId(
  workflowId: string,
  { account, RegionId }: { readonly account: string; readonly RegionId: string },
): string {
  const derived = `${DERIVED_ID_PREFIXES.dryRun}/${account}/${RegionId}/`;
  if (!workflowId.startsWith(derived)) return workflowId;
  return `${DERIVED_ID_PREFIXES.run}${workflowId.slice(DERIVED_ID_PREFIXES.dryRun.length)}`;
}
