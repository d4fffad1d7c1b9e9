"""Feast's client against a Manciple server that asks for tokens, and over TLS."""

import json
import threading
import time
from datetime import datetime, timedelta, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from urllib.parse import parse_qs

import jwt
import pandas as pd
import pytest
import textwrap
from conftest import feast_definitions, manciple, new_repository, serve
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from feast import FeatureStore, FeatureView
from feast.errors import FeastPermissionError
from feast.permissions.action import AuthzedAction
from feast.permissions.permission import Permission
from feast.permissions.policy import RoleBasedPolicy

FEATURES = ["driver_stats:trips"]
ENTITIES = [{"driver_id": 1001}]


class Issuer:
    """An OpenID Connect provider on this machine: clients are their own roles."""

    def __init__(self):
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        issuer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                if self.path == "/keys":
                    key = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(issuer.key.public_key()))
                    self.answer({"keys": [{**key, "kid": "one", "use": "sig", "alg": "RS256"}]})
                else:
                    self.answer(
                        {
                            "issuer": issuer.url,
                            "jwks_uri": f"{issuer.url}/keys",
                            "token_endpoint": f"{issuer.url}/token",
                            "authorization_endpoint": f"{issuer.url}/authorize",
                        }
                    )

            def do_POST(self):
                form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
                client = form["client_id"][0]
                self.answer({"access_token": issuer.token(client, [client]), "expires_in": 300})

            def answer(self, body):
                data = json.dumps(body).encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *arguments):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self.discovery = f"{self.url}/.well-known/openid-configuration"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def token(self, user, roles, lifetime=300, key=None):
        claims = {"sub": user, "preferred_username": user, "roles": roles, "exp": int(time.time()) + lifetime}
        return jwt.encode(claims, key or self.key, algorithm="RS256", headers={"kid": "one"})

    def stop(self):
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture(scope="module")
def issuer():
    issuer = Issuer()
    yield issuer
    issuer.stop()


@pytest.fixture(scope="module")
def guarded(issuer, tmp_path_factory):
    """A repository whose permissions Feast applied, and a server of Manciple that asks for them."""
    repo = new_repository(tmp_path_factory.mktemp("access") / "repo")
    store = FeatureStore(str(repo))
    store.apply(
        feast_definitions(repo)
        + [
            Permission(
                name="reading",
                types=[FeatureView],
                name_patterns=["driver_.*"],
                policy=RoleBasedPolicy(roles=["reader"]),
                actions=[AuthzedAction.READ_ONLINE],
            ),
            Permission(
                name="writing",
                types=[FeatureView],
                policy=RoleBasedPolicy(roles=["writer"]),
                actions=[AuthzedAction.READ_ONLINE, AuthzedAction.WRITE_ONLINE],
            ),
        ]
    )
    with (repo / "feature_store.yaml").open("a") as file:
        file.write(f"auth:\n  type: oidc\n  auth_discovery_url: {issuer.discovery}\n")
    manciple(repo, "materialize", "2024-01-01", "2024-12-31")
    server = serve(repo)
    yield repo, server
    server.stop()


def client(folder, repo, url, *more):
    """A client of Feast whose online store is a server."""
    folder.mkdir()
    (folder / "feature_store.yaml").write_text(
        textwrap.dedent(
            f"""
            project: rides
            provider: local
            registry: {repo}/data/registry.db
            offline_store:
              type: dask
            entity_key_serialization_version: 3
            online_store:
              type: remote
              path: {url}
            """
        )
        + "\n".join(more)
    )
    return FeatureStore(str(folder))


def as_client(issuer, name):
    """The section of a client that gets its tokens from the provider."""
    return [
        "auth:",
        "  type: oidc",
        f"  auth_discovery_url: {issuer.discovery}",
        f"  client_id: {name}",
        "  client_secret: secret",
    ]


def showing(option):
    """The section of a client that has a token."""
    return ["auth:", "  type: oidc", f"  {option}"]


