"""The twin is called, not copied: records become a case document, the public doors are asked, what came back is kept."""
