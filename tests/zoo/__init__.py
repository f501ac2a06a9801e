"""The endpoint zoo: small local servers that imitate what real endpoints do, one function a quirk."""
