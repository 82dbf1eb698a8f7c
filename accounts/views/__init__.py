"""The pages of signing in, of one's own sessions and second factors, and of choosing a role."""
