"""Values to text: terminal, JSON, SARIF, HTML, Markdown. Pure; nothing here judges."""
