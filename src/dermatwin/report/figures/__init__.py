"""Figures as inline SVG: scales, panels, intervals, the cross-section, the timeline. They know nothing about skin runs."""
