import { randomUUID } from 'node:crypto';
import { Client, type Connection } from '@temporalio/client';

/** Reset the last run of a workflow id to its first workflow task, as an operator would. */
export async function resetToStart(connection: Connection, workflowId: string): Promise<void> {
  const { events } = await new Client({ connection }).workflow.getHandle(workflowId).fetchHistory();
  const firstTask = (events ?? []).find((event) => event.workflowTaskCompletedEventAttributes);
  if (firstTask?.eventId === undefined || firstTask.eventId === null) throw new Error(`${workflowId} has no task yet`);
  await connection.workflowService.resetWorkflowExecution({
    namespace: 'default',
    workflowExecution: { workflowId },
    workflowTaskFinishEventId: firstTask.eventId,
    reason: 'a test',
    requestId: randomUUID(),
  });
}
