import type { Tag } from './endpoint.js';

/** Tag whose value is the installation that made an endpoint. */
export const OWNER_TAG = 'durable-privatelink-owner';

/** Tag whose value is the id of the workflow that made an endpoint. */
export const WORKFLOW_TAG = 'durable-privatelink-workflow';

/** Longest value of a tag. */
export const MAX_TAG_VALUE = 128;

/** Who made an endpoint: the only way to find it on the server when the answer to its creation was lost. */
export interface Owner {
  /** Installation id; by default the Temporal namespace. */
  readonly installation: string;
  readonly workflowId: string;
}

/** The two tags that mark an endpoint as made for one workflow id. */
export function ownerTags(owner: Owner): readonly Tag[] {
  return [
    { Key: OWNER_TAG, Value: owner.installation },
    { Key: WORKFLOW_TAG, Value: owner.workflowId },
  ];
}

/** Whether tags read from the service say that this owner made the endpoint. */
export function isOwnedBy(tags: readonly Tag[] | undefined, owner: Owner): boolean {
  return ownerTags(owner).every((wanted) =>
    (tags ?? []).some((tag) => tag.Key === wanted.Key && tag.Value === wanted.Value),
  );
}

/** Whether tags read from the service say that this installation made the endpoint, for whatever workflow. */
export function isOfInstallation(tags: readonly Tag[] | undefined, installation: string): boolean {
  return (tags ?? []).some(({ Key, Value }) => Key === OWNER_TAG && Value === installation);
}

/** Workflow id that tags read from the service name. */
export function workflowIdOf(tags: readonly Tag[] | undefined): string | undefined {
  const value = tags?.find(({ Key }) => Key === WORKFLOW_TAG)?.Value;
  return value === '' ? undefined : value;
}

/** Say why a text cannot be the value of a tag, or `undefined` when it can. */
export function tagValueProblem(value: string): string | undefined {
  if (value.length === 0) return 'is empty';
  if (value.length > MAX_TAG_VALUE) return `has ${value.length} characters; a tag value takes ${MAX_TAG_VALUE}`;
  if (!/^[\x20-\x7e]*$/.test(value)) return 'has characters other than printable ASCII';
  if (/https?:\/\//.test(value)) return 'contains http:// or https://';
  return undefined;
}
