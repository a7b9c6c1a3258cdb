"""Every weakness that is built in."""

from countermine.core.knowledge import Weakness
from countermine.core.weakness import WeaknessId
from countermine.weaknesses.archive_extraction import weakness as archive_extraction
from countermine.weaknesses.argument_injection import weakness as argument_injection
from countermine.weaknesses.code_injection import weakness as code_injection
from countermine.weaknesses.command_injection import weakness as command_injection
from countermine.weaknesses.cross_site_scripting import weakness as cross_site_scripting
from countermine.weaknesses.debug_mode import weakness as debug_mode
from countermine.weaknesses.default_credentials import weakness as default_credentials
from countermine.weaknesses.disabled_certificate_checks import (
    weakness as disabled_certificate_checks,
)
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
from countermine.weaknesses.missing_signature_verification import (
    weakness as missing_signature_verification,
)
from countermine.weaknesses.nosql_injection import weakness as nosql_injection
from countermine.weaknesses.open_redirect import weakness as open_redirect
from countermine.weaknesses.path_traversal import weakness as path_traversal
from countermine.weaknesses.polynomial_regular_expression import (
    weakness as polynomial_regular_expression,
)
from countermine.weaknesses.predictable_randomness import weakness as predictable_randomness
from countermine.weaknesses.server_side_request_forgery import (
    weakness as server_side_request_forgery,
)
from countermine.weaknesses.sql_injection import weakness as sql_injection
from countermine.weaknesses.template_injection import weakness as template_injection
from countermine.weaknesses.timing_unsafe_comparison import weakness as timing_unsafe_comparison
from countermine.weaknesses.unsafe_deserialization import weakness as unsafe_deserialization
from countermine.weaknesses.weak_cipher import weakness as weak_cipher
from countermine.weaknesses.weak_hash import weakness as weak_hash
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
)


def weakness(name: str) -> Weakness | None:
    """Return the weakness of an id or an alias, ``None`` where there is none of that name."""
    wanted = ALIASES.get(WeaknessId(name), WeaknessId(name))
    return next((known for known in BUILT_IN if known.facts.id == wanted), None)
