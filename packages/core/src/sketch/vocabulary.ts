const cuesOf = {
  dawn: "dawn sunrise daybreak morning aube aurore matin matinal early",
  day: "day noon midday afternoon daylight sunny midi jour journee ensoleille soleil",
  dusk: "dusk sunset evening twilight sundown crepuscule couchant soir soiree",
  night: "night midnight nocturne nocturnal nuit minuit nighttime moonlight moonlit moon lune star etoile",
  spring: "spring springtime april may blossom printemps avril cherry",
  summer: "summer july august ete juillet aout vacation vacances holiday",
  autumn: "autumn fall october november automne octobre novembre harvest",
  winter: "winter december january hiver decembre janvier frost givre christmas noel",
  rain: "rain rainy drizzle shower wet pluie pluvieux averse bruine umbrella parapluie",
  snow: "snow snowy snowfall blizzard neige enneige flocon snowflake",
  fog: "fog foggy mist misty haze hazy smoke brume brouillard brumeux",
  storm: "storm stormy thunder lightning tempest hurricane orage tempete foudre",
  clear: "clear cloudless bright crisp clair lumineux",
  wind: "wind windy breeze gale vent brise swirl swirling hair cheveux tourbillon",
  cloud: "cloud cloudy sky ciel nuage nuageux heaven",
  sea: "sea ocean beach coast shore bay harbour harbor port mer plage cote rivage baie sail sailing marine",
  water: "water lake river pond stream waterfall eau lac riviere fleuve etang reflection reflet",
  wave: "wave surf swell tide ripple vague houle maree onde",
  island: "island archipelago lagoon tropical ile archipel lagon palm palmier",
  desert: "desert dune sand sahara canyon mesa cactus sable savanna",
  forest: "forest wood woods woodland tree pine fir jungle foret bois arbre sapin pin",
  mountain: "mountain peak alp alps summit hill valley cliff fjord montagne sommet colline vallee falaise volcano volcan",
  field: "field meadow prairie countryside farm vineyard champ plaine campagne ferme vigne wheat ble",
  city: "city town street skyline skyscraper building urban downtown tower ville rue immeuble gratte-ciel tour metropole tokyo paris york london manhattan",
  village: "village house cottage hamlet roof maison hameau toit cabin cabane lighthouse phare church eglise",
  garden: "garden park greenhouse jardin parc serre orchard verger",
  space: "space galaxy planet cosmos cosmic nebula universe orbit espace galaxie planete univers astronaut",
  calm: "calm quiet peaceful serene tranquil still silent gentle soft calme paisible serein tranquille doux douce silence zen rest",
  wild: "wild chaotic energetic dynamic intense explosion chaos storming sauvage energique intense furious dance danse",
  warm: "warm hot cozy cosy heat chaud chaude chaleureux chaleur tropical",
  cold: "cold cool chilly freezing icy frozen froid froide glacial gele",
  melancholy: "melancholy sad lonely sorrow nostalgia nostalgic grief melancolie triste solitude nostalgie tristesse lonesome",
  joyful: "joy joyful happy happiness cheerful playful fun celebration party festive joie joyeux heureux gai fete bonheur children enfant",
  dream: "dream dreamy magic magical fantasy surreal ethereal reve onirique magique fantaisie fairy fee",
  minimal: "minimal minimalist simple clean sparse minimaliste epure sobre empty vide",
  luxury: "luxury elegant gold golden luxe elegant dore royal opulent",
  neon: "neon cyberpunk synthwave vaporwave futuristic futuriste cyber hologram",
  retro: "retro seventies sixties poster affiche groovy disco 70s 60s",
  vintage: "vintage antique old ancien engraving gravure victorian herbarium herbier",
  geometric: "geometric geometry grid bauhaus pattern mosaic tile symmetry motif geometrique mosaique carreau grille abstraction cubist",
  japanese: "japan japanese ukiyo hokusai kyoto japon japonais kimono haiku",
  pastel: "pastel candy macaron tender tendre baby",
  mono: "monochrome mono noir-et-blanc grayscale",
  abstract: "abstract abstrait modern moderne art experimental shape forme",
  portrait: "portrait face woman man girl boy visage femme homme person people self",
  music: "music jazz song sound rhythm melody musique rythme melodie piano guitar symphony concert",
  wood: "wooden timber oak bark chene ecorce",
  stone: "stone rock marble granite concrete pierre roche marbre beton slate",
  metal: "metal steel iron copper bronze chrome acier fer cuivre machine robot gear",
  glass: "glass crystal verre cristal vitrail stained prism",
  fabric: "fabric textile silk cotton linen weave quilt tissu soie coton lin tapis carpet",
  ceramic: "ceramic porcelain azulejo pottery ceramique porcelaine poterie faience",
  paper: "paper cardboard origami papercut papier carton collage",
  fire: "fire flame ember lava burning feu flamme braise lave incendie dragon",
  ice: "ice glacier iceberg arctic polar glace banquise arctique polaire antarctica",
  flower:
    "flower bloom blossom cherry sakura tulip rose poppy daisy lily lotus orchid bouquet fleur tulipe coquelicot marguerite lavender lavande floral sunflower tournesol peony pivoine",
  tulip: "tulip tulipe",
  poppy: "poppy coquelicot pavot anemone",
  daisy: "daisy marguerite sunflower tournesol chrysanthemum aster",
  lavender: "lavender lavande foxglove lupin hyacinth jacinthe",
  wheat: "wheat ble barley grain",
  sprig: "sprig eucalyptus olive rameau brin twig",
  fern: "fern fougere",
  leaf: "leaf leaves fern plant foliage botanical feuille feuillage fougere plante botanique moss mousse eucalyptus herb herbe",
  sun: "sun sunshine sunlight soleil sunbeam solar",
  moon: "moon lunar lune crescent eclipse",
  star: "star starry stars etoile etoilee constellation milky",
  bird: "bird gull swallow crow eagle flock oiseau mouette hirondelle corbeau aigle",
  boat: "boat ship sailboat bateau navire voilier barque ferry",
  topographic: "topographic contour map carte relief strata terrain geology layer",
  circle: "circle ring bubble sphere orb dot cercle bulle rond anneau balloon ballon",
  line: "line ridge signal pulse ligne crete echo vibration",
  landscape: "landscape paysage horizon panorama vista view vue",
} as const;

