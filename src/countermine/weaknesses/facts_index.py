"""The facts of every weakness, for callers that must not load remedies.

Remedies rewrite code with LibCST, which the search has no use for; see
docs/decisions/0007-facts-apart-from-remedies.md.
"""

from collections.abc import Iterable

from countermine.core.weakness import WeaknessFacts, WeaknessId
from countermine.weaknesses.any_host_allowed import facts as any_host_allowed
from countermine.weaknesses.archive_extraction import facts as archive_extraction
from countermine.weaknesses.argument_injection import facts as argument_injection
from countermine.weaknesses.cleartext_transmission import facts as cleartext_transmission
from countermine.weaknesses.code_injection import facts as code_injection
from countermine.weaknesses.command_injection import facts as command_injection
from countermine.weaknesses.cookie_without_httponly import facts as cookie_without_httponly
from countermine.weaknesses.cookie_without_secure import facts as cookie_without_secure
from countermine.weaknesses.credentials_sent_on import facts as credentials_sent_on
from countermine.weaknesses.cross_site_scripting import facts as cross_site_scripting
from countermine.weaknesses.debug_mode import facts as debug_mode
from countermine.weaknesses.decompression_bomb import facts as decompression_bomb
from countermine.weaknesses.default_credentials import facts as default_credentials
from countermine.weaknesses.disabled_certificate_checks import facts as disabled_certificate_checks
from countermine.weaknesses.error_exposure import facts as error_exposure
from countermine.weaknesses.exponential_regular_expression import (
    facts as exponential_regular_expression,
)
from countermine.weaknesses.hard_coded_secret import facts as hard_coded_secret
from countermine.weaknesses.header_injection import facts as header_injection
from countermine.weaknesses.insecure_temporary_file import facts as insecure_temporary_file
from countermine.weaknesses.ldap_injection import facts as ldap_injection
from countermine.weaknesses.log_injection import facts as log_injection
from countermine.weaknesses.loose_file_permissions import facts as loose_file_permissions
from countermine.weaknesses.mass_assignment import facts as mass_assignment
from countermine.weaknesses.missing_authorization import facts as missing_authorization
from countermine.weaknesses.missing_csrf_protection import facts as missing_csrf_protection
from countermine.weaknesses.missing_signature_verification import (
    facts as missing_signature_verification,
)
from countermine.weaknesses.nosql_injection import facts as nosql_injection
from countermine.weaknesses.open_redirect import facts as open_redirect
from countermine.weaknesses.path_traversal import facts as path_traversal
from countermine.weaknesses.permissive_cross_origin_requests import (
    facts as permissive_cross_origin_requests,
)
from countermine.weaknesses.polynomial_regular_expression import (
    facts as polynomial_regular_expression,
)
from countermine.weaknesses.predictable_randomness import facts as predictable_randomness
from countermine.weaknesses.secret_in_log import facts as secret_in_log
from countermine.weaknesses.server_side_request_forgery import facts as server_side_request_forgery
from countermine.weaknesses.sql_injection import facts as sql_injection
from countermine.weaknesses.template_injection import facts as template_injection
from countermine.weaknesses.timing_unsafe_comparison import facts as timing_unsafe_comparison
from countermine.weaknesses.trust_boundary_violation import facts as trust_boundary_violation
from countermine.weaknesses.unrestricted_bind import facts as unrestricted_bind
from countermine.weaknesses.unsafe_deserialization import facts as unsafe_deserialization
from countermine.weaknesses.unsafe_reflection import facts as unsafe_reflection
from countermine.weaknesses.weak_cipher import facts as weak_cipher
from countermine.weaknesses.weak_hash import facts as weak_hash
from countermine.weaknesses.weak_key_size import facts as weak_key_size
from countermine.weaknesses.xml_entity_expansion import facts as xml_entity_expansion
from countermine.weaknesses.xml_external_entities import facts as xml_external_entities
from countermine.weaknesses.xpath_injection import facts as xpath_injection

ALL_FACTS: tuple[WeaknessFacts, ...] = (
    path_traversal.FACTS,
    archive_extraction.FACTS,
    command_injection.FACTS,
    argument_injection.FACTS,
    code_injection.FACTS,
    sql_injection.FACTS,
    unsafe_deserialization.FACTS,
    cross_site_scripting.FACTS,
    template_injection.FACTS,
    xml_external_entities.FACTS,
    xml_entity_expansion.FACTS,
    weak_hash.FACTS,
    weak_cipher.FACTS,
    predictable_randomness.FACTS,
    server_side_request_forgery.FACTS,
    open_redirect.FACTS,
    disabled_certificate_checks.FACTS,
    debug_mode.FACTS,
    exponential_regular_expression.FACTS,
    polynomial_regular_expression.FACTS,
    timing_unsafe_comparison.FACTS,
    header_injection.FACTS,
    ldap_injection.FACTS,
    xpath_injection.FACTS,
    nosql_injection.FACTS,
    log_injection.FACTS,
    insecure_temporary_file.FACTS,
    loose_file_permissions.FACTS,
    missing_signature_verification.FACTS,
    hard_coded_secret.FACTS,
    default_credentials.FACTS,
    cookie_without_secure.FACTS,
    cookie_without_httponly.FACTS,
    trust_boundary_violation.FACTS,
    permissive_cross_origin_requests.FACTS,
    missing_csrf_protection.FACTS,
    secret_in_log.FACTS,
    cleartext_transmission.FACTS,
    weak_key_size.FACTS,
    mass_assignment.FACTS,
    decompression_bomb.FACTS,
    unrestricted_bind.FACTS,
    error_exposure.FACTS,
    any_host_allowed.FACTS,
    credentials_sent_on.FACTS,
    missing_authorization.FACTS,
    unsafe_reflection.FACTS,
)

ALIASES: dict[WeaknessId, WeaknessId] = {
    WeaknessId("zip-slip"): WeaknessId("archive-extraction"),
    WeaknessId("redos"): WeaknessId("exponential-regular-expression"),
    WeaknessId("sqli"): WeaknessId("sql-injection"),
    WeaknessId("ssrf"): WeaknessId("server-side-request-forgery"),
    WeaknessId("xss"): WeaknessId("cross-site-scripting"),
    WeaknessId("xxe"): WeaknessId("xml-external-entities"),
}
"""Other names a weakness answers to. A released id is never taken away, only moved here."""


def looked_for(only: Iterable[str]) -> tuple[WeaknessFacts, ...]:
    """Return what a search looks for: what it is asked for beside what it looks for anyway."""
    names = frozenset(only)
    return tuple(f for f in ALL_FACTS if f.id in names or not f.asked_for)


def facts_of(name: str) -> WeaknessFacts | None:
    """Return the facts of an id or an alias, ``None`` where there is none of that name."""
    wanted = ALIASES.get(WeaknessId(name), WeaknessId(name))
    return next((facts for facts in ALL_FACTS if facts.id == wanted), None)
