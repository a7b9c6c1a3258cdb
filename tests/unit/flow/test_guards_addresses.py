# Programs on one line each are easier to compare.
# ruff: noqa: E501
"""Checks of hosts and schemes: which keep a request or a redirect where it belongs."""

from pathlib import Path

from tests.unit.flow.guarded import both, twins, weaknesses

REQUESTS = twins(
    "server-side-request-forgery",
    (
        "scheme",
        "if urlparse(x).scheme not in ('http', 'https'):\n    abort(400)\nrequests.get(x)",
        "if urlparse(x).netloc not in ('a.example',):\n    abort(400)\nrequests.get(x)",
    ),
    (
        "hostname",
        "if urlparse(x).path not in ('/a',):\n    abort(400)\nrequests.get(x)",
        "if urlparse(x).hostname not in ('a.example',):\n    abort(400)\nrequests.get(x)",
    ),
    (
        "parts kept",
        "u = urlsplit(x)\nif u.query != 'a':\n    abort(400)\nrequests.get(x)",
        "u = urlsplit(x)\nif u.hostname != 'a.example':\n    abort(400)\nrequests.get(x)",
    ),
    (
        "host in a variable",
        "h = urlparse(x).port\nif h not in (80,):\n    abort(400)\nrequests.get(x)",
        "h = urlparse(x).hostname\nif h not in ('a.example',):\n    abort(400)\nrequests.get(x)",
    ),
    (
        "index of the host",
        "if urlparse(x)[2] != 'a':\n    abort(400)\nrequests.get(x)",
        "if urlparse(x)[1] != 'a.example':\n    abort(400)\nrequests.get(x)",
    ),
    (
        "beginning",
        "if not x.startswith('https://a.example'):\n    abort(400)\nrequests.get(x)",
        "if not x.startswith('https://a.example/'):\n    abort(400)\nrequests.get(x)",
    ),
    (
        "beginning that is a scheme",
        "if not x.startswith('https://'):\n    abort(400)\nrequests.get(x)",
        "if not x.startswith(('https://a.example/', 'https://b.example/')):\n    abort(400)\nrequests.get(x)",
    ),
    (
        "contained",
        "if 'a.example' not in x:\n    abort(400)\nrequests.get(x)",
        "if x not in ('https://a.example', 'https://b.example'):\n    abort(400)\nrequests.get(x)",
    ),
    (
        "end of the host",
        "if not urlparse(x).hostname.endswith('a.example'):\n    abort(400)\nrequests.get(x)",
        "if not urlparse(x).hostname.endswith('.a.example'):\n    abort(400)\nrequests.get(x)",
    ),
    (
        "end of the address",
        "if not x.endswith('.a.example'):\n    abort(400)\nrequests.get(x)",
        "h = urlparse(x).hostname\nif h != 'a.example' and not h.endswith('.a.example'):\n    abort(400)\nrequests.get(x)",
    ),
    (
        "any of the ends",
        "h = urlparse(x).hostname\nif not any(h.startswith(d) for d in ('a.', 'b.')):\n    abort(400)\nrequests.get(x)",
        "h = urlparse(x).hostname\nif not any(h == d for d in ('a.example', 'b.example')):\n    abort(400)\nrequests.get(x)",
    ),
    (
        "host of a function",
        "def ok(url):\n    return urlparse(url).scheme == 'https'\n---\nif ok(x):\n    requests.get(x)",
        "def ok(url):\n    return urlparse(url).hostname in {'a.example'}\n---\nif ok(x):\n    requests.get(x)",
    ),
    (
        "host by a function",
        "def host(url):\n    return urlparse(url).path\n---\nif host(x) in {'a.example'}:\n    requests.get(x)",
        "def host(url):\n    return urlparse(url).hostname\n---\nif host(x) in {'a.example'}:\n    requests.get(x)",
    ),
    (
        "private addresses",
        "if urlparse(x).hostname == 'localhost':\n    abort(400)\nrequests.get(x)",
        "if urlparse(x).hostname not in app.config['HOSTS']:\n    abort(400)\nrequests.get(x)",
    ),
    (
        "host refused",
        "if x in ('http://a.example',):\n    abort(400)\nrequests.get(x)",
        "if urlparse(x).netloc != request.host:\n    abort(400)\nrequests.get(x)",
    ),
    (
        "pattern of the host",
        "if not re.match('https?://a.example', x):\n    abort(400)\nrequests.get(x)",
        r"if not re.match(r'https?://a\.example/', x):" + "\n    abort(400)\nrequests.get(x)",
    ),
    (
        "pattern anywhere",
        r"if not re.search(r'https://a\.example/', x):" + "\n    abort(400)\nrequests.get(x)",
        r"if not re.search(r'^https://a\.example/', x):" + "\n    abort(400)\nrequests.get(x)",
    ),
    (
        "host in a list alone",
        "h = x\nrequests.get(f'https://{h}/v1')",
        "h = x\nif h not in ('a.example',):\n    abort(400)\nrequests.get(f'https://{h}/v1')",
    ),
    (
        "replaced host",
        "u = urlparse(x)._replace(scheme='https')\nrequests.get(u.geturl())",
        "u = urlparse(x)._replace(scheme='https', netloc='a.example')\nrequests.get(u.geturl())",
    ),
    (
        "path only",
        "requests.get(urlparse(x).geturl())",
        "requests.get('https://a.example/' + urlparse(x).path)",
    ),
    (
        "wrong kind",
        "requests.get(html.escape(x))",
        "requests.get('https://a.example/' + html.escape(x))",
    ),
)

