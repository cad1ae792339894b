"""What stands in each table: one row model per table, one module per family of tables.

A row says which columns a table has, which words and numbers they may hold, which cells name a row of another table, and
what must hold between its cells. `every.KINDS` lists all of them. Nothing is imported here: a room imports what it reads.
"""
