"""Frameworks call views that are classes, registered by calls, or hold what they depend on."""

import pytest

from tests.unit.find.conftest import Find
from tests.unit.flow.pairs import Twins, is_found

FLASK = "import os\nfrom flask import Flask, Blueprint, request, g\napp = Flask(__name__)\n\n"
FAST = (
    "import os\nfrom typing import Annotated\nfrom fastapi import APIRouter, Depends, FastAPI, "
    "Request, Query, Body\napp = FastAPI()\n\n"
)
DJANGO = "import os\nfrom django.http import HttpResponse\n"


def django(view: str, route: str) -> dict[str, str]:
    """Return a small Django site."""
    return {
        "site/__init__.py": "",
        "site/views.py": DJANGO + view,
        "site/urls.py": "from django.urls import path, re_path\nfrom . import views\n\n"
        f"urlpatterns = [{route}]\n",
    }


CASES: dict[str, Twins] = {
    "depends on an object": Twins(
        FAST + "class Read:\n    def run(self, v):\n        os.system(HOLE)\n\n"
        "def made():\n    return Read()\n\n@app.get('/x')\n"
        "def x(q: str, r: Read = Depends(made)):\n    r.run(q)\n",
        "v",
        "'ls'",
    ),
    "query parameter": Twins(
        FAST + "@app.get('/x')\ndef x(q: HOLE = Query(None)):\n    os.system(f'kill {q}')\n",
        "str",
        "int",
    ),
    "router": Twins(
        FAST + "router = APIRouter()\n\n@router.get('/x/{v}')\ndef x(v: HOLE):\n"
        "    os.system(f'kill {v}')\n\napp.include_router(router)\n",
        "str",
        "int",
    ),
    "background task": Twins(
        FAST + "from fastapi import BackgroundTasks\n\ndef yes(v):\n    os.system(v)\n\n"
        "def no(v):\n    pass\n\n@app.get('/x')\ndef x(q: str, tasks: BackgroundTasks):\n"
        "    tasks.add_task(HOLE, q)\n",
        "yes",
        "no",
    ),
    "blueprint": Twins(
        FLASK + "bp = Blueprint('b', __name__)\n\n@bp.route('/x/<HOLEv>')\ndef x(v):\n"
        "    os.system(v)\n",
        "",
        "int:",
    ),
    "blueprint of a package": Twins(
        {
            "shop/__init__.py": "from flask import Flask\nfrom .views import bp\n\n"
            "def create_app():\n    app = Flask(__name__)\n    app.register_blueprint(bp)\n"
            "    return app\n",
            "shop/core.py": "from flask import Blueprint\nbp = Blueprint('b', __name__)\n",
            "shop/views.py": "import os\nfrom .core import bp\n\n@bp.get('/x/<v>')\ndef x(v):\n"
            "    os.system(HOLE)\n",
        },
        "v",
        "'ls'",
    ),
    "app made by a function": Twins(
        "import os\nfrom flask import Flask, request\n\ndef create_app():\n"
        "    app = Flask(__name__)\n\n    @app.route('/x/<v>')\n    def x(v):\n"
        "        os.system(HOLE)\n\n    return app\n",
        "v",
        "'ls'",
    ),
    "method view": Twins(
        FLASK
        + "from flask.views import MethodView\n\nclass X(MethodView):\n    def get(self, v):\n"
        "        os.system(HOLE)\n\napp.add_url_rule('/x/<v>', view_func=X.as_view('x'))\n",
        "v",
        "'ls'",
    ),
    "before the request": Twins(
        FLASK + "@app.before_request\ndef before():\n    os.system(HOLE)\n",
        "request.args['q']",
        "'ls'",
    ),
    "Django function": Twins(
        django(
            "def x(request):\n    os.system(request.GET[HOLE])\n".replace(
                "request.GET[HOLE]", "HOLE"
            ),
            "path('x', views.x)",
        ),
        "request.GET['q']",
        "'ls'",
    ),
    "Django class": Twins(
        django(
            "from django.views import View\n\nclass X(View):\n    def get(self, request):\n"
            "        os.system(HOLE)\n",
            "path('x', views.X.as_view())",
        ),
        "request.GET['q']",
        "'ls'",
    ),
    "Django middleware": Twins(
        "import os\n\nclass Middle:\n    def __init__(self, get_response):\n"
        "        self.get_response = get_response\n\n    def __call__(self, request):\n"
        "        os.system(HOLE)\n        return self.get_response(request)\n\n"
        "from django.http import HttpRequest\n",
        "request.GET['q']",
        "'ls'",
    ),
    "REST view set": Twins(
        django(
            "from rest_framework import viewsets\n\nclass X(viewsets.ViewSet):\n"
            "    def list(self, request):\n        os.system(HOLE)\n",
            "",
        ),
        "request.query_params['q']",
        "'ls'",
    ),
    "REST action": Twins(
        django(
            "from rest_framework.viewsets import ModelViewSet\n"
            "from rest_framework.decorators import action\n\nclass X(ModelViewSet):\n"
            "    @action(detail=True)\n    def go(self, request, pk=None):\n"
            "        os.system(HOLE)\n",
            "",
        ),
        "request.data['q']",
        "'ls'",
    ),
    "REST view": Twins(
        django(
            "from rest_framework.views import APIView\n\nclass X(APIView):\n"
            "    def post(self, request):\n        os.system(HOLE)\n",
            "",
        ),
        "request.data['q']",
        "'ls'",
    ),
    "REST function": Twins(
        django(
            "from rest_framework.decorators import api_view\n\n@api_view(['POST'])\n"
            "def x(request):\n    os.system(HOLE)\n",
            "",
        ),
        "request.data.get('q')",
        "'ls'",
    ),
    "Starlette endpoint": Twins(
        "import os\nfrom starlette.endpoints import HTTPEndpoint\n\nclass X(HTTPEndpoint):\n"
        "    async def get(self, request):\n        os.system(HOLE)\n",
        "request.query_params['q']",
        "'ls'",
    ),
    "Tornado handler": Twins(
        "import os\nimport tornado.web\n\nclass X(tornado.web.RequestHandler):\n"
        "    def get(self):\n"
        "        os.system(HOLE)\n",
        "self.get_argument('q')",
        "'ls'",
    ),
    "Tornado handler of a base": Twins(
        {
            "base.py": "import tornado.web\n\nclass Base(tornado.web.RequestHandler):\n"
            "    def read(self, k):\n        return self.get_argument(k)\n\n"
            "    def fixed(self, k):\n        return 'ls'\n",
            "app.py": "import os\nfrom base import Base\n\nclass X(Base):\n    def get(self):\n"
            "        os.system(self.HOLE('q'))\n",
        },
        "read",
        "fixed",
    ),
    "Pyramid view": Twins(
        "import os\nfrom pyramid.view import view_config\n\n@view_config(route_name='x')\n"
        "def x(request):\n    os.system(HOLE)\n",
        "request.params['q']",
        "'ls'",
    ),
    "Falcon resource": Twins(
        "import os\nimport falcon\n\nclass X:\n    def on_get(self, req, resp):\n"
        "        os.system(HOLE)\n\napp = falcon.App()\napp.add_route('/x', X())\n",
        "req.get_param('q')",
        "'ls'",
    ),
    "own wrapper of a view": Twins(
        FLASK + "import functools\n\ndef login(f):\n    @functools.wraps(f)\n"
        "    def inner(*a, **k):\n        if not g.user:\n            return 'no'\n"
        "        return f(*a, **k)\n    return inner\n\n"
        "@app.route('/x/<v>')\n@login\ndef x(v):\n    os.system(HOLE)\n",
        "v",
        "'ls'",
    ),
    "command of click": Twins(
        "import os\nimport click\nfrom flask import Flask, request\napp = Flask(__name__)\n\n"
        "@app.route('/x')\ndef x():\n    helper.run(HOLE)\n\n\nclass Helper:\n"
        "    def run(self, v):\n        os.system(v)\n\n\nhelper = Helper()\n",
        "request.args['q']",
        "'ls'",
    ),
    "body model inside a model": Twins(
        FAST
        + "from pydantic import BaseModel\n\nclass Inner(BaseModel):\n    a: str\n    b: int\n\n"
        "class Job(BaseModel):\n    inner: Inner\n\n"
        "@app.post('/x')\ndef x(job: Job):\n    os.system(f'kill {job.inner.HOLE}')\n",
        "a",
        "b",
    ),
    "body model": Twins(
        FAST + "from pydantic import BaseModel\n\nclass Job(BaseModel):\n    a: str\n    b: int\n\n"
        "@app.post('/x')\ndef x(job: Job):\n    os.system(f'kill {job.HOLE}')\n",
        "a",
        "b",
    ),
    "route added by a call": Twins(
        FAST + "def x(v: str):\n    os.system(v)\n\ndef y(v: str):\n    print(v)\n\n"
        "app.add_api_route('/x/{v}', HOLE)\n",
        "x",
        "y",
    ),
    "rule added by a call": Twins(
        FLASK + "def x(v):\n    os.system(v)\n\ndef y(v):\n    print(v)\n\n"
        "app.add_url_rule('/x/<v>', 'x', HOLE)\n",
        "x",
        "y",
    ),
    "rule added with a keyword": Twins(
        FLASK + "def x(v):\n    os.system(v)\n\ndef y(v):\n    print(v)\n\n"
        "app.add_url_rule('/x/<v>', view_func=HOLE)\n",
        "x",
        "y",
    ),
    "rules added in a function": Twins(
        FLASK + "def x(v):\n    os.system(v)\n\ndef y(v):\n    print(v)\n\n"
        "def setup(app: Flask):\n    app.add_url_rule('/x/<v>', view_func=HOLE)\n",
        "x",
        "y",
    ),
    "Django function by an expression": Twins(
        django(
            "def x(req, v):\n    os.system(v)\n\ndef y(req, v):\n    pass\n",
            "re_path(r'^x/(?P<v>.*)$', views.HOLE)",
        ),
        "x",
        "y",
    ),
    "Django class with keywords": Twins(
        django(
            "from django.views.generic import TemplateView\n\nclass X(TemplateView):\n"
            "    def get_context_data(self, **kwargs):\n        os.system(HOLE)\n",
            "path('x/<name>', views.X.as_view())",
        ),
        "self.kwargs['name']",
        "'ls'",
    ),
    "Django class, request of its own": Twins(
        django(
            "from django.views.generic import ListView\n\nclass X(ListView):\n"
            "    def get_queryset(self):\n        os.system(HOLE)\n",
            "path('x', views.X.as_view())",
        ),
        "self.request.GET.get('q')",
        "'ls'",
    ),
    "Starlette route": Twins(
        "import os\nfrom starlette.applications import Starlette\n"
        "from starlette.routing import Route\n\n"
        "async def x(req):\n    os.system(req.query_params['q'])\n\nasync def y(req):\n    pass\n\n"
        "app = Starlette(routes=[Route('/x', HOLE)])\n",
        "x",
        "y",
    ),
    "aiohttp route": Twins(
        "import os\nfrom aiohttp import web\n\nasync def x(req):\n    os.system(req.query['q'])\n\n"
        "async def y(req):\n    pass\n\napp = web.Application()\n"
        "app.router.add_get('/x', HOLE)\n",
        "x",
        "y",
    ),
    "aiohttp routes": Twins(
        "import os\nfrom aiohttp import web\n\nasync def x(req):\n    os.system(req.query['q'])\n\n"
        "async def y(req):\n    pass\n\napp = web.Application()\n"
        "app.add_routes([web.get('/x', HOLE)])\n",
        "x",
        "y",
    ),
    "request handed on": Twins(
        FLASK + "def read(r):\n    return r.args['q']\n\ndef fixed(r):\n    return 'ls'\n\n"
        "@app.route('/x')\ndef x():\n    os.system(HOLE(request))\n",
        "read",
        "fixed",
    ),
    "Django function with a part of the path": Twins(
        django("def x(request, v):\n    os.system(v)\n", "path('x/<HOLE:v>', views.x)"),
        "str",
        "int",
    ),
    "depends": Twins(
        FAST + "def read(q: str):\n    return q\n\ndef fixed(q: str):\n    return 'ls'\n\n"
        "@app.get('/x')\ndef x(v=Depends(HOLE)):\n    os.system(v)\n",
        "read",
        "fixed",
    ),
    "depends, annotated": Twins(
        FAST + "def read(q: str):\n    return q\n\ndef fixed(q: str):\n    return 'ls'\n\n"
        "@app.get('/x')\ndef x(v: Annotated[str, Depends(HOLE)]):\n    os.system(v)\n",
        "read",
        "fixed",
    ),
    "depends, named": Twins(
        FAST + "def read(q: str):\n    return q\n\ndef fixed(q: str):\n    return 'ls'\n\n"
        "Text = Annotated[str, Depends(HOLE)]\n\n"
        "@app.get('/x')\ndef x(v: Text):\n    os.system(v)\n",
        "read",
        "fixed",
    ),
    "depends on something that depends": Twins(
        FAST + "def read(q: str):\n    return q\n\ndef fixed(q: str):\n    return 'ls'\n\n"
        "def outer(v: str = Depends(HOLE)):\n    return 'ls ' + v\n\n"
        "@app.get('/x')\ndef x(v: str = Depends(outer)):\n    os.system(v)\n",
        "read",
        "fixed",
    ),
    "depends on a class": Twins(
        FAST + "class Page:\n    def __init__(self, q: str, n: int = 0):\n        self.q = q\n"
        "        self.n = n\n\n@app.get('/x')\ndef x(page: Page = Depends()):\n"
        "    os.system(f'kill {page.HOLE}')\n",
        "q",
        "n",
    ),
    "depends on a named class": Twins(
        FAST + "class Page:\n    def __init__(self, q: str, n: int = 0):\n        self.q = q\n"
        "        self.n = n\n\n@app.get('/x')\ndef x(page=Depends(Page)):\n"
        "    os.system(f'kill {page.HOLE}')\n",
        "q",
        "n",
    ),
    "depends on a generator": Twins(
        FAST + "def read(q: str):\n    yield HOLE\n\n@app.get('/x')\n"
        "def x(v=Depends(read)):\n    os.system(v)\n",
        "q",
        "'ls'",
    ),
    "depends on the request": Twins(
        FAST + "def read(request: Request):\n    return request.query_params['q']\n\n"
        "def fixed(request: Request):\n    return 'ls'\n\n"
        "@app.get('/x')\ndef x(v=Depends(HOLE)):\n    os.system(v)\n",
        "read",
        "fixed",
    ),
    "Django form": Twins(
        django(
            "from django import forms\n\nclass F(forms.Form):\n    a = forms.CharField()\n"
            "    b = forms.IntegerField()\n\n\ndef x(request):\n    f = F(request.POST)\n"
            "    if f.is_valid():\n        os.system(f\"kill {f.cleaned_data['HOLE']}\")\n",
            "path('x', views.x)",
        ),
        "a",
        "b",
    ),
    "REST serializer": Twins(
        django(
            "from rest_framework import serializers\nfrom rest_framework.views import APIView\n\n"
            "class S(serializers.Serializer):\n    a = serializers.CharField()\n"
            "    b = serializers.IntegerField()\n\n\nclass X(APIView):\n"
            "    def post(self, request):\n        s = S(data=request.data)\n"
            "        s.is_valid(raise_exception=True)\n"
            "        os.system(f\"kill {s.validated_data['HOLE']}\")\n",
            "",
        ),
        "a",
        "b",
    ),
    "rule of a number": Twins(
        FLASK + "def x(v):\n    os.system(f'kill {v}')\n\n"
        "app.add_url_rule('/x/<HOLEv>', view_func=x)\n",
        "",
        "int:",
    ),
}


@pytest.mark.parametrize("name", sorted(CASES))
def test_what_a_visitor_sends_is_found(find: Find, name: str) -> None:
    assert is_found(find, CASES[name].files(CASES[name].flawed))


@pytest.mark.parametrize("name", sorted(CASES))
def test_the_harmless_twin_is_quiet(find: Find, name: str) -> None:
    assert not is_found(find, CASES[name].files(CASES[name].quiet))
