import { CancellationScope } from '@temporalio/workflow';

/** Run something that a cancellation must not cut off. */
export function shielded<Result>(work: () => Promise<Result>): Promise<Result> {
  return CancellationScope.nonCancellable(work);
}
