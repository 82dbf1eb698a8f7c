"""What staff fill in about a patient, by what it is about."""
