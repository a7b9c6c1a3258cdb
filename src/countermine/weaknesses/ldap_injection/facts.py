"""What LDAP injection is."""

from countermine.core.levels import Severity, SourceLevel
from countermine.core.weakness import Cwe, WeaknessFacts, WeaknessId

FACTS = WeaknessFacts(
    id=WeaknessId("ldap-injection"),
    cwe=Cwe(90),
    title="LDAP injection",
    summary="A value from outside becomes part of an LDAP filter or name without being escaped.",
    consequence="change what is searched for: pass for someone else, or read other entries",
    advice=(
        "Escape the value with ldap.filter.escape_filter_chars "
        "(ldap3.utils.conv.escape_filter_chars) in a filter, with ldap.dn.escape_dn_chars in a "
        "name."
    ),
    sink_kinds=("ldap",),
    severity=Severity.HIGH,
    levels=(SourceLevel.REMOTE, SourceLevel.FILE),
    levels_behind_prefix=(SourceLevel.API,),
)
