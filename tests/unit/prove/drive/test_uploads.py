"""The field that an uploaded file comes in is read off the code."""

import pytest

from countermine.core.entrypoints import Channel, EntryKind, EntryPoint
from countermine.core.spans import tree_path
from countermine.prove.drive.uploads import uploaded

PATH = tree_path("app.py")
C, K = Channel, EntryKind
FLASK = """
def make():
    @app.post("/up")
    def up():
        picture, doc = request.files["picture"], request.files.get("doc")
        file = request.files.get("doc")
        if file is None:
            return "no"
        return request.form["title"] + file.filename
"""
DJANGO = "class Up(View):\n    def post(self, request):\n        return request.FILES['doc'].name\n"
STARLETTE = """
async def up(request):
    form = await request.form()
    doc, title = form["doc"], form["title"]
    doc = form["doc"]
    return doc.filename + title
"""
AIOHTTP = STARLETTE.replace("request.form()", "request.post()")
FASTAPI = "async def up(title: str = Form(...), doc: UploadFile = File(...)):\n    return doc\n"
SEVERAL = "async def up(title: str, docs: list[fastapi.UploadFile]):\n    return docs\n"


def entry(kind: EntryKind, qualname: str, channel: Channel, key: str | None) -> EntryPoint:
    return EntryPoint(kind=kind, path=PATH, qualname=qualname, channel=channel, key=key)


@pytest.mark.parametrize(
    ("source", "given", "field"),
    [
        (FLASK, entry(K.FLASK_VIEW, "make.<locals>.up", C.UPLOAD_NAME, None), "doc"),
        (DJANGO, entry(K.DJANGO_VIEW, "Up.post", C.UPLOAD_NAME, None), "doc"),
        (STARLETTE, entry(K.ASGI_ROUTE, "up", C.FORM, "doc"), "doc"),
        (AIOHTTP, entry(K.ASGI_ROUTE, "up", C.UPLOAD_NAME, None), "doc"),
        (FASTAPI, entry(K.ASGI_ROUTE, "up", C.UPLOAD_NAME, None), "doc"),
        (SEVERAL, entry(K.ASGI_ROUTE, "up", C.QUERY, "docs"), "docs"),
    ],
)
def test_the_field_of_a_file_is_the_one_whose_name_is_asked_for(
    source: str, given: EntryPoint, field: str
) -> None:
    found = uploaded(given, {PATH: source.encode()})
    assert (found.channel, found.key) == (C.UPLOAD_NAME, field)
    assert found.qualname == given.qualname


@pytest.mark.parametrize(
    ("source", "given"),
    [
        (FLASK, entry(K.FLASK_VIEW, "make.<locals>.up", C.FORM, "title")),
        (FLASK, entry(K.FLASK_VIEW, "make.<locals>.up", C.UPLOAD_NAME, "other")),
        (FASTAPI, entry(K.ASGI_ROUTE, "up", C.FORM, "title")),
        (FASTAPI, entry(K.ASGI_ROUTE, "elsewhere", C.UPLOAD_NAME, None)),
        (FASTAPI, entry(K.FUNCTION, "up", C.PARAMETER, "doc")),
        ("def up(:", entry(K.FLASK_VIEW, "up", C.UPLOAD_NAME, None)),
        ("def up(): pass", entry(K.FLASK_VIEW, "up", C.UPLOAD_NAME, None)),
    ],
)
def test_what_is_no_file_or_not_known_stays_as_it_is(source: str, given: EntryPoint) -> None:
    assert uploaded(given, {PATH: source.encode()}) == given