const colorsOf = {
  red: "red crimson scarlet ruby vermilion rouge carmin ecarlate rubis cerise",
  orange: "orange tangerine apricot amber abricot ambre rust rouille",
  yellow: "yellow lemon mustard saffron jaune citron moutarde safran",
  green: "green emerald lime vert verte emeraude jade mint menthe sage",
  teal: "teal turquoise cyan aqua petrol sarcelle",
  blue: "blue azure navy indigo cobalt bleu bleue azur marine saphir sapphire",
  violet: "violet purple lilac mauve lavender pourpre lilas plum prune",
  pink: "pink magenta fuchsia coral rose corail salmon",
  brown: "brown chocolate coffee sepia brun marron chocolat",
  grey: "grey gray silver gris grise argent ash",
  black: "black ebony noir noire",
  white: "white ivory blanc blanche ivoire",
} as const;

/** What a word can say about a picture, besides a colour. */
export type Cue = keyof typeof cuesOf;
export type ColorWord = keyof typeof colorsOf;

const entries = <Key extends string>(table: Record<Key, string>): Map<string, Key[]> => {
  const found = new Map<string, Key[]>();
  for (const key of Object.keys(table) as Key[])
    for (const word of table[key].split(" ")) found.set(word, [...(found.get(word) ?? []), key]);
  return found;
};

/** Words, English and French, without accents and in the singular, by what they stand for. */
export const cueWords = entries<Cue>(cuesOf);
export const colorWords = entries<ColorWord>(colorsOf);
/** Words that deny the word after them. */
export const denials = new Set(["no", "not", "without", "sans", "aucun", "aucune"]);
/** Words that carry no picture of their own; they do not stand between a denial and what it denies. */
export const fillers = new Set(
  "a an the of in at on and with under over by to la le les l un une des du de d et au aux sous sur dans en any pas".split(" "),
);
