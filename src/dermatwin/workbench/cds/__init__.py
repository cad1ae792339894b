"""Clinical systems that ask (CDS Hooks): who they are, their tokens, how often they may. Off unless a file names them."""
