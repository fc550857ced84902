"""The official Python SDKs behind the protocol of driver.ts: one call a line in, one answer a line out."""

import importlib
import json
import re
import sys

from alibabacloud_privatelink20200415 import models
from alibabacloud_privatelink20200415.client import Client
from aliyunsdkcore.acs_exception.exceptions import ClientException, ServerException
from aliyunsdkcore.auth.credentials import AccessKeyCredential, StsTokenCredential
from aliyunsdkcore.client import AcsClient
from aliyunsdkcore.http import protocol_type
from aliyunsdkcore.request import CommonRequest
from alibabacloud_tea_openapi.utils_models import Config
from darabonba.exceptions import DaraException
from darabonba.runtime import RuntimeOptions


def call_typed(call):
    """The typed SDK of the generation "V2.0": a request model in, a response model out."""
    action, connection = call["action"], call["connection"]
    client = Client(
        Config(
            access_key_id=connection["accessKeyId"],
            access_key_secret=connection["accessKeySecret"],
            security_token=connection.get("securityToken"),
            endpoint=connection["endpoint"],
            protocol=connection["protocol"],
            ca=connection.get("caFile"),
            signature_algorithm="v2" if call["signature"] == 1 else None,
        )
    )
    snake = re.sub(r"(?<!^)(?=[A-Z])", "_", action).lower()
    request_type = getattr(models, action + "Request", None)
    arguments = [] if request_type is None else [request_type().from_map(call["params"])]
    response = getattr(client, snake + "_with_options")(*arguments, RuntimeOptions())
    if response.body is None:
        # The SDK keeps what does not fit into its response type aside, without an error.
        raise TypeError("%s does not fit into the response type of %s" % (json.dumps(vars(response)["_map"]), action))
    return response.body.to_map()


def call_core(call):
    """The older SDK: requests with a setter for each parameter, made and signed by aliyun-python-sdk-core."""
    connection = call["connection"]
    request = older_request(call["action"])
    for name, value in call["params"].items():
        set_parameter(request, name, value)
    request.set_method(call["method"])
    # The SDK compares by identity: an equal text is not its own constant.
    request.set_protocol_type(protocol_type.HTTPS if connection["protocol"] == "https" else protocol_type.HTTP)
    request.set_endpoint(connection["endpoint"])
    client = AcsClient(region_id="cn-hangzhou", credential=credential_of(connection), verify=connection.get("caFile"))
    return json.loads(client.do_action_with_exception(request))


def older_request(action):
    """The request of aliyun-python-sdk-privatelink; actions that came after its last release go without one."""
    try:
        module = importlib.import_module("aliyunsdkprivatelink.request.v20200415.%sRequest" % action)
    except ModuleNotFoundError:
        return CommonRequest(domain="unset", version="2020-04-15", action_name=action)
    return getattr(module, action + "Request")()


def set_parameter(request, name, value):
    """By its setter, in which the SDK numbers lists; what came after the last release is numbered by hand."""
    setter = getattr(request, "set_%ss" % name, None) or getattr(request, "set_" + name, None)
    if setter is not None and not isinstance(request, CommonRequest):
        setter(value)
        return
    for key, text in numbered(name, value):
        request.add_query_param(key, text)


def numbered(name, value):
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from numbered("%s.%d" % (name, index + 1), item)
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from numbered("%s.%s" % (name, key), item)
    else:
        yield name, value


def credential_of(connection):
    key, secret = connection["accessKeyId"], connection["accessKeySecret"]
    token = connection.get("securityToken")
    return AccessKeyCredential(key, secret) if token is None else StsTokenCredential(key, secret, token)


def failure_of(error):
    if isinstance(error, ServerException):
        about = error.get_error_code(), error.get_error_msg(), error.get_http_status(), error.get_request_id(), None
    elif isinstance(error, ClientException):
        about = error.get_error_code(), error.get_error_msg(), None, None, None
    elif not isinstance(error, DaraException):
        about = None, str(error), None, None, None
    else:
        names = "code", "message", "status_code", "request_id", "retry_after"
        about = tuple(getattr(error, name, None) for name in names)
    answer = dict(zip(("code", "message", "status", "requestId", "retryAfter"), about))
    return {"ok": False, "error": type(error).__name__, **{name: value for name, value in answer.items() if value is not None}}


def answer(call):
    calls = {"privatelink20200415": call_typed, "aliyun-python-sdk": call_core}
    try:
        return {"ok": True, "body": calls[call["sdk"]](call)}
    except Exception as error:  # Whatever it is, the test gets to see it, and expects something else.
        return failure_of(error)


for line in sys.stdin:
    print(json.dumps(answer(json.loads(line))), flush=True)
