/* SPDX-License-Identifier: GPL-2.0-only */
/* palette.h - colours of flame graphs; made by dashboards/palette of dashboards/palette.tsv. */
#ifndef VMASCOPE_FORMAT_PALETTE_H
#define VMASCOPE_FORMAT_PALETTE_H

/* The light theme's, and the dark theme's. */
#define PALETTE_LIGHT_PANEL "#ffffff"
#define PALETTE_DARK_PANEL "#161a20"
#define PALETTE_LIGHT_EDGE "#dcdfe5"
#define PALETTE_DARK_EDGE "#2a303a"
#define PALETTE_LIGHT_TEXT "#14171c"
#define PALETTE_DARK_TEXT "#e7eaee"
#define PALETTE_LIGHT_MUTED "#59616e"
#define PALETTE_DARK_MUTED "#98a1ae"
#define PALETTE_LIGHT_ACCENT "#1c5cab"
#define PALETTE_DARK_ACCENT "#86b6ef"

/* The darkest and the lightest of a range. */
#define PALETTE_FLAME_KERNEL 0x78a0d7, 0xa0c3f5
#define PALETTE_FLAME_JIT 0x6eb978, 0xa0e1a0
#define PALETTE_FLAME_INLINED 0x69bebe, 0x96e1e1
#define PALETTE_FLAME_USER 0xe18c4b, 0xfad273
#define PALETTE_FLAME_UNKNOWN 0xa5a5a5, 0xcdcdcd
#define PALETTE_FLAME_FOUND "#e64bd8"

#endif /* VMASCOPE_FORMAT_PALETTE_H */
