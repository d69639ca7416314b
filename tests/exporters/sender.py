"""``python -m tests.exporters.sender PORT DEADMAN FOLDER``: the customer's sender, as the contract wants it.

It takes Alertmanager's webhook, tells people (a file), and passes the Watchdog on to the dead man's switch.
"""

import json
import sys
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

PORT, DEADMAN, TOLD = int(sys.argv[1]), sys.argv[2], Path(sys.argv[3])


class Sender(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        names = {alert["labels"]["alertname"] for alert in json.loads(body)["alerts"]}
        if names == {"Watchdog"}:
            urllib.request.urlopen(urllib.request.Request(DEADMAN, data=body, method="POST"), timeout=5)
        else:
            with TOLD.open("a") as told:
                told.write("".join(f"{name}\n" for name in sorted(names)))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_):
        pass


ThreadingHTTPServer(("127.0.0.1", PORT), Sender).serve_forever()
