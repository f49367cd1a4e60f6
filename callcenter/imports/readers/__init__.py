"""From bytes to checked lines, without a database: every line ends as a `Line` or a `Refused`."""