def read(store):
    return store.get_online_features(features=FEATURES, entity_rows=ENTITIES).to_dict()["trips"]


def row():
    now = datetime(2024, 6, 1, tzinfo=timezone.utc)
    return pd.DataFrame(
        {
            "driver_id": [4001],
            "conv_rate": [0.5],
            "trips": [41],
            "name": ["Zoe"],
            "event_timestamp": [now],
            "created": [now],
        }
    )


def test_a_client_with_the_role_reads(guarded, issuer, tmp_path):
    repo, server = guarded
    assert read(client(tmp_path / "c", repo, server.url, *as_client(issuer, "reader"))) == [8]


def test_a_client_without_the_role_is_refused_with_feasts_error(guarded, issuer, tmp_path):
    repo, server = guarded
    with pytest.raises(FeastPermissionError, match="Requires roles \\[reader\\]"):
        read(client(tmp_path / "c", repo, server.url, *as_client(issuer, "stranger")))


def test_reading_is_not_writing(guarded, issuer, tmp_path):
    repo, server = guarded
    with pytest.raises(FeastPermissionError, match="WRITE_ONLINE"):
        client(tmp_path / "r", repo, server.url, *as_client(issuer, "reader")).write_to_online_store(
            "driver_stats", row()
        )
    writer = client(tmp_path / "w", repo, server.url, *as_client(issuer, "writer"))
    writer.write_to_online_store("driver_stats", row())
    found = writer.get_online_features(features=FEATURES, entity_rows=[{"driver_id": 4001}]).to_dict()
    assert found["trips"] == [41]


def test_a_token_of_the_environment_is_shown(guarded, issuer, tmp_path, monkeypatch):
    repo, server = guarded
    monkeypatch.setenv("RIDES_TOKEN", issuer.token("ada", ["reader"]))
    assert read(client(tmp_path / "c", repo, server.url, *showing("token_env_var: RIDES_TOKEN"))) == [8]


def test_bad_tokens_are_refused(guarded, issuer, tmp_path):
    repo, server = guarded
    stranger = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    bad = {
        "expired": issuer.token("ada", ["reader"], lifetime=-60),
        "forged": issuer.token("ada", ["reader"], key=stranger),
        "unsigned": jwt.encode({"preferred_username": "ada", "roles": ["reader"]}, "", algorithm="none"),
    }
    for name, token in bad.items():
        with pytest.raises(RuntimeError, match="401"):
            read(client(tmp_path / name, repo, server.url, *showing(f"token: {token}")))


def test_who_shows_nothing_is_refused(guarded, tmp_path):
    repo, server = guarded
    with pytest.raises(RuntimeError, match="401"):
        read(client(tmp_path / "c", repo, server.url))


def certificate(folder):
    """A certificate of this machine that is its own authority, and its key."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "manciple test")])
    now = datetime.now(timezone.utc)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    folder.mkdir()
    (folder / "tls.crt").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (folder / "tls.key").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return folder


@pytest.fixture(scope="module")
def encrypted(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tls")
    repo = new_repository(folder / "repo")
    FeatureStore(str(repo)).apply(feast_definitions(repo))
    manciple(repo, "materialize", "2024-01-01", "2024-12-31")
    files = certificate(folder / "own")
    server = serve(repo, "--key", str(files / "tls.key"), "--cert", str(files / "tls.crt"))
    yield repo, server, files
    server.stop()


def test_a_client_that_trusts_the_certificate_reads(encrypted, tmp_path):
    repo, server, files = encrypted
    assert server.url.startswith("https://")
    assert read(client(tmp_path / "c", repo, server.url, f"  cert: {files / 'tls.crt'}")) == [8]


def test_a_client_that_trusts_another_does_not(encrypted, tmp_path):
    repo, server, _ = encrypted
    other = certificate(tmp_path / "other")
    with pytest.raises(Exception, match="CERTIFICATE_VERIFY_FAILED"):
        read(client(tmp_path / "c", repo, server.url, f"  cert: {other / 'tls.crt'}"))
