"""The workbench: the twin on the clinic's own machine, in a browser, from the first visit to the last photograph.

It holds no science. It keeps records, makes a case document of them, calls the public doors of the twin (`load_case`,
`screen`, `propose`, `search`, `simulate`, `write_run`, sheets) and keeps what came back. A case made here and run on the
command line gives the same bytes of `summary.json`. It is a Django application and needs the extra `workbench`; nothing but
`cli/serve.py` imports it.
"""
