"""The shape of what is sent and answered. The same classes check requests and make the OpenAPI document.

Shape only: whether a type, a unit or an item exists is for the services.
"""