NETWORKS = twins(
    "server-side-request-forgery",
    (
        "private address",
        "import socket\n---\nip = ipaddress.ip_address(socket.gethostbyname(urlparse(x).hostname))\nif ip.version == 6:\n    abort(400)\nrequests.get(x)",
        "import socket\n---\nip = ipaddress.ip_address(socket.gethostbyname(urlparse(x).hostname))\nif ip.is_private or ip.is_loopback:\n    abort(400)\nrequests.get(x)",
    ),
    (
        "private address by a function",
        "import socket\ndef bad(url):\n    return socket.gethostbyname(urlparse(url).hostname) is None\n---\nif bad(x):\n    abort(400)\nrequests.get(x)",
        "import socket\ndef bad(url):\n    ip = socket.gethostbyname(urlparse(url).hostname)\n    if ipaddress.ip_address(ip).is_private:\n        return True\n    return False\n---\nif bad(x):\n    abort(400)\nrequests.get(x)",
    ),
    (
        "configured base",
        "requests.get(f\"{app.config['SCHEME']}://{x}/v1\")",
        "requests.get(f\"{app.config['API']}/users/{x}\")",
    ),
    (
        "parts compared",
        "u = urlparse(x)\nif u.scheme not in ('https',) or u.port not in (443,):\n    abort(400)\nrequests.get(u.geturl())",
        "u = urlparse(x)\nif u.hostname is None or u.hostname.lower() not in ('a.example',):\n    abort(400)\nrequests.get(u.geturl())",
    ),
)

REDIRECTS = twins(
    "open-redirect",
    (
        "pattern of a path",
        "if not re.match('^/.+', x):\n    abort(400)\nreturn redirect(x)",
        "if not re.match('^/[a-z]+', x):\n    abort(400)\nreturn redirect(x)",
    ),
    (
        "own host or none",
        "u = urlparse(x)\nif u.netloc and u.netloc != request.host:\n    abort(400)\nreturn redirect(x)",
        "u = urlparse(x)\nif x.startswith('//') or (u.netloc and u.netloc != request.host):\n    abort(400)\nreturn redirect(x)",
    ),
    (
        "host",
        "if urlparse(x).netloc not in ('', 'a.example'):\n    abort(400)\nreturn redirect(x)",
        "if urlparse(x).netloc not in ('a.example',):\n    abort(400)\nreturn redirect(x)",
    ),
    (
        "no host",
        "u = urlparse(x)\nif u.netloc or u.scheme:\n    abort(400)\nreturn redirect(x)",
        "u = urlparse(x)\nif u.netloc or u.scheme or x.startswith('//'):\n    abort(400)\nreturn redirect(x)",
    ),
    (
        "no host at all",
        "if urlparse(x).netloc:\n    abort(400)\nreturn redirect(x)",
        "if urlparse(x).netloc:\n    abort(400)\nif x.startswith('//'):\n    abort(400)\nreturn redirect(x)",
    ),
    (
        "no host, compared",
        "if urlparse(x).netloc == '':\n    return redirect(x)",
        "if urlparse(x).netloc == '' and not x.startswith('//'):\n    return redirect(x)",
    ),
    (
        "same host",
        "if urlparse(x).scheme != urlparse(request.host_url).scheme:\n    abort(400)\nreturn redirect(x)",
        "if urlparse(x).netloc != urlparse(request.host_url).netloc:\n    abort(400)\nreturn redirect(x)",
    ),
    (
        "same host by a function",
        "def safe(target):\n    return urlparse(target).scheme in ('http', 'https')\n---\nif not safe(x):\n    abort(400)\nreturn redirect(x)",
        """
        def safe(target):
            mine = urlparse(request.host_url)
            other = urlparse(urljoin(request.host_url, target))
            return other.scheme in ("http", "https") and mine.netloc == other.netloc
        ---
        if not safe(x):
            abort(400)
        return redirect(x)
        """,
    ),
    (
        "one slash",
        "if not x.startswith('/'):\n    abort(400)\nreturn redirect(x)",
        "if not x.startswith('/') or x.startswith('//'):\n    abort(400)\nreturn redirect(x)",
    ),
    (
        "path only",
        "return redirect(urlparse(x).geturl())",
        "return redirect('/a' + urlparse(x).path)",
    ),
    (
        "django's check",
        "from django.utils.http import url_has_allowed_host_and_scheme\n---\nurl_has_allowed_host_and_scheme(x, None)\nreturn redirect(x)",
        "from django.utils.http import url_has_allowed_host_and_scheme\n---\nif not url_has_allowed_host_and_scheme(x, None):\n    abort(400)\nreturn redirect(x)",
    ),
    (
        "list",
        "if 'a' in x:\n    return redirect(x)",
        "if x in ('/a', '/b'):\n    return redirect(x)",
    ),
    (
        "lookup",
        "return redirect({'a': '/a'}.get(x, x))",
        "return redirect({'a': '/a'}.get(x, '/'))",
    ),
    (
        "beginning of the site",
        "if x.startswith('http://a.example'):\n    return redirect(x)",
        "if x.startswith(request.host_url):\n    return redirect(x)",
    ),
    (
        "quoted is no path",
        "return redirect(unquote(x))",
        "return redirect('/a?' + urlencode({'next': x}))",
    ),
)


@both([*REQUESTS, *NETWORKS])
def test_hosts_of_requests(tmp_path: Path, body: str, expected: list[str]) -> None:
    assert weaknesses(tmp_path, body) == expected


@both(REDIRECTS)
def test_hosts_of_redirects(tmp_path: Path, body: str, expected: list[str]) -> None:
    assert weaknesses(tmp_path, body) == expected
