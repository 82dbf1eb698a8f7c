"""The pages of signing in, of one's own sessions and second factors, of one's own role, and of people and roles."""
