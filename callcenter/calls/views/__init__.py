"""The pages of calls: one module for each page."""
