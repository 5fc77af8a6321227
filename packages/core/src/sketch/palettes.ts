import type { Rgb } from "./color.ts";
import { hex } from "./color.ts";
import type { Cue } from "./vocabulary.ts";

/** Colours by what they are for; a composition picks roles, never single colours. */
export type Palette = {
  name: string;
  /** Ground of flat compositions, and what contrasts with it. */
  paper: Rgb;
  ink: Rgb;
  /** From the zenith to the horizon. */
  sky: readonly [Rgb, Rgb, Rgb];
  /** Land at the horizon, in haze, and land at one's feet. */
  far: Rgb;
  near: Rgb;
  /** Sun, moon, windows. */
  light: Rgb;
  accents: readonly Rgb[];
  /** Whether the sky is darker than what shines in it. */
  dark: boolean;
  /** Words that call for it. */
  cues: readonly Cue[];
};

const palette = (name: string, cues: string, colors: string, dark = false): Palette => {
  const [paper, ink, top, middle, low, far, near, light, ...accents] = colors.split(" ").map(hex) as [
    Rgb,
    Rgb,
    Rgb,
    Rgb,
    Rgb,
    Rgb,
    Rgb,
    Rgb,
  ];
  return { name, paper, ink, sky: [top, middle, low], far, near, light, accents, dark, cues: cues.split(" ") as Cue[] };
};

