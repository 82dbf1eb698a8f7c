"""PostgreSQL and Valkey from Python wheels, and the supervisor behind script/server and script/test.

For evaluation, development and tests on one machine. A real server runs docker-compose.yml instead.
"""
