"""The usual way to run a prompt from Python: urllib and websocket-client. Prints when it was posted, for compare."""
import json
import sys
import time
import urllib.parse
import urllib.request
import uuid

import websocket

SERVER = sys.argv[1].removeprefix("http://")
CLIENT = str(uuid.uuid4())


def queue(prompt):
    data = json.dumps({"prompt": prompt, "client_id": CLIENT}).encode()
    request = urllib.request.Request(f"http://{SERVER}/prompt", data=data)
    return json.loads(urllib.request.urlopen(request).read())["prompt_id"]


def history(prompt_id):
    return json.loads(urllib.request.urlopen(f"http://{SERVER}/history/{prompt_id}").read())[prompt_id]


def image(item):
    query = urllib.parse.urlencode({key: item[key] for key in ("filename", "subfolder", "type")})
    return urllib.request.urlopen(f"http://{SERVER}/view?{query}").read()


prompt = json.load(open(sys.argv[2]))
socket = websocket.WebSocket()
socket.connect(f"ws://{SERVER}/ws?clientId={CLIENT}")
prompt_id = queue(prompt)
while True:
    message = socket.recv()
    if isinstance(message, str):
        message = json.loads(message)
        data = message["data"]
        if message["type"] == "executing" and data["node"] is None and data["prompt_id"] == prompt_id:
            break
for node in history(prompt_id)["outputs"].values():
    for item in node.get("images", []):
        with open(f"{sys.argv[3]}/{item['filename']}", "wb") as file:
            file.write(image(item))
