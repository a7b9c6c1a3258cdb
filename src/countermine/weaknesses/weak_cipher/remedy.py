"""No remedies: another cipher or mode is another format.

What was encrypted before must still be read, and the other side must change as well; neither
can be told from the code. The weakness's advice says what to change by hand.
"""

from countermine.core.knowledge import NamedRemedy

REMEDIES: tuple[NamedRemedy, ...] = ()
