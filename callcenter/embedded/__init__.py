"""PostgreSQL, Valkey and a browser for demo, development and tests; never for production."""
