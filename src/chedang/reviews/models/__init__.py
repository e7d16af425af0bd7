"""Django's models of the package, one module per matter."""
