import type { Client } from '@temporalio/client';
import {
  deprovisionWorkflowId,
  ProvisionNotFoundError,
  type ProvisioningClient,
  type ProvisionInput,
  type RunView,
} from 'durable-privatelink';
import { acceptedAnswer, errorAnswer, invalidAnswer, isUnavailable, notFoundAnswer, type Answer } from './answers.js';

/** What the routes work with. */
export interface EndpointsOptions {
  readonly client: Client;
  readonly provisioning: ProvisioningClient;
  /** Credentials profile on the workers: ours to choose, not the caller's. */
  readonly account: string;
  /** How long a caller waits for an answer, in milliseconds. */
  readonly answerWithinMs: number;
}

/** Ids of our runs begin with this, so that nobody reaches any other workflow through us. */
const ID_PREFIX = 'endpoints/';
const KEY = /^[A-Za-z0-9._-]{1,100}$/;

/** Whether a workflow id is one that we gave. */
export function isOurs(workflowId: string): boolean {
  return workflowId.startsWith(ID_PREFIX) && KEY.test(workflowId.slice(ID_PREFIX.length));
}

/** The endpoints of our callers. Each call answers within the time that the options give. */
export class Endpoints {
  readonly #options: EndpointsOptions;

  constructor(options: EndpointsOptions) {
    this.#options = options;
  }

  /**
   * Start a provision and answer as soon as the service has accepted it, which takes about a second.
   *
   * @param key - The caller's own. It becomes the workflow id, so a repeated call is the same request.
   */
  async create(key: string | undefined, input: unknown): Promise<Answer> {
    if (key === undefined || !KEY.test(key)) {
      return invalidAnswer([{ path: 'Idempotency-Key', message: 'expected 1 to 100 of A-Z a-z 0-9 . _ -' }]);
    }
    if (typeof input !== 'object' || input === null || Array.isArray(input)) {
      return invalidAnswer([{ path: '', message: 'expected one JSON object {"request": {...}}' }]);
    }
    if ('account' in input) return invalidAnswer([{ path: 'account', message: 'is chosen by this service' }]);
    const workflowId = `${ID_PREFIX}${key}`;
    const { provisioning, account } = this.#options;
    // Whoever deletes what is not ready yet wants it gone. A caller may say otherwise. What is wrong with the input, the
    // client says.
    const ours = { onCancel: 'delete', ...input, account } as ProvisionInput;
    try {
      const { accepted } = await this.#within(() => provisioning.startAccepted(ours, { workflowId }));
      return acceptedAnswer(workflowId, accepted);
    } catch (error) {
      if (!isUnavailable(error)) throw error;
      return this.#unanswered(workflowId, error);
    }
  }

  /** Say where a provision stands, and what came of it. */
  async read(workflowId: string): Promise<Answer> {
    return this.#within(async () => {
      const view = await this.#options.provisioning.state(workflowId);
      return { status: 200, body: { ...progressOf(view), ...(await this.#endOf(view)) } };
    });
  }

  /** Cancel a provision that runs; remove the endpoint of one that is ready. */
  async remove(workflowId: string): Promise<Answer> {
    const { provisioning, account } = this.#options;
    return this.#within(async () => {
      const { status } = await provisioning.state(workflowId);
      if (status === 'RUNNING') {
        await provisioning.cancel(workflowId);
        return { status: 202, body: { workflowId, state: 'cancelling' } };
      }
      if (status !== 'COMPLETED') {
        // A new run finds what the last one left, and then there is something to remove.
        const message = 'It did not become ready: GET says what remains. POST it again with its key, then DELETE it.';
        return { status: 409, body: { workflowId, error: { type: 'NotReady', message } } };
      }
      const { endpoint } = await provisioning.result(workflowId);
      if (endpoint?.RegionId === undefined) return notFoundAnswer();
      const { RegionId, EndpointId } = endpoint;
      await provisioning.startDeprovision({ RegionId, EndpointId, account });
      return { status: 202, body: { workflowId, state: 'removing', EndpointId } };
    });
  }

  /** Whether we can work. */
  async health(): Promise<Answer> {
    await this.#within(() => this.#options.client.workflowService.getSystemInfo({}));
    return { status: 200, body: { state: 'healthy' } };
  }

  #within<Result>(call: () => Promise<Result>): Promise<Result> {
    const { client, answerWithinMs } = this.#options;
    return client.connection.withDeadline(Date.now() + answerWithinMs, call);
  }

  /** No worker told us in time how far the run is. If Temporal holds it, it goes on as soon as there is one. */
  async #unanswered(workflowId: string, error: unknown): Promise<Answer> {
    try {
      await this.#within(() => this.#options.client.workflow.getHandle(workflowId).describe());
      return { status: 202, body: { workflowId, state: 'started' } };
    } catch {
      // What matters to the caller is that the start was not confirmed.
      return errorAnswer(error) ?? notFoundAnswer();
    }
  }

  async #endOf({ workflowId, status }: RunView): Promise<object> {
    if (status === 'FAILED') {
      const failed: unknown = await this.#options.provisioning.result(workflowId).catch((error: unknown) => error);
      return errorAnswer(failed)?.body ?? {};
    }
    if (status !== 'COMPLETED') return {};
    const result = await this.#options.provisioning.result(workflowId);
    const EndpointId = result.endpoint?.EndpointId;
    return { result, ...(EndpointId === undefined ? {} : await this.#removalOf(EndpointId)) };
  }

  /** How far the removal of a ready endpoint is, where one was asked for. */
  async #removalOf(EndpointId: string): Promise<object> {
    try {
      const { status, state } = await this.#options.provisioning.state(deprovisionWorkflowId(EndpointId));
      return { removal: { status, phase: state?.phase } };
    } catch (error) {
      if (error instanceof ProvisionNotFoundError) return {};
      throw error;
    }
  }
}

function progressOf({ workflowId, status, state, cancelOutcome }: RunView): object {
  return {
    workflowId,
    status,
    phase: state?.phase,
    waitingFor: state?.waitingFor,
    EndpointId: state?.endpointId,
    EndpointStatus: state?.endpointStatus,
    ConnectionStatus: state?.connectionStatus,
    parked: state?.parked,
    cancelOutcome,
  };
}
