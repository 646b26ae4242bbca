"""One createGroup through GREEN-API's Python client: the call as JSON on standard input, what its caller gets as JSON on standard output."""

import json
import sys

from whatsapp_api_client_python import API

call = json.load(sys.stdin)
settings = {"host": call["host"]}
if "timeoutSeconds" in call:
    settings["host_timeout"] = call["timeoutSeconds"]

api = API.GreenAPI(call["idInstance"], call["token"], **settings)
response = api.groups.createGroup(call["groupName"], call["chatIds"])

is_data = response.error is None
json.dump(
    {
        "as": "Response.data" if is_data else "Response.error",
        "status": response.code,
        # The client keeps the headers to itself.
        "retryAfter": None,
        "body": response.data if is_data else response.error,
    },
    sys.stdout,
)
