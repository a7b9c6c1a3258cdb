"""Copies of libraries that a project carries along within its own packages."""

import re
from pathlib import Path

from countermine.target.texts import read_head

_NAMES = (
    "appdirs attr babel blinker bleach boto boto3 botocore bottle bs4 cachetools certifi "
    "chardet charset_normalizer cherrypy click cloudpickle colorama configobj cssutils "
    "dateutil decorator deprecated distlib distro docutils dpkt ecdsa enum34 feedparser flask "
    "flup formencode functools32 future genshi gevent gunicorn html2text html5lib httplib2 "
    "httpx idna importlib_metadata ipaddr isodate itsdangerous jinja2 joblib jsonschema kombu "
    "libfuturize mako markdown markdown2 markupsafe mechanize mistune more_itertools msgpack "
    "mutagen netaddr networkx oauth2 oauthlib packaging paramiko parsedatetime passlib "
    "pathspec pexpect pip pkg_resources platformdirs ply polib psutil ptyprocess pyasn1 "
    "pycparser pygments pymysql pyparsing pytz rdflib requests requests_oauthlib resolvelib "
    "rfc3986 rsa sentry_sdk setuptools simplejson six sqlalchemy sqlparse tenacity textile "
    "tomli toml tornado tqdm tweepy twisted typing_extensions unidecode urllib3 webencodings "
    "webob websocket websockets werkzeug wheel wtforms xappy xlrd xlsxwriter xmltodict yaml "
    "zope"
)
_LIBRARIES = frozenset(_NAMES.split())
"""Names under which libraries are imported that projects are known to carry along."""
_VERSION = re.compile(rb"^__version__\s*[=:]", re.MULTILINE)
_HEAD_BYTES = 16_384
_PACKAGE = "__init__.py"


def is_bundled(root: str, folder: str) -> bool:
    """Tell whether a folder within a package is a library's: it has its name, and a version.

    An adapter may be named after the library that it is for; it has no version of its own.
    """
    outer, _, name = folder.rpartition("/")
    if name.lower() not in _LIBRARIES or not outer:
        return False
    if not Path(root, outer, _PACKAGE).is_file():
        return False
    head = read_head(str(Path(root, folder, _PACKAGE)), _HEAD_BYTES)
    return isinstance(head, bytes) and _VERSION.search(head) is not None
