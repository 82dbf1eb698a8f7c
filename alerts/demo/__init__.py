"""Synthetic demo data: one joint service for four municipalities, one municipality with its own, and their patients.

Everything comes from one seed and the moment of loading, so two loads with the same of both hold the same data. Plans,
judgements and handlings are made by the product's own services: there is no second truth here. No person in it exists.
"""
