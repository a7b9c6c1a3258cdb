"""Names of the CWEs that findings carry."""

from countermine.core.weakness import Cwe

_NAMES: dict[int, str] = {
    22: "Improper Limitation of a Pathname to a Restricted Directory ('Path Traversal')",
    78: (
        "Improper Neutralization of Special Elements used in an OS Command ('OS Command Injection')"
    ),
    79: "Improper Neutralization of Input During Web Page Generation ('Cross-site Scripting')",
    88: "Improper Neutralization of Argument Delimiters in a Command ('Argument Injection')",
    89: "Improper Neutralization of Special Elements used in an SQL Command ('SQL Injection')",
    90: "Improper Neutralization of Special Elements used in an LDAP Query ('LDAP Injection')",
    94: "Improper Control of Generation of Code ('Code Injection')",
    95: ("Improper Neutralization of Directives in Dynamically Evaluated Code ('Eval Injection')"),
    113: (
        "Improper Neutralization of CRLF Sequences in HTTP Headers "
        "('HTTP Request/Response Splitting')"
    ),
    117: "Improper Output Neutralization for Logs",
    183: "Permissive List of Allowed Inputs",
    208: "Observable Timing Discrepancy",
    201: "Insertion of Sensitive Information Into Sent Data",
    209: "Generation of Error Message Containing Sensitive Information",
    295: "Improper Certificate Validation",
    319: "Cleartext Transmission of Sensitive Information",
    326: "Inadequate Encryption Strength",
    327: "Use of a Broken or Risky Cryptographic Algorithm",
    328: "Use of Weak Hash",
    330: "Use of Insufficiently Random Values",
    338: "Use of Cryptographically Weak Pseudo-Random Number Generator (PRNG)",
    347: "Improper Verification of Cryptographic Signature",
    352: "Cross-Site Request Forgery (CSRF)",
    377: "Insecure Temporary File",
    409: "Improper Handling of Highly Compressed Data (Data Amplification)",
    470: ("Use of Externally-Controlled Input to Select Classes or Code ('Unsafe Reflection')"),
    489: "Active Debug Code",
    501: "Trust Boundary Violation",
    502: "Deserialization of Untrusted Data",
    532: "Insertion of Sensitive Information into Log File",
    601: "URL Redirection to Untrusted Site ('Open Redirect')",
    611: "Improper Restriction of XML External Entity Reference",
    614: "Sensitive Cookie in HTTPS Session Without 'Secure' Attribute",
    643: "Improper Neutralization of Data within XPath Expressions ('XPath Injection')",
    732: "Incorrect Permission Assignment for Critical Resource",
    776: "Improper Restriction of Recursive Entity References in DTDs ('XML Entity Expansion')",
    798: "Use of Hard-coded Credentials",
    862: "Missing Authorization",
    915: "Improperly Controlled Modification of Dynamically-Determined Object Attributes",
    918: "Server-Side Request Forgery (SSRF)",
    942: "Permissive Cross-domain Security Policy with Untrusted Domains",
    943: "Improper Neutralization of Special Elements in Data Query Logic",
    1004: "Sensitive Cookie Without 'HttpOnly' Flag",
    1327: "Binding to an Unrestricted IP Address",
    1333: "Inefficient Regular Expression Complexity",
    1336: "Improper Neutralization of Special Elements Used in a Template Engine",
    1392: "Use of Default Credentials",
}
"""Source: MITRE, Common Weakness Enumeration, the titles of the entries."""


def cwe_name(cwe: Cwe) -> str:
    """Return MITRE's name of a CWE, ``CWE-N`` for one that is not listed here."""
    return _NAMES.get(cwe, f"CWE-{cwe}")


def cwe_url(cwe: Cwe) -> str:
    """Return where MITRE describes a CWE."""
    return f"https://cwe.mitre.org/data/definitions/{cwe}.html"
