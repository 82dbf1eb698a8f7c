"""The web container's health check: exits 0 when the login page is answered as the proxy would ask for it."""

import http.client
import os
import sys

connection = http.client.HTTPConnection("127.0.0.1", 8000, timeout=4)
host = os.environ["DHO_ALLOWED_HOSTS"].split(",", maxsplit=1)[0]
connection.request("GET", "/logg-inn/", headers={"Host": host, "X-Forwarded-Proto": "https"})
sys.exit(connection.getresponse().status != http.HTTPStatus.OK)
