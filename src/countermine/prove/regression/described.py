"""What is known of an entry point so that a test can call it."""

from typing import TypeAlias

from countermine.prove.regression.asgi_calls import AsgiRoute
from countermine.prove.regression.calls import FlaskRoute, FunctionCall
from countermine.prove.regression.django_calls import DjangoView
from countermine.prove.regression.program_calls import Program

DescribedEntry: TypeAlias = FunctionCall | FlaskRoute | AsgiRoute | DjangoView | Program
