"""The endpoint zoo: imitations of real endpoints, one function a quirk, each on the server of `tests.scripted`."""
