"""What nobody would try by hand, in great numbers; `make campaign` writes docs/campaign.md.

cases       random valid cases, simulated with every invariant on
documents   documents of every kind, changed in typed ways, put through the door that reads them
kills       verbs that write, ended by a signal at a random moment

Everything follows from a seed and a number, so that what is found can be made again: `--only cases:17`.
"""
