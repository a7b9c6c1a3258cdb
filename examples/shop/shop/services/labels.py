"""Labels for parcels, through the label printer's programs; here, two that only repeat."""

import subprocess

PRINTER = "echo"
SPOOLER = "cat"


def print_label(text: str) -> str:
    """Print a label and return what the printer says."""
    command = f"{PRINTER} {text}"
    done = subprocess.run(command, shell=True, capture_output=True, text=True, check=False)
    return done.stdout


def print_address(text: str) -> str:
    """Print an address and return what the printer says."""
    done = subprocess.run([SPOOLER], input=f"{text}\n", capture_output=True, text=True, check=True)
    return done.stdout
