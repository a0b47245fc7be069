"""What the tests of the client share."""

import pytest
import trustme

from codestats.api.client import Client
from codestats.settings import Settings
from support.raw_server import TOKEN


@pytest.fixture(scope="session")
def authority():
    """Issues certificates that only `ca_file` makes trusted."""
    return trustme.CA()


@pytest.fixture
def ca_file(authority, tmp_path):
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    return str(tmp_path / "ca.pem")


@pytest.fixture
def client_of():
    """Makes clients for an address (and further options), and closes them."""
    made = []

    def make(url, **options):
        options = {"api_key": TOKEN, "api_url": url, "request_timeout": 20, **options}
        settings, problems = Settings.from_mapping(options, {})
        assert not problems
        made.append(Client(settings))
        return made[-1]

    yield make
    for client in made:
        client.close()
