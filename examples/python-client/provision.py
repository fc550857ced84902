"""Provision a VPC endpoint from Python. All it takes is a workflow type, a task queue and one JSON object.

    python provision.py ../endpoint.json order-17

The first argument is a file with the input, the second the workflow id. Prints two lines of JSON: what the update
"accepted" answers, about a second after the start, and the result. A run that ends otherwise prints its failure in place
of the result, and the exit code is 1.
"""

import asyncio
import json
import os
import sys
from pathlib import Path

from temporalio.client import Client, WithStartWorkflowOperation, WorkflowFailureError
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.envconfig import ClientConfig
from temporalio.exceptions import ApplicationError, WorkflowAlreadyStartedError

TASK_QUEUE = "privatelink"


async def start_accepted(client, workflow_id, provision_input):
    """Start the run, or join it, and wait until the service holds an endpoint for it. The run goes on by itself."""
    start = WithStartWorkflowOperation(
        "provisionVpcEndpoint",
        provision_input,
        id=workflow_id,
        task_queue=TASK_QUEUE,
        # The id says which endpoint is meant. Whoever starts it again joins the run that is under way; the input is not
        # compared, so never use one id for two requests.
        id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        # A run that failed may be started anew, and finds what it left. One that ended ready is not repeated.
        id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE_FAILED_ONLY,
    )
    try:
        return await client.execute_update_with_start_workflow("accepted", start_workflow_operation=start)
    except WorkflowAlreadyStartedError:
        # It ended ready before, and its result is still there.
        return {"state": "finished"}


def failure_of(error):
    """What a caller has to know of a run that ended otherwise."""
    cause = error.cause
    if isinstance(cause, ApplicationError):
        # "type" is one of a closed list. The first entry of the details is plain JSON: code, requestId, advice,
        # retryable, endpointMayExist; of InvalidInput: problems.
        return {"type": cause.type, "message": cause.message, "details": cause.details[0] if cause.details else None}
    # Cancelled, terminated or timed out by the engine.
    return {"type": type(cause).__name__, "message": str(cause), "details": None}


async def main(input_file, workflow_id):
    # Address, namespace, TLS and key as for the temporal command: variables TEMPORAL_*, or a profile file.
    client = await Client.connect(**{"target_host": "localhost:7233", **ClientConfig.load_client_connect_config()})
    provision_input = json.loads(Path(input_file).read_text())

    # {"state": "accepted", "EndpointId": ...}, {"state": "parked", "code": ..., "nextTryAt": ...} or {"state": "ended", ...}
    print(json.dumps(await start_accepted(client, workflow_id, provision_input)), flush=True)
    try:
        result = await client.get_workflow_handle(workflow_id).result()
    except WorkflowFailureError as error:
        print(json.dumps({"error": failure_of(error)}))
        return 1
    print(json.dumps(result))
    return 0


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    exit_code = asyncio.run(main(sys.argv[1], sys.argv[2]))
    # Threads of the SDK outlive the client, and crash now and then while a short program ends (temporalio/sdk-python#300):
    # leave without the teardown. A service that runs on has no need of this.
    sys.stdout.flush()
    os._exit(exit_code)