/** In each line: paper ink, three of sky, far near, light, five accents. */
export const palettes: readonly Palette[] = [
  palette(
    "apricot dawn",
    "dawn calm warm spring sea village",
    "fbf1e4 2b3a55 8fb3cf f2c9b0 fbe3b8 c9a9b4 35486b fff3d6 e8846b f2b179 5d86a8 324a6d d9cbb5",
  ),
  palette(
    "rose dawn",
    "dawn dream flower spring calm",
    "fdf0ec 47304f a9a4d4 f0b6c0 fde0cb c6a0bd 4c355c fff0dc e0708a f4a59a 8f7fc0 5a4478 f6d3b0",
  ),
  palette(
    "first light",
    "dawn winter mountain cold calm fog",
    "f3f1ef 27384a 7d9db8 c8cfd6 f6d9c4 a9b4c4 2c4054 fff4e2 e39a7b 6f93ad 38566f c9b8b0 93a9a8",
  ),
  palette(
    "clear noon",
    "day summer sea joyful clear",
    "fbf6e8 17405c 3f98cf 87c6e4 dff1ee 86b7c4 1d5a70 fffbe6 f2b134 ee6c4d 2a9d9c 1c6ea4 f3dfa8",
  ),
  palette(
    "meadow",
    "day spring garden field joyful",
    "f8f5e3 24432f 8cc5d8 c4e2d8 f3f2cf a5c5a0 2f5d3d fff8d4 e4572e f2b632 5b9a57 2d6a4a d97ba0",
  ),
  palette(
    "linen summer",
    "summer field calm warm paper minimal",
    "f7efdf 3b3a36 b5cdd0 e2dfc9 f6e7c3 c9b98e 6b6638 fff6dc c8663e e0a74a 7d8f5c 4b5d52 d8c39c",
  ),
  palette(
    "cypress",
    "garden forest summer calm",
    "f2efe2 1f3330 9dbfb7 cfdcc5 f3ead0 93ad9c 1f4038 fff5d6 c7793f dcae52 64906f 2f5c50 b5b58a",
  ),
  palette(
    "deep wood",
    "forest fog melancholy wild",
    "eceade 16282a 587a78 93aba0 d5d7bf 7d9a90 12302f f7efcf b8683a d9a441 4f7d63 254d49 9a9c76",
  ),
  palette(
    "ochre autumn",
    "autumn forest warm day wood",
    "f8ecd7 3a2320 c9b48d ecc98b fae3b0 cf9a63 4c2a22 fff0c9 c8451f e58a2b 8c3a26 5f6b3a edb94e",
  ),
  palette(
    "autumn rain",
    "autumn rain melancholy forest",
    "efe6da 2c2b30 75868c a9aca3 dcc7a4 a08b7b 3a2a2b f6e3bd b5482a d68a3c 6b7a72 7d3430 46535a",
  ),
  palette(
    "vermilion dusk",
    "dusk warm wild desert summer",
    "fbead7 3a1832 6b3a72 e0605c fbb668 b0506a 2e1430 ffe9b0 e2433d f5913e 97306b 541f55 fdc76b",
    true,
  ),
  palette(
    "plum dusk",
    "dusk dream city calm",
    "f6e9e6 2b1b3d 3c2f6b a4587f f4a880 7d4a7d 21163a ffe3b3 e86a6a f6a96c 8a4f94 463a80 f3d0b0",
    true,
  ),
  palette(
    "terracotta",
    "desert warm stone minimal day village",
    "f9ebdc 4a2420 e6b894 f3d2ac fbe8cc d99b73 7c3526 fff4dc c4512f e08a4f 8c3b2e 2f6a70 f0c48b",
  ),
  palette(
    "dune",
    "desert minimal warm calm dusk",
    "f8eedd 3f2a2a d7a98c efcba2 fae6c2 d7a57c 8a4a36 fff5de bf5b3b dd9a5c 6d4742 a9b5a0 edcf9f",
  ),
  palette(
    "blue winter",
    "winter cold mountain snow calm",
    "f2f6f8 162c48 5c8fbc a5c6de e9eff2 9db8d0 1c3c62 ffffff 2f6ea8 78a9d0 173f6b c4d8e4 d96f5a",
  ),
  palette(
    "ice",
    "winter cold ice glass minimal snow",
    "f4f8f7 1e3a44 8fbfc9 c4dfe0 f1f5ee a8c8cd 2b5663 ffffff 3d8a99 7fbcc2 225a6b d5e6e2 e4a48a",
  ),
  palette(
    "north sea",
    "sea storm rain melancholy cold wind",
    "eceeea 1b2a33 4f6a78 8ba1a6 d0d4c6 7b929a 1a333f f4efdc 35606f 7d9ea3 c4583c d8b67a 223f4c",
  ),
  palette(
    "lagoon",
    "sea summer water joyful island day",
    "f6f5e8 0d3b4f 35a2b5 8fd3cb f5ebc9 74b9b5 0f5666 fff7da f4845f 18a1a5 0a6a82 f7c66b f2a7a0",
  ),
  palette(
    "indigo print",
    "japanese water sea wild wind",
    "f3ead8 152a4a 5f87a8 b7c6c3 f0e0c3 8ba3b3 16305a f7e8cc 1f4b87 5b8cb5 c8402f dfb97c 12244a",
  ),
  palette(
    "vermilion ink",
    "japanese minimal stone geometric",
    "f5eee0 231f20 d9d3c4 ebe4d3 f5ead2 b9b0a2 2c2a2d e04a32 d8402b 2b2b30 8a8378 c9a86a 5d6b70",
  ),
  palette(
    "moonlit",
    "night calm sea forest mountain",
    "e9edf2 0f1b33 0d1a3a 26427a 6f93b8 3f6293 0a142c fdf3cf 6f9bd1 f2d58a 2f5593 b6c7dc 182c5c",
    true,
  ),
  palette(
    "midnight violet",
    "night dream space star",
    "ece7f3 170f2e 100b2b 352468 8a5aa6 573b8a 0d0722 fff0cf b06bd0 ef8fb0 5540a5 7fd0d8 2a1a5e",
    true,
  ),
  palette(
    "aurora",
    "night winter cold mountain space wild",
    "e8f3ef 0a1d2a 08182b 124a5b 4fae8f 2a6a74 071521 f1ffe3 4fd0a0 8fe3b0 3a7fb5 8a6fc4 125062",
    true,
  ),
  palette(
    "neon",
    "night neon city wild music",
    "140f2b f4eaff 120a2e 4a1470 e8347f 6b1f8a 0b0620 ffe66b ff2e88 22d3ee ffb02e 8f3bff 35f0b0",
    true,
  ),
  palette(
    "harbour night",
    "night city village sea rain",
    "e8ecef 0e1c2b 0c1c30 1f4660 d58a5c 305470 081421 ffd98a f0a04b 3e7c97 d9603f 8fb5bd 19384f",
    true,
  ),
  palette(
    "pastel",
    "joyful dream spring calm pastel portrait",
    "fdf6f0 4a4063 b9cdf0 e3cdec fde2d6 c9bde4 7a6aa6 fff5df f59ab0 f9c784 8fc9c0 92a8e8 c8a2dd",
  ),
  palette(
    "confetti",
    "joyful music portrait wild abstract",
    "fdf5e6 22223b 5aa9e6 f9d5a7 fdeccb f0a58f 2b3a67 fff2c2 f94144 f9c74f 43aa8b 277da1 f3722c",
  ),
  palette(
    "bauhaus",
    "geometric retro abstract joyful metal",
    "f4ead5 1d1d1f a7c0c4 e6dcc0 f4e3bb c3b493 26344a f6d365 d7382e f0b323 1f5aa0 1d1d1f 8db0a7",
  ),
  palette(
    "seventies",
    "retro warm music geometric fabric",
    "f7e8cf 3d2418 e9b872 f2cf92 fae4b8 d98e4a 5a2b18 fff0c8 d95d23 efa72f 8a3b1f 3f7d72 f2c979",
  ),
  palette(
    "porcelain",
    "ceramic geometric calm glass",
    "f6f4ee 1b2f5c 9fb9d9 cddbe8 f3efe2 a6b9d3 1d3769 fffdf2 2c56a3 6f95cc 17305f d0b073 b9cde4",
  ),
  palette(
    "graphite",
    "mono minimal melancholy stone city metal",
    "f1efeb 222326 a9adb0 cfd0ce ecebe6 a5a8aa 2b2d31 fffdf6 3b3d42 76797d d1573b a7a9ab d6d3cc",
  ),
  palette(
    "ember",
    "fire night wild warm",
    "fbe9d6 2a0f12 1f0c18 6d1a22 f0682a 7a2320 16070c ffdf8a f2541b fba82e a81f24 601a2c ffd36b",
    true,
  ),
  palette(
    "botanist",
    "garden flower leaf paper vintage",
    "f6f0df 2a3b30 c7d6c4 e3e6d0 f6efd6 a9bda0 34513f fff6da c9514a e4a052 5e8a5b 2f5f4d d99a9a",
  ),
  palette(
    "olive gold",
    "luxury metal warm autumn fabric",
    "f3ecd8 2a2a22 8f9279 c6bd93 f0e0b0 a39a6c 33351f fff1c4 b98a2e d9b65a 5d6338 30402f 8c4a2f",
  ),
];
