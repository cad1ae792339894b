"""A face and a body to point at: shapes of the sites, each a link that a mouse, a finger and a keyboard reach.

Drawn as the person stands before us: their right is on our left. A shape with sides is drawn once, for the side on our right
(the person's left in front), and mirrored. Coordinates are those of the drawing, nothing anatomical.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Shape:
    """One site in a drawing."""

    site: str
    path: str
    sided: bool = False


@dataclass(frozen=True)
class Spot:
    """One link: a site on a side, with its path, mirrored or not."""

    site: str
    side: str
    path: str
    mirrored: bool


@dataclass(frozen=True)
class Drawing:
    """One view with what is drawn around the sites."""

    title: str
    width: int
    height: int
    outline: tuple[str, ...]
    shapes: tuple[Shape, ...]
    from_behind: bool = False

    @property
    def spots(self) -> list[Spot]:
        """Every link of the view, in the order of the keyboard."""
        here, there = ("right", "left") if self.from_behind else ("left", "right")
        found = list[Spot]()
        for shape in self.shapes:
            if shape.sided:
                found += [Spot(shape.site, there, shape.path, True), Spot(shape.site, here, shape.path, False)]
            else:
                found.append(Spot(shape.site, "", shape.path, False))
        return found


FACE = Drawing(
    "Face",
    300,
    400,
    (
        "M150 18 C82 18 54 76 56 148 C58 232 92 330 150 330 C208 330 242 232 244 148 C246 76 218 18 150 18 Z",
        "M108 318 L106 384 M192 318 L194 384",
        "M55 150 C40 146 38 196 60 206 M245 150 C260 146 262 196 240 206",
    ),
    (
        Shape("forehead", "M84 92 C104 60 196 60 216 92 L212 116 L168 116 L150 108 L132 116 L88 116 Z"),
        Shape("glabella", "M132 118 L150 111 L168 118 L163 146 L137 146 Z"),
        Shape("temple", "M216 96 L240 118 L242 168 L220 158 L212 120 Z", True),
        Shape("periorbital", "M170 122 L210 120 L218 156 L206 176 L174 174 L166 150 Z", True),
        Shape("nose", "M137 150 L163 150 L176 208 L150 222 L124 208 Z"),
        Shape("zygoma", "M180 180 L208 180 L238 172 L236 200 L196 208 Z", True),
        Shape("cheek", "M180 210 L236 204 L228 250 L206 282 L184 264 L176 236 Z", True),
        Shape("upper_lip", "M124 228 L150 226 L176 228 L178 262 L150 266 L122 262 Z"),
        Shape("chin", "M124 270 L150 272 L176 270 L172 322 L150 326 L128 322 Z"),
        Shape("jaw", "M182 270 L204 288 L222 268 L206 304 L178 322 Z", True),
        Shape("neck", "M112 334 L150 340 L188 334 L190 382 L110 382 Z"),
    ),
)
FRONT = Drawing(
    "Body, front",
    300,
    560,
    (
        "M150 14 C124 14 118 42 122 62 C126 84 138 92 150 92 C162 92 174 84 178 62 C182 42 176 14 150 14 Z",
        "M134 88 L132 106 C98 110 78 120 74 148 L52 262 L40 318 L60 326 L78 268 L98 178 L102 252 L92 320 L98 430 L104 540 "
        "L138 540 L146 400 L150 330 L154 400 L162 540 L196 540 L202 430 L208 320 L198 252 L202 178 L222 268 L240 326 "
        "L260 318 L248 262 L226 148 C222 120 202 110 168 106 L166 88",
    ),
    (
        Shape("scalp", "M124 44 C124 18 176 18 176 44 L170 34 C160 28 140 28 130 34 Z"),
        Shape("decollete", "M118 114 L182 114 L176 140 L124 140 Z"),
        Shape("shoulder", "M186 114 C208 116 220 126 224 146 L200 150 L186 130 Z", True),
        Shape("axilla", "M184 152 L201 154 L201 178 L186 176 Z", True),
        Shape("breast", "M153 144 L182 144 L183 182 L153 188 Z", True),
        Shape("upper_arm", "M204 154 L225 150 L234 198 L212 204 Z", True),
        Shape("volar_forearm", "M213 208 L235 202 L248 262 L226 270 Z", True),
        Shape("palm", "M228 274 L250 266 L262 316 L240 326 Z", True),
        Shape("abdomen", "M118 194 L182 194 L190 250 L182 272 L118 272 L110 250 Z"),
        Shape("hip", "M186 272 L200 254 L208 316 L190 318 Z", True),
        Shape("thigh", "M154 330 L204 322 L200 418 L158 418 Z", True),
        Shape("calf", "M158 428 L200 428 L195 528 L163 528 Z", True),
    ),
)
BACK = Drawing(
    "Body, back",
    300,
    560,
    FRONT.outline,
    (
        Shape("back", "M106 116 L194 116 L196 176 L104 176 Z"),
        Shape("lower_back", "M106 182 L194 182 L198 248 L102 248 Z"),
        Shape("dorsal_forearm", "M213 208 L235 202 L248 262 L226 270 Z", True),
        Shape("hands", "M228 274 L250 266 L262 316 L240 326 Z", True),
        Shape("buttock", "M153 256 L198 256 L206 316 L153 324 Z", True),
    ),
    from_behind=True,
)
DRAWINGS = (FACE, FRONT, BACK)
"""All views, in order."""
