"""Every weakness that is built in."""

from countermine.core.knowledge import Weakness
from countermine.core.weakness import WeaknessId
from countermine.weaknesses.any_host_allowed import weakness as any_host_allowed
from countermine.weaknesses.archive_extraction import weakness as archive_extraction
from countermine.weaknesses.argument_injection import weakness as argument_injection
from countermine.weaknesses.cleartext_transmission import weakness as cleartext_transmission
from countermine.weaknesses.code_injection import weakness as code_injection
from countermine.weaknesses.command_injection import weakness as command_injection
from countermine.weaknesses.cookie_without_httponly import weakness as cookie_without_httponly
from countermine.weaknesses.cookie_without_secure import weakness as cookie_without_secure
from countermine.weaknesses.credentials_sent_on import weakness as credentials_sent_on
from countermine.weaknesses.cross_site_scripting import weakness as cross_site_scripting
from countermine.weaknesses.debug_mode import weakness as debug_mode
from countermine.weaknesses.decompression_bomb import weakness as decompression_bomb
from countermine.weaknesses.default_credentials import weakness as default_credentials
from countermine.weaknesses.disabled_certificate_checks import (
    weakness as disabled_certificate_checks,
)
from countermine.weaknesses.error_exposure import weakness as error_exposure
from countermine.weaknesses.exponential_regular_expression import (
    weakness as exponential_regular_expression,
)
from countermine.weaknesses.facts_index import ALIASES
from countermine.weaknesses.hard_coded_secret import weakness as hard_coded_secret
from countermine.weaknesses.header_injection import weakness as header_injection
from countermine.weaknesses.insecure_temporary_file import weakness as insecure_temporary_file
from countermine.weaknesses.ldap_injection import weakness as ldap_injection
from countermine.weaknesses.log_injection import weakness as log_injection
from countermine.weaknesses.loose_file_permissions import weakness as loose_file_permissions
from countermine.weaknesses.mass_assignment import weakness as mass_assignment
from countermine.weaknesses.missing_authorization import weakness as missing_authorization
from countermine.weaknesses.missing_csrf_protection import weakness as missing_csrf_protection
from countermine.weaknesses.missing_signature_verification import (
    weakness as missing_signature_verification,
)
from countermine.weaknesses.nosql_injection import weakness as nosql_injection
from countermine.weaknesses.open_redirect import weakness as open_redirect
from countermine.weaknesses.path_traversal import weakness as path_traversal
from countermine.weaknesses.permissive_cross_origin_requests import (
    weakness as permissive_cross_origin_requests,
)
from countermine.weaknesses.polynomial_regular_expression import (
    weakness as polynomial_regular_expression,
)
from countermine.weaknesses.predictable_randomness import weakness as predictable_randomness
from countermine.weaknesses.secret_in_log import weakness as secret_in_log
from countermine.weaknesses.server_side_request_forgery import (
    weakness as server_side_request_forgery,
)
from countermine.weaknesses.sql_injection import weakness as sql_injection
from countermine.weaknesses.template_injection import weakness as template_injection
from countermine.weaknesses.timing_unsafe_comparison import weakness as timing_unsafe_comparison
from countermine.weaknesses.trust_boundary_violation import weakness as trust_boundary_violation
from countermine.weaknesses.unrestricted_bind import weakness as unrestricted_bind
from countermine.weaknesses.unsafe_deserialization import weakness as unsafe_deserialization
from countermine.weaknesses.unsafe_reflection import weakness as unsafe_reflection
from countermine.weaknesses.weak_cipher import weakness as weak_cipher
from countermine.weaknesses.weak_hash import weakness as weak_hash
from countermine.weaknesses.weak_key_size import weakness as weak_key_size
from countermine.weaknesses.xml_entity_expansion import weakness as xml_entity_expansion
from countermine.weaknesses.xml_external_entities import weakness as xml_external_entities
from countermine.weaknesses.xpath_injection import weakness as xpath_injection

BUILT_IN: tuple[Weakness, ...] = (
    path_traversal.WEAKNESS,
    archive_extraction.WEAKNESS,
    command_injection.WEAKNESS,
    argument_injection.WEAKNESS,
    code_injection.WEAKNESS,
    sql_injection.WEAKNESS,
    unsafe_deserialization.WEAKNESS,
    cross_site_scripting.WEAKNESS,
    template_injection.WEAKNESS,
    xml_external_entities.WEAKNESS,
    xml_entity_expansion.WEAKNESS,
    weak_hash.WEAKNESS,
    weak_cipher.WEAKNESS,
    predictable_randomness.WEAKNESS,
    server_side_request_forgery.WEAKNESS,
    open_redirect.WEAKNESS,
    disabled_certificate_checks.WEAKNESS,
    debug_mode.WEAKNESS,
    exponential_regular_expression.WEAKNESS,
    polynomial_regular_expression.WEAKNESS,
    timing_unsafe_comparison.WEAKNESS,
    header_injection.WEAKNESS,
    ldap_injection.WEAKNESS,
    xpath_injection.WEAKNESS,
    nosql_injection.WEAKNESS,
    log_injection.WEAKNESS,
    insecure_temporary_file.WEAKNESS,
    loose_file_permissions.WEAKNESS,
    missing_signature_verification.WEAKNESS,
    hard_coded_secret.WEAKNESS,
    default_credentials.WEAKNESS,
    cookie_without_secure.WEAKNESS,
    cookie_without_httponly.WEAKNESS,
    trust_boundary_violation.WEAKNESS,
    permissive_cross_origin_requests.WEAKNESS,
    missing_csrf_protection.WEAKNESS,
    secret_in_log.WEAKNESS,
    cleartext_transmission.WEAKNESS,
    weak_key_size.WEAKNESS,
    mass_assignment.WEAKNESS,
    decompression_bomb.WEAKNESS,
    unrestricted_bind.WEAKNESS,
    error_exposure.WEAKNESS,
    any_host_allowed.WEAKNESS,
    credentials_sent_on.WEAKNESS,
    missing_authorization.WEAKNESS,
    unsafe_reflection.WEAKNESS,
)


def weakness(name: str) -> Weakness | None:
    """Return the weakness of an id or an alias, ``None`` where there is none of that name."""
    wanted = ALIASES.get(WeaknessId(name), WeaknessId(name))
    return next((known for known in BUILT_IN if known.facts.id == wanted), None)
