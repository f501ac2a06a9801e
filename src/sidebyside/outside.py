"""The one door to other hosts: an HTTP client that heeds the reader's proxy and certificates, built only when an endpoint is asked.

Recorded answers and the embedded model need neither, so that a machine with a strange proxy still runs the course.
"""

from __future__ import annotations

import httpx2

from .errors import SettingsError

SOCKS = "The environment names a SOCKS proxy, and Python lacks what it takes to use one. Run `pip install socksio`, or unset {names}."
PROXY = "The environment names a proxy whose address is not valid ({error}). Mend or unset {names}."
CERTIFICATES = "SSL_CERT_FILE or SSL_CERT_DIR names certificates that cannot be read ({error}). Set it to a readable file, or unset it."
PROXIES = "ALL_PROXY, HTTPS_PROXY and HTTP_PROXY"


def outside_client() -> httpx2.Client:
    """Return a client for other hosts; it follows redirects, as the openai client's own does.

    Raises:
        SettingsError: If the environment's proxy or certificates cannot be used; the text says what to do.
    """
    try:
        return httpx2.Client(follow_redirects=True)
    except ImportError as error:
        raise SettingsError(SOCKS.format(names=PROXIES)) from error
    except ValueError as error:
        raise SettingsError(PROXY.format(error=error, names=PROXIES)) from error
    except OSError as error:
        raise SettingsError(CERTIFICATES.format(error=error.strerror or error)) from error
